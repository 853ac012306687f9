"""By which verdict a ticket is judged: the one that stood when a person decided, or the one that holds."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from apiflask import APIFlask

from tests.app_fixtures import MakeApp
from tests.judged_tickets import NOW, again, decide, judged, raise_priority
from ticketapp.db import transaction
from ticketapp.models import ClassificationRun, Ticket
from ticketapp.queries.accuracy import Accuracy, Judged, accuracy
from ticketapp.queries.accuracy_filter import AccuracyFilter
from ticketapp.queries.accuracy_lists import VerdictLine, verdicts

MONTH = AccuracyFilter.from_args({})


@pytest.fixture
def office(make_app: MakeApp) -> Iterator[APIFlask]:
    """An application on either database, its context pushed."""
    app = make_app()
    with app.app_context():
        yield app


def models(found: Accuracy) -> dict[str, tuple[Judged, Judged]]:
    """Category and priority judged, by model."""
    return {each.model: (each.category, each.priority) for each in found.makers}


def lines(**args: str) -> tuple[VerdictLine, ...]:
    """The list behind a figure."""
    return verdicts(AccuracyFilter.from_args(args), NOW).rows


def test_the_run_that_stood_is_judged_and_not_the_one_before(office: APIFlask) -> None:
    ticket = judged("billing/low", days_ago=5)
    again(ticket, "technical/high", days_ago=3, is_applied=True)
    decide(ticket, "technical/high", days_ago=1)
    right = Judged(1, 1, 0)
    assert models(accuracy(MONTH, NOW)) == {"m2": (right, right)}
    assert [line.model for line in lines()] == ["m2"], "a ticket counts once"


def test_the_run_that_stood_is_judged_though_another_came_later(office: APIFlask) -> None:
    ticket = judged("billing/low", days_ago=5)
    decide(ticket, "billing/high", days_ago=3)
    again(ticket, "billing/high", days_ago=1)
    assert models(accuracy(MONTH, NOW)) == {"m1": (Judged(1, 1, 0), Judged(1, 0, 1))}


def test_what_the_decision_names_is_judged(office: APIFlask) -> None:
    ticket = judged("billing/low", days_ago=9)
    decide(ticket, "account/low", days_ago=8)
    proposed = again(ticket, "technical/high", days_ago=7)
    again(ticket, "general/low", days_ago=6)
    decide(ticket, "technical/high", days_ago=5, run_id=proposed)
    assert models(accuracy(MONTH, NOW)) == {"m2": (Judged(1, 1, 0), Judged(1, 1, 0))}
    assert [line.run_id for line in lines(field="category", outcome="confirmed")] == [proposed]


def test_untouched_tickets_are_judged_by_the_newest_verdict_that_holds(office: APIFlask) -> None:
    ticket = judged("billing/low", days_ago=5)
    again(ticket, "technical/high", days_ago=3, is_applied=True)
    undone = again(ticket, "account/high", days_ago=2, is_applied=True)
    with transaction() as session:
        session.get_one(ClassificationRun, undone).undone_at = NOW
    found = accuracy(MONTH, NOW)
    assert (found.category, found.priority) == (Judged(1, 0, 0), Judged(1, 0, 0))
    assert [line.category_said for line in lines(field="category", outcome="untouched")] == ["technical"]


def test_what_was_chosen_before_the_machine_spoke_judges_nothing(office: APIFlask) -> None:
    ticket = judged("billing/low", days_ago=1)
    decide(ticket, "billing/low", days_ago=2)
    with transaction() as session:
        session.get_one(Ticket, ticket).created_at = NOW - timedelta(days=3)
    found = accuracy(MONTH, NOW)
    assert (found.category, found.priority, found.makers) == (Judged(0, 0, 0), Judged(0, 0, 0), ())
    assert lines() == ()


def test_each_field_is_judged_by_what_stood_when_it_was_decided(office: APIFlask) -> None:
    ticket = judged("billing/low", "technical/low", days_ago=5, decided=(True, False))
    again(ticket, "account/high", days_ago=3)
    with transaction() as session:
        session.query(ClassificationRun).filter_by(model="m2").update({"applied_priority": True})
    assert models(accuracy(MONTH, NOW)) == {
        "m1": (Judged(1, 0, 1), Judged(0, 0, 0)),
        "m2": (Judged(0, 0, 0), Judged(1, 0, 0)),
    }
    assert [line.model for line in lines(field="category")] == ["m1"]
    assert [line.model for line in lines(field="priority")] == ["m2"]


def test_a_model_is_judged_by_what_it_said_before_a_severity_word(office: APIFlask) -> None:
    kept, lowered, left = (judged("billing/low", days_ago=5, confidence=0.95) for _ in range(3))
    for ticket in (kept, lowered, left):
        raise_priority(ticket, "critical")
    decide(kept, "billing/critical", days_ago=1)
    decide(lowered, "billing/low", days_ago=1)
    found = accuracy(MONTH, NOW)
    assert found.priority == Judged(verdicts=3, confirmed=1, corrected=1)
    assert found.floor == Judged(verdicts=3, confirmed=1, corrected=1)
    assert +found.priority_confusion.counts == {("critical", "low"): 1, ("low", "low"): 1}
    assert [(each.number, each.hits) for each in found.calibration if each.number] == [(2, 1)]
    assert [line.ticket_id for line in lines(among="raised", outcome="confirmed")] == [kept]
    assert [line.ticket_id for line in lines(among="raised", outcome="corrected")] == [lowered]
    assert [line.ticket_id for line in lines(among="raised", outcome="untouched")] == [left]
    assert [line.ticket_id for line in lines(field="priority", outcome="confirmed")] == [lowered]
    assert len(lines(among="calibrated")) == 2
