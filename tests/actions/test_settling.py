"""Where the classification of a ticket stands once people have decided, and what becomes of a run that waits."""

from datetime import timedelta

import pytest
from apiflask import APIFlask
from sqlalchemy import select, update

from tests.actions.bulk_work import TEXT, chosen, classified, started, state_of, undone
from tests.actions.test_mailbox_category import mailbox_for, opened_by
from tests.app_fixtures import add_user
from tests.web.opened import AnsweringClassifier, FailingClassifier, opened, proposal
from ticketapp.actions import bulk, claims, classification, confirming
from ticketapp.actions.tickets import change_ticket
from ticketapp.ai import FailureKind
from ticketapp.clock import utc_now
from ticketapp.db import db, transaction
from ticketapp.models import Category, ClassificationRun, ClassificationState, RunState, User
from ticketapp.queries import classification as runs
from ticketapp.queries.classification import NOT_NEEDED
from ticketapp.queries.standing import standing

BOTH = {"category": "account", "priority": "low"}
DONE, GIVEN_UP, QUEUED = ClassificationState.DONE, ClassificationState.GIVEN_UP, ClassificationState.QUEUED


@pytest.fixture
def ada(each_app: APIFlask) -> User:
    return add_user(each_app, "ada@example.com", "Ada", "admin")


def run_of(ticket_id: int) -> ClassificationRun:
    """The newest run of a ticket, as it is now."""
    newest = select(ClassificationRun).where(ClassificationRun.ticket_id == ticket_id)
    newest = newest.order_by(ClassificationRun.id.desc()).limit(1)
    return db.session.scalars(newest, execution_options={"populate_existing": True}).one()


@pytest.mark.parametrize("has_failed", [False, True])
def test_what_people_decide_is_done_and_the_run_that_waited_called_off(
    each_app: APIFlask, ada: User, has_failed: bool
) -> None:
    ticket_id = opened(each_app, title="Invoice", description=TEXT)
    if has_failed:
        classified(FailingClassifier(FailureKind.UNAVAILABLE))
    change_ticket(ticket_id, BOTH, by=ada)
    assert (state_of(ticket_id), runs.outstanding(ticket_id)) == (DONE, None)
    assert (run_of(ticket_id).state, run_of(ticket_id).error_kind) == (RunState.GAVE_UP, NOT_NEEDED)
    assert chosen(each_app, ticket_id) == ("account", "person", "low", "person")


def test_half_a_decision_leaves_the_run_its_other_half(each_app: APIFlask, ada: User) -> None:
    ticket_id = opened(each_app, title="Invoice", description=TEXT)
    change_ticket(ticket_id, {"category": "account"}, by=ada)
    assert state_of(ticket_id) == QUEUED
    classified(AnsweringClassifier())
    assert chosen(each_app, ticket_id) == ("account", "person", "high", "machine")


def test_what_somebody_asked_for_by_hand_still_waits(each_app: APIFlask, ada: User) -> None:
    ticket_id = opened(each_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))
    classification.reclassify(ticket_id, by=ada)
    confirming.confirm(ticket_id, by=ada)
    assert (state_of(ticket_id), run_of(ticket_id).state) == (QUEUED, RunState.QUEUED)
    classified(AnsweringClassifier())
    assert state_of(ticket_id) == DONE


@pytest.mark.parametrize("kind", [None, FailureKind.UNAVAILABLE, FailureKind.BLOCKED, FailureKind.REFUSED_KEY])
def test_what_is_decided_while_it_is_read_is_done_with_that_whatever_comes_of_it(
    each_app: APIFlask, ada: User, kind: FailureKind | None
) -> None:
    ticket_id = opened(each_app, title="Invoice", description=TEXT)
    inner = AnsweringClassifier() if kind is None else FailingClassifier(kind)

    class Deciding(AnsweringClassifier):
        def classify(self, **asked: object) -> object:  # type: ignore[override]
            change_ticket(ticket_id, BOTH, by=ada)
            assert standing(ticket_id).state == ClassificationState.RUNNING
            return inner.classify(**asked)

    classification.classify(runs.outstanding(ticket_id) or 0, Deciding(), deadline_seconds=1)
    assert (state_of(ticket_id), runs.outstanding(ticket_id)) == (DONE, None)
    assert chosen(each_app, ticket_id) == ("account", "person", "low", "person")


@pytest.mark.parametrize("is_read", [False, True])
def test_what_was_given_up_is_given_up_again_when_a_job_is_undone(
    each_app: APIFlask, ada: User, is_read: bool
) -> None:
    ticket_id = opened(each_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))
    classification.reclassify(ticket_id, by=ada)
    classified(FailingClassifier(FailureKind.BLOCKED))
    assert state_of(ticket_id) == GIVEN_UP
    job_id = started(ada)
    if is_read:
        classified(AnsweringClassifier())
    undone(job_id, ada)
    assert (state_of(ticket_id), standing(ticket_id).error) == (GIVEN_UP, FailureKind.BLOCKED.sentence)
    assert chosen(each_app, ticket_id) == ("technical", "machine", "low", "machine")


