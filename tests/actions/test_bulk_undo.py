"""Undoing a bulk job: machine values and defaults come back, people's and later ones stay."""

from datetime import timedelta

import pytest
from apiflask import APIFlask
from sqlalchemy import select, update

from tests.actions.bulk_work import TEXT, chosen, classified, started, state_of, undone
from tests.app_fixtures import add_user
from tests.web.opened import AnsweringClassifier, FailingClassifier, opened, proposal
from ticketapp.actions import bulk, classification, confirming
from ticketapp.actions.tickets import change_ticket
from ticketapp.ai import FailureKind
from ticketapp.clock import utc_now
from ticketapp.db import db, transaction
from ticketapp.errors import Conflict
from ticketapp.models import AskedFor, ClassificationRun, ClassificationState, EventKind, RunState, TicketEvent, User
from ticketapp.queries import bulk_trials
from ticketapp.queries import classification as runs
from ticketapp.queries.standing import run_behind, standing


@pytest.fixture
def ada(each_app: APIFlask) -> User:
    return add_user(each_app, "ada@example.com", "Ada", "admin")


def two_jobs(ada: User) -> tuple[int, int]:
    """Two jobs on all tickets, one done after the other with another answer."""
    first = started(ada)
    classified(AnsweringClassifier())
    second = started(ada)
    classified(AnsweringClassifier("account", "medium"))
    return first, second


def test_undoing_brings_back_machine_values_and_defaults_and_says_so(each_app: APIFlask, ada: User) -> None:
    machines = opened(each_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))
    defaults = opened(each_app, title="Fails", description=TEXT)
    classified(FailingClassifier(FailureKind.BLOCKED))
    job_id = started(ada)
    classified(AnsweringClassifier())
    assert chosen(each_app, defaults) == ("billing", "machine", "high", "machine")
    undone(job_id, ada)
    assert chosen(each_app, machines) == ("technical", "machine", "low", "machine")
    assert chosen(each_app, defaults) == ("general", "default", "medium", "default")
    assert (state_of(machines), state_of(defaults)) == (ClassificationState.DONE, ClassificationState.GIVEN_UP)
    found = select(TicketEvent.old, TicketEvent.new, TicketEvent.actor_id).where(
        TicketEvent.kind == EventKind.UNDONE, TicketEvent.ticket_id == machines
    )
    assert [tuple(row) for row in db.session.execute(found)] == [
        ("category", "technical", ada.id),
        ("priority", "low", ada.id),
    ]
    undoing = bulk_trials.undoing(job_id)
    assert undoing is not None
    assert (undoing.tickets, undoing.finished_at is not None) == (2, True)


def test_undoing_twice_changes_nothing_more(each_app: APIFlask, ada: User) -> None:
    ticket_id = opened(each_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))
    job_id = started(ada)
    classified(AnsweringClassifier())
    undone(job_id, ada)
    undone(job_id, ada)
    events = select(TicketEvent).where(TicketEvent.kind == EventKind.UNDONE, TicketEvent.ticket_id == ticket_id)
    assert len(db.session.scalars(events).all()) == 2


def test_undoing_keeps_what_people_chose_since(each_app: APIFlask, ada: User) -> None:
    changed = opened(each_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))
    confirmed = opened(each_app, title="Confirmed", description=TEXT, proposal=proposal("technical", "low"))
    job_id = started(ada)
    classified(AnsweringClassifier())
    change_ticket(changed, {"category": "account"}, by=ada)
    confirming.confirm(confirmed, by=ada)
    undone(job_id, ada)
    assert chosen(each_app, changed) == ("account", "person", "low", "machine")
    assert chosen(each_app, confirmed) == ("billing", "person", "high", "person")


def test_undoing_keeps_what_a_later_run_set(each_app: APIFlask, ada: User) -> None:
    ticket_id = opened(each_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))
    job_id = started(ada)
    classified(AnsweringClassifier())
    classification.reclassify(ticket_id, by=ada)
    classified(AnsweringClassifier("account", "medium"))
    undone(job_id, ada)
    assert chosen(each_app, ticket_id) == ("account", "machine", "medium", "machine")


def test_two_jobs_are_undone_newest_first(each_app: APIFlask, ada: User) -> None:
    ticket_id = opened(each_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))
    first, second = two_jobs(ada)
    undone(second, ada)
    assert chosen(each_app, ticket_id) == ("billing", "machine", "high", "machine")
    undone(first, ada)
    assert chosen(each_app, ticket_id) == ("technical", "machine", "low", "machine")


