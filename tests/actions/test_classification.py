"""Verdicts and people: a person's choice is never overwritten, a call is made once, failures are kept and retried."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from apiflask import APIFlask
from sqlalchemy import select, update

from tests.app_fixtures import MakeApp, add_user
from tests.services.gemini import GeminiServer
from tests.web.opened import FailingClassifier
from ticketapp.actions import bulk, classification
from ticketapp.actions.tickets import NewTicket, change_ticket, open_ticket
from ticketapp.ai import Failure, FailureKind, GeminiClassifier, UnconfiguredClassifier, Verdict
from ticketapp.clock import utc_now
from ticketapp.db import db
from ticketapp.models import (
    Category,
    ChosenBy,
    ClassificationRun,
    Priority,
    RunState,
    Source,
    Ticket,
    TicketEvent,
)
from ticketapp.queries import classification as runs
from ticketapp.queries.ticket_filter import TicketFilter

DEADLINE = 20.0


@pytest.fixture
def classifier(gemini: GeminiServer) -> GeminiClassifier:
    return GeminiClassifier(gemini.good_key, "gemini-test", gemini.url)


def opened(text: str = "gemini:answer=billing/high", **choices: str) -> Ticket:
    return open_ticket(
        NewTicket(title="A question", description=text, source=Source.WEB, **choices),  # type: ignore[arg-type]
        by=None,
    )


def run_of(ticket: Ticket) -> ClassificationRun:
    statement = select(ClassificationRun).where(ClassificationRun.ticket_id == ticket.id)
    found = db.session.scalars(
        statement.order_by(ClassificationRun.id).execution_options(populate_existing=True)
    ).all()
    return found[-1]


def values(ticket: Ticket) -> tuple[str, str, str, str]:
    now = db.session.get_one(Ticket, ticket.id, populate_existing=True)
    return now.category, now.category_by, now.priority, now.priority_by


def test_a_verdict_sets_what_nobody_chose_and_is_in_the_history(
    each_app: APIFlask, classifier: GeminiClassifier
) -> None:
    ticket = opened()
    classification.classify(run_of(ticket).id, classifier, deadline_seconds=DEADLINE)
    assert values(ticket) == ("billing", "machine", "high", "machine")
    run = run_of(ticket)
    assert (run.state, run.applied_category, run.applied_priority) == (RunState.SUCCEEDED, True, True)
    assert run.model == "gemini-test"
    assert run.latency_ms is not None
    assert run.tokens_in
    kinds = db.session.scalars(select(TicketEvent.kind).where(TicketEvent.run_id == run.id)).all()
    assert sorted(kinds) == ["category", "priority"]


def test_a_persons_choice_made_while_the_model_thinks_is_kept(
    make_app: MakeApp, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    app = make_app()
    with app.app_context():
        ticket = opened("My invoice was charged twice")
        run_id = run_of(ticket).id
    gemini.next("hold")

    def classify() -> None:
        with app.app_context():
            classification.classify(run_id, classifier, deadline_seconds=DEADLINE)

    thread = threading.Thread(target=classify)
    thread.start()
    gemini.wait_for_requests(1)
    with app.app_context():
        change_ticket(ticket.id, {"category": "account"}, by=add_user(app, "gil@example.com", "Gil", "agent"))
    gemini.release()
    thread.join()
    with app.app_context():
        assert values(ticket) == ("account", "person", "high", "machine")
        run = run_of(ticket)
        assert (run.category, run.applied_category, run.applied_priority) == (Category.BILLING, False, True)


def test_both_chosen_by_people_asks_nobody(each_app: APIFlask) -> None:
    ticket = opened(category="account", priority="low")
    assert values(ticket) == ("account", "person", "low", "person")
    assert db.session.scalar(select(ClassificationRun.id)) is None


def test_a_run_that_people_made_needless_is_called_off_without_a_call(
    each_app: APIFlask, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    ticket = opened()
    change_ticket(ticket.id, {"category": "account", "priority": "low"}, by=None)
    assert classification.classify(run_of(ticket).id, classifier, deadline_seconds=DEADLINE) is None
    assert gemini.requests == []
    run = run_of(ticket)
    assert (run.state, run.error) == (
        RunState.GAVE_UP,
        "People chose category and priority before the model was asked.",
    )


def test_confirming_the_machines_value_makes_it_a_persons(each_app: APIFlask, classifier: GeminiClassifier) -> None:
    ticket = opened()
    classification.classify(run_of(ticket).id, classifier, deadline_seconds=DEADLINE)
    change_ticket(ticket.id, {"category": "billing"}, by=None)
    assert values(ticket) == ("billing", "person", "high", "machine")


def test_reclassify_records_the_run_and_changes_no_persons_value(
    each_app: APIFlask, classifier: GeminiClassifier
) -> None:
    admin = add_user(each_app, "ada@example.com", "Ada", "admin")
    ticket = opened(category="account", priority="low")
    run = classification.reclassify(ticket.id, by=admin)
    classification.classify(run.id, classifier, deadline_seconds=DEADLINE)
    assert values(ticket) == ("account", "person", "low", "person")
    assert (run_of(ticket).category, run_of(ticket).priority) == (Category.BILLING, Priority.HIGH)
    assert run_of(ticket).asked_by_id == admin.id


def test_two_workers_make_one_call(make_app: MakeApp, gemini: GeminiServer, classifier: GeminiClassifier) -> None:
    app = make_app()
    with app.app_context():
        run_id = run_of(opened()).id

    def classify() -> None:
        with app.app_context():
            classification.classify(run_id, classifier, deadline_seconds=DEADLINE)

    threads = [threading.Thread(target=classify) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(gemini.requests) == 1


def test_a_run_left_behind_by_a_dead_worker_is_due_again(each_app: APIFlask, classifier: GeminiClassifier) -> None:
    ticket = opened()
    past = utc_now() - timedelta(seconds=1)
    db.session.execute(update(ClassificationRun).values(state=RunState.RUNNING, lease_until=past))
    db.session.commit()
    (run_id,) = runs.due(utc_now(), limit=10)
    classification.classify(run_id, classifier, deadline_seconds=DEADLINE)
    assert values(ticket)[1] == ChosenBy.MACHINE


@pytest.mark.parametrize(
    ("behaviour", "is_tried_again"),
    [
        ("429", True),
        ("500", True),
        ("503", True),
        ("503-html", True),
        ("drop", True),
        ("html", True),
        ("malformed", True),
        ("wrong-word", True),
        ("empty-candidates", True),
        ("blocked", False),
    ],
)
def test_a_failure_leaves_the_defaults_with_its_cause(
    app: APIFlask, gemini: GeminiServer, classifier: GeminiClassifier, behaviour: str, *, is_tried_again: bool
) -> None:
    with app.app_context():
        ticket = opened("My invoice is wrong")
        first = run_of(ticket).id
        gemini.next(behaviour)
        classification.classify(first, classifier, deadline_seconds=DEADLINE)
        assert values(ticket) == ("general", "default", "medium", "default")
        failed = db.session.get_one(ClassificationRun, first)
        assert failed.error
        assert failed.error.endswith(".")
        assert failed.state == (RunState.FAILED if is_tried_again else RunState.GAVE_UP)
        again = run_of(ticket)
        assert (again.id != first) is is_tried_again
        if is_tried_again:
            assert (again.attempt, again.state) == (2, RunState.QUEUED)
            assert again.due_at > utc_now() + timedelta(seconds=20)


@pytest.mark.parametrize("kind", [kind for kind in FailureKind if not kind.was_asked and kind != FailureKind.NO_KEY])
def test_a_question_that_was_not_asked_uses_up_no_try(each_app: APIFlask, kind: FailureKind) -> None:
    ticket = opened()
    first = run_of(ticket)
    classification.classify(first.id, FailingClassifier(kind), deadline_seconds=DEADLINE)
    again = run_of(ticket)
    assert (again.id, again.state, again.attempt, again.error) == (first.id, RunState.QUEUED, 1, None)
    assert utc_now() < again.due_at < utc_now() + timedelta(seconds=5)


def test_a_run_put_back_in_a_long_pause_looks_again_soon_because_a_pause_can_be_ended(each_app: APIFlask) -> None:
    class Paused(FailingClassifier):
        def classify(self, **asked: object) -> Verdict:
            refusal = Failure.of(FailureKind.PAUSED, retry_after_seconds=86_400.0)
            return replace(super().classify(**asked), failure=refusal)

    ticket = opened()
    classification.classify(run_of(ticket).id, Paused(FailureKind.PAUSED), deadline_seconds=DEADLINE)
    assert run_of(ticket).due_at < utc_now() + timedelta(seconds=61)


def test_retry_after_is_honoured(app: APIFlask, gemini: GeminiServer, classifier: GeminiClassifier) -> None:
    with app.app_context():
        ticket = opened()
        gemini.next("429", retry_after=7200)
        classification.classify(run_of(ticket).id, classifier, deadline_seconds=DEADLINE)
        assert run_of(ticket).due_at > utc_now() + timedelta(seconds=7190)


def test_without_a_key_the_run_stays_queued_for_the_day_there_is_one(
    each_app: APIFlask, classifier: GeminiClassifier
) -> None:
    ticket = opened()
    run_id = run_of(ticket).id
    assert classification.classify(run_id, UnconfiguredClassifier(), deadline_seconds=DEADLINE) is None
    assert run_of(ticket).state == RunState.QUEUED
    classification.classify(run_id, classifier, deadline_seconds=DEADLINE)
    assert values(ticket)[1] == ChosenBy.MACHINE


def test_a_bulk_job_queues_all_unclassified_tickets_of_a_filter_once(
    each_app: APIFlask, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    admin = add_user(each_app, "ada@example.com", "Ada", "admin")
    wanted = [opened(f"gemini:answer=billing/high {n}") for n in range(5)]
    other = opened(category="account", priority="low")
    gemini.always("400")
    for ticket in wanted:
        classification.classify(run_of(ticket).id, classifier, deadline_seconds=DEADLINE)
    gemini.always(None)
    job = bulk.draft_bulk(TicketFilter(is_unclassified=True), by=admin)
    bulk.start(job.id)
    assert job.total == 5
    while bulk.queue_bulk_page(job.id):
        pass
    assert not bulk.queue_bulk_page(job.id)
    assert not runs.progress(job.id).is_finished
    for run_id in runs.due(utc_now(), limit=100):
        classification.classify(run_id, classifier, deadline_seconds=DEADLINE)
    done = runs.progress(job.id)
    assert (done.done, done.failed, done.is_finished) == (5, 0, True)
    assert all(values(ticket)[1] == ChosenBy.MACHINE for ticket in wanted)
    assert values(other)[0] == Category.ACCOUNT
