"""Bulk jobs over the same tickets: the later one takes over what waits, and gives it back as it was when undone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from apiflask import APIFlask
from sqlalchemy import text, update

from tests.actions.bulk_work import TEXT, chosen, classified, queued, started, state_of, undone
from tests.app_fixtures import add_user
from tests.web.opened import AnsweringClassifier, FailingClassifier, opened, proposal
from ticketapp.actions import bulk, bulk_undo, classification
from ticketapp.ai import FailureKind
from ticketapp.clock import utc_now
from ticketapp.db import db, transaction
from ticketapp.models import AskedFor, ClassificationRun, ClassificationState, RunState, User
from ticketapp.queries import bulk_trials
from ticketapp.queries import classification as runs
from ticketapp.queries.ticket_filter import TicketFilter

Waiting = tuple[int | None, AskedFor, int | None, RunState, int]
BEFORE = ("technical", "machine", "low", "machine")
READ = ("billing", "machine", "high", "machine")


@pytest.fixture
def ada(each_app: APIFlask) -> User:
    return add_user(each_app, "ada@example.com", "Ada", "admin")


@pytest.fixture
def bob(each_app: APIFlask) -> User:
    return add_user(each_app, "bob@example.com", "Bob", "admin")


@pytest.fixture
def ticket_id(each_app: APIFlask) -> int:
    """A ticket with the machine's values, so that nothing but a job wants it read."""
    return opened(each_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))


def outstanding(ticket_id: int) -> ClassificationRun:
    return db.session.get_one(ClassificationRun, runs.outstanding(ticket_id) or 0, populate_existing=True)


def waiting(ticket_id: int) -> Waiting | None:
    """Whose the outstanding run is: job, cause, who asked; its state and try."""
    if runs.outstanding(ticket_id) is None:
        return None
    run = outstanding(ticket_id)
    return run.bulk_job_id, run.asked_for, run.asked_by_id, run.state, run.attempt


def waits_for(job_id: int, by: User, *, attempt: int = 1) -> Waiting:
    return job_id, AskedFor.BULK, by.id, RunState.QUEUED, attempt


def standing_of(job_id: int) -> tuple[int, int, int]:
    """Of a job's tickets: classified, left to others, not settled yet."""
    progress = runs.progress(job_id)
    return progress.done, progress.left, progress.total - progress.settled


def while_reading(ticket_id: int, happens: Callable[[], None]) -> None:
    """Let something happen while the model is asked about the ticket."""

    class Interrupted(AnsweringClassifier):
        def classify(self, **asked: object) -> object:  # type: ignore[override]
            happens()
            return super().classify(**asked)

    classification.classify(outstanding(ticket_id).id, Interrupted(), deadline_seconds=1)


def test_an_undone_job_gives_back_what_it_took_as_it_was(
    each_app: APIFlask, ada: User, bob: User, ticket_id: int
) -> None:
    first = started(ada)
    before = outstanding(ticket_id)
    second = started(bob)
    assert waiting(ticket_id) == waits_for(second, bob)
    assert (standing_of(first), standing_of(second)) == ((0, 1, 0), (0, 0, 1))
    undone(second, bob)
    after = outstanding(ticket_id)
    assert waiting(ticket_id) == waits_for(first, ada)
    assert (after.asked_at, after.due_at) == (before.asked_at, before.due_at)
    assert (standing_of(first), state_of(ticket_id)) == ((0, 0, 1), ClassificationState.QUEUED)
    undone(first, ada)
    assert (waiting(ticket_id), state_of(ticket_id)) == (None, ClassificationState.DONE)
    assert (chosen(each_app, ticket_id), bulk_trials.unfinished_undoings()) == (BEFORE, [])


def test_a_job_drafted_before_the_other_was_started_gives_back_too(
    each_app: APIFlask, ada: User, bob: User, ticket_id: int
) -> None:
    second = bulk.draft_bulk(TicketFilter(), by=bob).id
    first = started(ada)
    bulk.start(second)
    queued(second)
    undone(second, bob)
    assert waiting(ticket_id) == waits_for(first, ada)