def test_two_jobs_are_undone_oldest_first(each_app: APIFlask, ada: User) -> None:
    ticket_id = opened(each_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))
    opening = run_behind(ticket_id, "category")
    first, second = two_jobs(ada)
    undone(first, ada)
    assert chosen(each_app, ticket_id) == ("account", "machine", "medium", "machine")
    undone(second, ada)
    assert chosen(each_app, ticket_id) == ("technical", "machine", "low", "machine")
    assert [run_behind(ticket_id, name) for name in ("category", "priority")] == [opening, opening]
    events = select(TicketEvent.old, TicketEvent.new).where(TicketEvent.kind == EventKind.UNDONE)
    assert [tuple(row) for row in db.session.execute(events.order_by(TicketEvent.id))] == [
        ("category", "technical"),
        ("priority", "low"),
    ]


def test_two_jobs_undone_oldest_first_bring_back_defaults(each_app: APIFlask, ada: User) -> None:
    ticket_id = opened(each_app, title="Fails", description=TEXT)
    classified(FailingClassifier(FailureKind.BLOCKED))
    for job_id in two_jobs(ada):
        undone(job_id, ada)
    assert chosen(each_app, ticket_id) == ("general", "default", "medium", "default")


def test_undoing_withdraws_what_was_not_read_yet(each_app: APIFlask, ada: User) -> None:
    machines = opened(each_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))
    waiting = opened(each_app, title="Waiting", description=TEXT)
    undone(started(ada), ada)
    assert (state_of(machines), state_of(waiting)) == (ClassificationState.DONE, ClassificationState.QUEUED)
    classifier = AnsweringClassifier()
    classified(classifier)
    assert classifier.asked == 1
    assert chosen(each_app, machines) == ("technical", "machine", "low", "machine")
    assert chosen(each_app, waiting) == ("billing", "machine", "high", "machine")


@pytest.mark.parametrize("tried_before", [False, True])
def test_what_waited_before_a_job_tried_it_is_tried_again_by_itself(
    each_app: APIFlask, ada: User, tried_before: bool
) -> None:
    ticket_id = opened(each_app, title="Waiting", description=TEXT)
    down = FailingClassifier(FailureKind.UNAVAILABLE)
    if tried_before:
        classified(down)
    job_id = started(ada)
    classified(down)
    undone(job_id, ada)
    assert state_of(ticket_id) == ClassificationState.FAILED
    run = db.session.get_one(ClassificationRun, runs.outstanding(ticket_id) or 0)
    assert (run.state, run.asked_for) == (RunState.QUEUED, AskedFor.OPENED)
    assert run.due_at > utc_now()


def test_what_only_a_job_asked_for_is_not_tried_again(each_app: APIFlask, ada: User) -> None:
    ticket_id = opened(each_app, title="Fails", description=TEXT)
    classified(FailingClassifier(FailureKind.BLOCKED))
    job_id = started(ada)
    classified(FailingClassifier(FailureKind.UNAVAILABLE))
    undone(job_id, ada)
    assert (state_of(ticket_id), runs.outstanding(ticket_id)) == (ClassificationState.GIVEN_UP, None)


def test_what_somebody_asked_for_by_hand_is_tried_again_though_the_job_is_undone(
    each_app: APIFlask, ada: User
) -> None:
    ticket_id = opened(each_app, title="Fails", description=TEXT)
    classified(FailingClassifier(FailureKind.BLOCKED))
    job_id = started(ada)
    classification.reclassify(ticket_id, by=ada)
    classified(FailingClassifier(FailureKind.UNAVAILABLE))
    undone(job_id, ada)
    assert state_of(ticket_id) == ClassificationState.FAILED
    assert runs.outstanding(ticket_id) is not None


def test_undoing_leaves_a_first_reading_that_had_waited_without_the_job(each_app: APIFlask, ada: User) -> None:
    waiting = opened(each_app, title="Waiting", description=TEXT)
    job_id = started(ada)
    classified(AnsweringClassifier())
    assert runs.progress(job_id).done == 1
    undone(job_id, ada)
    assert chosen(each_app, waiting) == ("billing", "machine", "high", "machine")
    assert state_of(waiting) == ClassificationState.DONE


def test_what_a_job_took_over_from_another_is_read_anew_when_it_is_undone(each_app: APIFlask, ada: User) -> None:
    ticket_id = opened(each_app, title="Fails", description=TEXT)
    classified(FailingClassifier(FailureKind.BLOCKED))
    started(ada)
    second = started(ada)
    classified(AnsweringClassifier())
    undone(second, ada)
    assert (chosen(each_app, ticket_id)[1], state_of(ticket_id)) == ("default", ClassificationState.QUEUED)
    classified(AnsweringClassifier("account", "low"))
    assert chosen(each_app, ticket_id) == ("account", "machine", "low", "machine")


