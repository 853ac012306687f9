"""How right the machine is: figures counted by hand from a small history, on both databases, from one statement."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from apiflask import APIFlask
from sqlalchemy import text

from tests.app_fixtures import MakeApp
from tests.judged_tickets import NOW, again, failed, judged
from tests.web.statements import statements_of
from ticketapp.db import db
from ticketapp.measuring import bin_of
from ticketapp.queries import accuracy as figures
from ticketapp.queries import judged as judged_rows
from ticketapp.queries.accuracy import Judged, accuracy
from ticketapp.queries.accuracy_filter import AccuracyFilter
from ticketapp.queries.accuracy_lists import verdicts

MONTH = AccuracyFilter.from_args({})


@pytest.fixture
def history(make_app: MakeApp) -> Iterator[APIFlask]:
    """Eight first verdicts of the last 30 days, and one before, on either database."""
    app = make_app()
    with app.app_context():
        judged("billing/high", "billing/high", days_ago=0.5, confidence=0.95)  # Friday, week of 16 November
        judged("billing/high", "billing/medium", days_ago=1, confidence=0.95)
        judged("billing/low", "technical/low", days_ago=3, confidence=0.75)
        judged("technical/low", "technical/low", days_ago=4.6, confidence=0.7)  # Sunday 15 November, 21:36
        judged("technical/low", days_ago=5, confidence=0.9, model="m2", prompt="v2")  # nobody looked at it
        judged("account/low", "general/high", days_ago=6, decided=(True, False))
        judged("general/low", "billing/low", days_ago=7, model="m2", prompt="v2")
        twice = judged("account/high", "general/high", days_ago=20)
        again(twice, "general/high", days_ago=2)
        failed(twice, "timed_out")
        judged("billing/high", "general/low", days_ago=31, confidence=0.5)  # before the period
        yield app


def test_confirmed_corrected_and_untouched_are_counted_by_field(history: APIFlask) -> None:
    found = accuracy(MONTH, NOW)
    assert found.verdicts == 8
    assert found.category == Judged(verdicts=8, confirmed=3, corrected=4)
    assert found.priority == Judged(verdicts=8, confirmed=5, corrected=1)
    assert (found.category.untouched, found.priority.untouched) == (1, 2)


def test_only_the_first_verdict_of_a_ticket_counts(history: APIFlask) -> None:
    found = accuracy(MONTH, NOW)
    assert {(each.model, each.prompt): each.category.verdicts for each in found.makers} == {
        ("m1", "v1"): 6,
        ("m2", "v2"): 2,
    }
    assert found.category_confusion.counts["general", "account"] == 2


def test_the_machines_word_is_set_against_the_persons(history: APIFlask) -> None:
    found = accuracy(MONTH, NOW)
    assert +found.category_confusion.counts == {
        ("billing", "billing"): 2,
        ("technical", "billing"): 1,
        ("technical", "technical"): 1,
        ("general", "account"): 2,
        ("billing", "general"): 1,
    }
    assert +found.priority_confusion.counts == {
        ("high", "high"): 2,
        ("medium", "high"): 1,
        ("low", "low"): 3,
    }


def test_weeks_begin_on_monday_in_utc(history: APIFlask) -> None:
    found = accuracy(MONTH, NOW)
    assert {each.week: each.category for each in found.weeks} == {
        date(2026, 11, 16): Judged(3, 2, 1),
        date(2026, 11, 9): Judged(4, 1, 2),
        date(2026, 10, 26): Judged(1, 0, 1),
    }
    assert [each.week for each in found.weeks] == sorted(each.week for each in found.weeks if each.week)


def test_calibration_counts_what_was_decided_in_both_fields(history: APIFlask) -> None:
    found = accuracy(MONTH, NOW)
    assert [(bin_of(each.low), each.number, each.hits) for each in found.calibration if each.number] == [
        (7, 2, 1),
        (9, 2, 1),
    ]
    assert found.calibration[7].stated == pytest.approx(0.725)
    assert found.calibration_error is None, "four cases are not enough"


def test_shares_are_shown_from_enough_decisions_on(history: APIFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    found = accuracy(MONTH, NOW)
    assert (found.category.agreement, found.category.missing) == (None, 23)
    monkeypatch.setattr(figures, "ENOUGH", 4)
    assert found.category.agreement == pytest.approx(3 / 7)
    # bin 7: 1 of 2 right at 0.725, bin 9: 1 of 2 at 0.95
    assert found.calibration_error == pytest.approx((abs(1 - 1.45) + abs(1 - 1.9)) / 4)


@pytest.mark.parametrize(
    ("args", "number"),
    [
        ({"period": "90"}, 9),
        ({"period": "all"}, 9),
        ({"model": "m2"}, 2),
        ({"model": "m1", "prompt": "v1"}, 6),
        ({"prompt": "v9"}, 0),
    ],
)
def test_period_model_and_prompt_narrow(history: APIFlask, args: dict[str, str], number: int) -> None:
    assert accuracy(AccuracyFilter.from_args(args), NOW).verdicts == number


def test_a_period_begins_at_midnight(make_app: MakeApp) -> None:
    with make_app().app_context():
        judged("billing/low", days_ago=29.49)  # 22 October, 00:14
        judged("billing/low", days_ago=29.51)  # 21 October, 23:45
        assert accuracy(MONTH, NOW).verdicts == 1
        assert MONTH.since(NOW) == datetime(2026, 10, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("args", "tickets"),
    [
        ({}, [1, 2, 3, 4, 5, 6, 7, 8]),
        ({"field": "category", "outcome": "confirmed"}, [1, 2, 4]),
        ({"field": "category", "outcome": "corrected"}, [3, 6, 7, 8]),
        ({"field": "category", "outcome": "untouched"}, [5]),
        ({"field": "priority", "outcome": "untouched"}, [5, 6]),
        ({"field": "category", "machine": "account", "person": "general"}, [6, 8]),
        ({"field": "priority", "machine": "high", "person": "medium"}, [2]),
        ({"confidence": "7"}, [3, 4]),
        ({"confidence": "9"}, [1, 2]),
        ({"week": "2026-11-16"}, [1, 2, 3]),
        ({"week": "2026-11-09", "field": "category", "outcome": "confirmed"}, [4]),
        ({"model": "m2", "prompt": "v2"}, [5, 7]),
    ],
)
def test_every_figure_opens_the_tickets_it_counts(
    history: APIFlask, args: dict[str, str], tickets: list[int]
) -> None:
    found = verdicts(AccuracyFilter.from_args(args), NOW)
    assert sorted(line.ticket_id for line in found.rows) == tickets
    assert [line.finished_at for line in found.rows] == sorted(
        (line.finished_at for line in found.rows), reverse=True
    )


def test_only_the_newest_are_looked_at_and_the_lists_agree(
    history: APIFlask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not accuracy(MONTH, NOW).is_bounded
    for bound, is_bounded in ((9, False), (8, True), (5, True)):
        monkeypatch.setattr(judged_rows, "NEWEST", bound)
        monkeypatch.setattr(figures, "NEWEST", bound)
        assert accuracy(MONTH, NOW).is_bounded is is_bounded, "there are nine in this time"
    found = accuracy(MONTH, NOW)
    assert found.is_bounded, "one of the newest five is its ticket's second verdict, so four are counted"
    assert found.verdicts == len(verdicts(MONTH, NOW).rows) == 4
    assert accuracy(AccuracyFilter.from_args({"model": "m9"}), NOW).is_bounded


def test_all_figures_come_from_one_statement(history: APIFlask) -> None:
    with statements_of(history) as sent:
        accuracy(MONTH, NOW)
    assert len(sent) == 1


def test_an_empty_system_has_no_verdicts(each_app: APIFlask) -> None:
    found = accuracy(MONTH, NOW)
    assert (found.verdicts, found.weeks, found.makers, found.is_bounded) == (0, (), (), False)


def test_postgresql_compiles_no_statement(postgres_app: APIFlask) -> None:
    with postgres_app.app_context():
        assert db.session.scalar(text("SHOW jit")) == "off"
        db.session.rollback()
        assert db.session.scalar(text("SHOW jit")) == "off"