@pytest.mark.parametrize("is_read_for_the_second", [False, True])
def test_a_paused_job_goes_on_holding_what_it_is_given_back(
    each_app: APIFlask, ada: User, bob: User, ticket_id: int, is_read_for_the_second: bool
) -> None:
    first = started(ada)
    bulk.pause(first)
    second = started(bob)
    if is_read_for_the_second:
        classified(AnsweringClassifier())
        assert (chosen(each_app, ticket_id), standing_of(second)) == (READ, (1, 0, 0))
    undone(second, bob)
    assert waiting(ticket_id) == waits_for(first, ada)
    assert (chosen(each_app, ticket_id), standing_of(first)) == (BEFORE, (0, 0, 1))
    held = AnsweringClassifier()
    classified(held)
    assert classification.classify(outstanding(ticket_id).id, held, deadline_seconds=1) is None
    assert held.asked == 0
    bulk.start(first)
    classified(AnsweringClassifier("account", "critical"))
    assert chosen(each_app, ticket_id) == ("account", "machine", "critical", "machine")
    undone(first, ada)
    assert chosen(each_app, ticket_id) == BEFORE


@pytest.mark.parametrize("is_read", [False, True])
def test_undoing_the_first_leaves_the_second_what_it_took(
    each_app: APIFlask, ada: User, bob: User, ticket_id: int, is_read: bool
) -> None:
    first, second = started(ada), started(bob)
    if is_read:
        classified(AnsweringClassifier())
    undone(first, ada)
    assert (waiting(ticket_id) == waits_for(second, bob)) is not is_read
    classified(AnsweringClassifier())
    assert (chosen(each_app, ticket_id), standing_of(second)) == (READ, (1, 0, 0))
    undone(second, bob)
    assert (waiting(ticket_id), chosen(each_app, ticket_id)) == (None, BEFORE)
    assert bulk_trials.unfinished_undoings() == []


def test_a_later_try_is_given_back_as_a_later_try(each_app: APIFlask, ada: User, bob: User, ticket_id: int) -> None:
    first = started(ada)
    classified(FailingClassifier(FailureKind.UNAVAILABLE))
    due_at = outstanding(ticket_id).due_at
    second = started(bob)
    assert (waiting(ticket_id), outstanding(ticket_id).due_at < due_at) == (waits_for(second, bob, attempt=2), True)
    classified(FailingClassifier(FailureKind.UNAVAILABLE))
    undone(second, bob)
    assert waiting(ticket_id) == waits_for(first, ada, attempt=2)
    assert (outstanding(ticket_id).due_at, state_of(ticket_id)) == (due_at, ClassificationState.FAILED)
    assert runs.progress(first).waiting == 1


@pytest.mark.parametrize("kind", [FailureKind.BLOCKED, FailureKind.REFUSED_KEY])
def test_what_the_second_gave_up_on_is_given_back(
    each_app: APIFlask, ada: User, bob: User, ticket_id: int, kind: FailureKind
) -> None:
    first, second = started(ada), started(bob)
    classified(FailingClassifier(kind))
    undone(second, bob)
    assert (waiting(ticket_id), state_of(ticket_id)) == (waits_for(first, ada), ClassificationState.QUEUED)


@pytest.mark.parametrize("order", ["123", "132", "213", "231", "312", "321"])
@pytest.mark.parametrize("read_after", [0, 1, 2, 3])
def test_three_jobs_are_undone_in_any_order(
    each_app: APIFlask, ada: User, ticket_id: int, order: str, read_after: int
) -> None:
    jobs = [started(ada)]
    bulk.pause(jobs[0])
    jobs += [started(ada), started(ada)]
    left = set(jobs)
    for number, name in enumerate(order):
        if read_after == number:
            classified(AnsweringClassifier())
        undone(jobs[int(name) - 1], ada)
        left.discard(jobs[int(name) - 1])
        run = runs.outstanding(ticket_id) and outstanding(ticket_id)
        assert not run or run.bulk_job_id == max(left)
        assert not (left and run is None) or chosen(each_app, ticket_id) == READ
        assert standing_of(max(left))[1] == 0 if left else True
    assert (runs.outstanding(ticket_id), chosen(each_app, ticket_id)) == (None, BEFORE)
    assert (state_of(ticket_id), bulk_trials.unfinished_undoings()) == (ClassificationState.DONE, [])


def test_two_jobs_that_were_read_one_after_the_other_give_back_to_a_third_that_waits(
    each_app: APIFlask, ada: User, ticket_id: int
) -> None:
    first = started(ada)
    bulk.pause(first)
    second = started(ada)
    classified(AnsweringClassifier())
    third = started(ada)
    classified(AnsweringClassifier("account", "medium"))
    undone(second, ada)
    assert (waiting(ticket_id), chosen(each_app, ticket_id)[0]) == (None, "account")
    undone(third, ada)
    assert (waiting(ticket_id), chosen(each_app, ticket_id)) == (waits_for(first, ada), BEFORE)