def test_undoing_keeps_what_somebody_asked_for_while_the_job_read_it(each_app: APIFlask, ada: User) -> None:
    ticket_id = opened(each_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))
    job_id = started(ada)
    run_id = runs.outstanding(ticket_id) or 0

    class AskedMeanwhile(AnsweringClassifier):
        def classify(self, **asked: object) -> object:  # type: ignore[override]
            classification.reclassify(ticket_id, by=ada)
            return super().classify(**asked)

    classification.classify(run_id, AskedMeanwhile(), deadline_seconds=1)
    undone(job_id, ada)
    assert chosen(each_app, ticket_id) == ("billing", "machine", "high", "machine")
    run = db.session.get_one(ClassificationRun, run_id, populate_existing=True)
    assert (run.asked_for, run.asked_by_id, run.undone_at) == (AskedFor.RECLASSIFY, ada.id, None)


def test_undoing_brings_back_why_a_ticket_was_given_up(each_app: APIFlask, ada: User) -> None:
    ticket_id = opened(each_app, title="Fails", description=TEXT)
    classified(FailingClassifier(FailureKind.BLOCKED))
    undone(started(ada), ada)
    assert standing(ticket_id).error == FailureKind.BLOCKED.sentence
    second = started(ada)
    classified(FailingClassifier(FailureKind.BAD_REQUEST))
    assert standing(ticket_id).error == FailureKind.BAD_REQUEST.sentence
    undone(second, ada)
    assert standing(ticket_id).error == FailureKind.BLOCKED.sentence
    assert state_of(ticket_id) == ClassificationState.GIVEN_UP


def test_a_ticket_that_was_done_is_done_again_when_the_job_that_gave_up_on_it_is_undone(
    each_app: APIFlask, ada: User
) -> None:
    ticket_id = opened(each_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))
    job_id = started(ada)
    classified(FailingClassifier(FailureKind.BLOCKED))
    assert state_of(ticket_id) == ClassificationState.GIVEN_UP
    undone(job_id, ada)
    assert (state_of(ticket_id), standing(ticket_id).error) == (ClassificationState.DONE, None)
    assert bulk_trials.unfinished_undoings() == []


def test_a_ticket_whose_values_stayed_the_same_got_nothing_back(each_app: APIFlask, ada: User) -> None:
    opened(each_app, title="Invoice", description=TEXT, proposal=proposal("billing", "high"))
    job_id = started(ada)
    classified(AnsweringClassifier("billing", "high"))
    undone(job_id, ada)
    undoing = bulk_trials.undoing(job_id)
    assert undoing is not None
    assert (undoing.tickets, undoing.finished_at is not None) == (0, True)
    assert db.session.scalars(select(TicketEvent).where(TicketEvent.kind == EventKind.UNDONE)).all() == []


def test_an_undoing_waits_for_what_is_being_read(each_app: APIFlask, ada: User) -> None:
    ticket_id = opened(each_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))
    job_id = started(ada)
    run_id = runs.outstanding(ticket_id)

    class Undoing(AnsweringClassifier):
        def classify(self, **asked: object) -> object:  # type: ignore[override]
            undone(job_id, ada)
            assert bulk_trials.unfinished_undoings() == [job_id]
            return super().classify(**asked)

    classification.classify(run_id or 0, Undoing(), deadline_seconds=1)
    assert chosen(each_app, ticket_id)[0] == "billing"
    undone(job_id, ada)
    assert chosen(each_app, ticket_id) == ("technical", "machine", "low", "machine")
    assert bulk_trials.unfinished_undoings() == []


def test_an_undoing_does_not_wait_for_a_dead_worker(each_app: APIFlask, ada: User) -> None:
    ticket_id = opened(each_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))
    job_id = started(ada)
    with transaction() as session:
        dead = {"state": RunState.RUNNING, "lease_until": utc_now() - timedelta(seconds=1)}
        session.execute(update(ClassificationRun).where(ClassificationRun.bulk_job_id == job_id).values(dead))
    undone(job_id, ada)
    assert bulk_trials.unfinished_undoings() == []
    assert (runs.outstanding(ticket_id), state_of(ticket_id)) == (None, ClassificationState.DONE)


def test_an_undone_job_cannot_go_on(each_app: APIFlask, ada: User) -> None:
    opened(each_app, title="Invoice", description=TEXT, proposal=proposal())
    job_id = started(ada)
    undone(job_id, ada)
    for change in (bulk.start, bulk.pause):
        with pytest.raises(Conflict, match="was undone"):
            change(job_id)