def test_what_people_decided_is_done_also_when_a_job_is_undone_that_was_given_up_before(
    each_app: APIFlask, ada: User
) -> None:
    ticket_id = opened(each_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))
    classification.reclassify(ticket_id, by=ada)
    classified(FailingClassifier(FailureKind.BLOCKED))
    job_id = started(ada)
    classified(AnsweringClassifier())
    change_ticket(ticket_id, BOTH, by=ada)
    undone(job_id, ada)
    assert state_of(ticket_id) == DONE
    assert chosen(each_app, ticket_id) == ("account", "person", "low", "person")


def test_undoing_brings_back_a_mailboxs_category_as_the_machines(each_app: APIFlask, ada: User) -> None:
    ticket_id = opened_by(mailbox_for(Category.GENERAL)).ticket_id
    assert ticket_id is not None
    classified(FailingClassifier(FailureKind.BLOCKED))
    before = chosen(each_app, ticket_id)
    assert before == ("general", "machine", "medium", "default")
    job_id = started(ada)
    classified(AnsweringClassifier())
    undone(job_id, ada)
    assert chosen(each_app, ticket_id) == before


def test_what_a_dead_worker_left_of_a_paused_job_waits_with_it(each_app: APIFlask, ada: User) -> None:
    ticket_id = opened(each_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))
    job_id = started(ada)
    assert claims.claim(runs.outstanding(ticket_id) or 0, lease_seconds=60) is not None
    bulk.pause(job_id)
    classification.release_left()
    assert standing(ticket_id).state == ClassificationState.RUNNING
    with transaction() as session:
        is_read = ClassificationRun.lease_until.is_not(None)
        over = utc_now() - timedelta(seconds=1)
        session.execute(update(ClassificationRun).where(is_read).values(lease_until=over))
    classification.release_left()
    assert (standing(ticket_id).state, standing(ticket_id).held_by_id) == (QUEUED, job_id)
    bulk.start(job_id)
    classified(AnsweringClassifier())
    assert chosen(each_app, ticket_id)[0] == "billing"


def test_what_is_decided_while_a_worker_holds_it_for_a_paused_job_is_done_when_it_is_put_back_unasked(
    each_app: APIFlask, ada: User
) -> None:
    ticket_id = opened(each_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))
    job_id = started(ada)

    class Paced(FailingClassifier):
        def classify(self, **asked: object) -> object:  # type: ignore[override]
            change_ticket(ticket_id, BOTH, by=ada)
            bulk.pause(job_id)
            return super().classify(**asked)

    run_id = runs.outstanding(ticket_id) or 0
    classification.classify(run_id, Paced(FailureKind.PACED), deadline_seconds=1)
    assert (state_of(ticket_id), runs.outstanding(ticket_id)) == (DONE, None)
    assert run_of(ticket_id).error_kind == NOT_NEEDED


def test_what_is_decided_while_a_worker_that_died_held_it_for_a_paused_job_is_done(
    each_app: APIFlask, ada: User
) -> None:
    ticket_id = opened(each_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))
    job_id = started(ada)
    claims.claim(runs.outstanding(ticket_id) or 0, lease_seconds=-1)
    change_ticket(ticket_id, BOTH, by=ada)
    bulk.pause(job_id)
    classification.release_left()
    assert (state_of(ticket_id), runs.outstanding(ticket_id)) == (DONE, None)


def test_what_people_decided_is_not_given_back_to_a_paused_job(each_app: APIFlask, ada: User) -> None:
    ticket_id = opened(each_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))
    bulk.pause(started(ada))
    second = started(ada)
    classified(AnsweringClassifier())
    change_ticket(ticket_id, BOTH, by=ada)
    undone(second, ada)
    assert (state_of(ticket_id), runs.outstanding(ticket_id)) == (DONE, None)


@pytest.mark.parametrize("is_accepted", [True, False])
def test_answering_a_proposal_calls_off_what_waits(each_app: APIFlask, ada: User, *, is_accepted: bool) -> None:
    ticket_id = opened(each_app, title="Invoice", description=TEXT)
    change_ticket(ticket_id, {"category": "account"}, by=ada)
    classified(AnsweringClassifier())
    run_id = run_of(ticket_id).id
    bulk.pause(started(ada))
    (confirming.accept if is_accepted else confirming.decline)(ticket_id, run_id, ["category", "priority"], by=ada)
    assert (state_of(ticket_id), runs.outstanding(ticket_id)) == (DONE, None)


def test_confirming_calls_off_what_waits(each_app: APIFlask, ada: User) -> None:
    ticket_id = opened(each_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))
    bulk.pause(started(ada))
    confirming.confirm(ticket_id, by=ada)
    assert (state_of(ticket_id), runs.outstanding(ticket_id)) == (DONE, None)


def test_what_was_given_up_is_decided_in_one_write_with_whatever_else_is_changed(
    each_app: APIFlask, ada: User
) -> None:
    half, whole = (opened(each_app, title=f"Invoice {number}", description=TEXT) for number in range(2))
    change_ticket(half, {"priority": "low"}, by=ada)
    classified(FailingClassifier(FailureKind.BLOCKED))
    assert (state_of(half), state_of(whole)) == (GIVEN_UP, GIVEN_UP)
    change_ticket(half, BOTH, by=ada)
    change_ticket(whole, {**BOTH, "assignee_id": ada.id}, by=ada)
    assert (state_of(half), state_of(whole)) == (DONE, DONE)