def test_what_is_being_read_for_the_first_is_left_to_it_and_read_for_the_second_once_that_is_undone(
    each_app: APIFlask, ada: User, bob: User, ticket_id: int
) -> None:
    first, jobs = started(ada), []
    while_reading(ticket_id, lambda: jobs.append(started(bob)))
    (second,) = jobs
    assert (chosen(each_app, ticket_id), state_of(ticket_id)) == (READ, ClassificationState.DONE)
    assert (standing_of(first), standing_of(second)) == ((1, 0, 0), (0, 1, 0))
    undone(first, ada)
    assert (chosen(each_app, ticket_id), waiting(ticket_id)) == (BEFORE, waits_for(second, bob))
    classified(AnsweringClassifier())
    assert standing_of(second) == (1, 0, 0)
    undone(second, bob)
    assert (chosen(each_app, ticket_id), waiting(ticket_id)) == (BEFORE, None)


def test_what_is_being_read_for_the_first_stays_with_it_when_the_second_is_undone(
    each_app: APIFlask, ada: User, bob: User, ticket_id: int
) -> None:
    first = started(ada)

    def happens() -> None:
        second = started(bob)
        assert state_of(ticket_id) == ClassificationState.QUEUED
        undone(second, bob)

    while_reading(ticket_id, happens)
    assert (chosen(each_app, ticket_id), standing_of(first)) == (READ, (1, 0, 0))
    undone(first, ada)
    assert (chosen(each_app, ticket_id), waiting(ticket_id)) == (BEFORE, None)


def test_what_a_worker_left_behind_is_taken_over(each_app: APIFlask, ada: User, bob: User, ticket_id: int) -> None:
    first = started(ada)
    dead = {"state": RunState.RUNNING, "lease_until": utc_now() - timedelta(seconds=1)}
    with transaction() as session:
        session.execute(update(ClassificationRun).where(ClassificationRun.bulk_job_id == first).values(dead))
    second = started(bob)
    assert waiting(ticket_id) == waits_for(second, bob)
    undone(second, bob)
    assert waiting(ticket_id) == waits_for(first, ada)


def test_a_first_reading_that_waits_is_counted_by_the_first_job_until_that_is_undone(
    each_app: APIFlask, ada: User, bob: User
) -> None:
    fresh = opened(each_app, title="New", description=TEXT)
    first, second = started(ada), started(bob)
    undone(second, bob)
    assert standing_of(first) == (0, 0, 1)
    undone(first, ada)
    third = started(bob)
    assert (outstanding(fresh).asked_for, standing_of(third)) == (AskedFor.OPENED, (0, 0, 1))
    classified(AnsweringClassifier())
    assert (chosen(each_app, fresh), standing_of(third)) == (READ, (1, 0, 0))


def test_what_was_given_back_while_its_job_was_being_undone_is_withdrawn_by_the_next_sweep(
    each_app: APIFlask, ada: User, bob: User, ticket_id: int
) -> None:
    first, second = started(ada), started(bob)
    undone(first, ada)
    with transaction() as session:  # as another transaction does that began before
        session.execute(
            update(ClassificationRun).values(bulk_job_id=first).where(ClassificationRun.state == "queued")
        )
    assert bulk_trials.unfinished_undoings() == [first]
    assert bulk_undo.undo_page(first)
    assert not bulk_undo.undo_page(first)
    assert (waiting(ticket_id), bulk_trials.unfinished_undoings()) == (None, [])
    assert state_of(ticket_id) == ClassificationState.DONE
    undone(second, bob)
    assert waiting(ticket_id) is None


def test_a_worker_may_queue_a_next_try_while_the_job_is_locked(postgres_app: APIFlask) -> None:
    ada = add_user(postgres_app, "ada@example.com", "Ada", "admin")
    number = opened(postgres_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))
    with postgres_app.app_context():
        job_id = started(ada)
        classified(FailingClassifier(FailureKind.UNAVAILABLE))
        run_id = outstanding(number).id
    copied = (
        "INSERT INTO classification_run (ticket_id, bulk_job_id, asked_for, asked_at, attempt, state, due_at,"
        " applied_category, applied_priority, finished_at, error) SELECT ticket_id, bulk_job_id, asked_for, asked_at,"
        " 3, 'failed', due_at, false, false, due_at, 'Slow.' FROM classification_run WHERE id = :run_id"
    )
    with postgres_app.app_context(), transaction() as session:
        bulk.locked_job(session, job_id)
        with db.engine.begin() as other:  # the worker, who has the ticket that the page waits for
            other.execute(text("SET LOCAL lock_timeout = '2s'"))
            other.execute(text(copied), {"run_id": run_id})
