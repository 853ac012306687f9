"""Where a ticket's classification stands: kept by the database, narrowed to by lists, told with its cause."""

from datetime import timedelta

import pytest
from apiflask import APIFlask
from sqlalchemy import select, update

from tests.actions.bulk_work import started
from tests.app_fixtures import add_user
from tests.web.opened import AnsweringClassifier, FailingClassifier, opened, proposal
from ticketapp.actions import bulk, classification
from ticketapp.actions.tickets import change_ticket
from ticketapp.ai import FailureKind
from ticketapp.clock import utc_now
from ticketapp.db import db, transaction
from ticketapp.models import ClassificationRun, ClassificationState, RunState, Ticket
from ticketapp.queries import classification as runs
from ticketapp.queries import standing, tickets
from ticketapp.queries.ticket_filter import TicketFilter

BOTH = {"category": "account", "priority": "low"}


def fail(ticket_id: int, kind: FailureKind) -> None:
    """Let the ticket's waiting run fail in this way."""
    classification.classify(runs.outstanding(ticket_id) or 0, FailingClassifier(kind), deadline_seconds=1)


def claim(ticket_id: int) -> None:
    """Make the ticket's waiting run somebody's, as a worker does before it asks the model."""
    with transaction() as session:
        lease = {"state": RunState.RUNNING, "lease_until": utc_now() + timedelta(seconds=30)}
        session.execute(update(ClassificationRun).where(ClassificationRun.ticket_id == ticket_id).values(lease))


def listed(state: ClassificationState) -> list[int]:
    return [row.id for row in tickets.page(TicketFilter(classification=state)).rows]


@pytest.fixture
def one_of_each(each_app: APIFlask) -> dict[ClassificationState, int]:
    """A ticket in each state, reached as work reaches it."""
    numbers = {state: opened(each_app) for state in ClassificationState}
    # With words of their own: what was said to the same ones would be taken.
    numbers[ClassificationState.GIVEN_UP] = opened(each_app, description="Buy now!")
    numbers[ClassificationState.DONE] = opened(each_app, description="Thank you.", proposal=proposal())
    with each_app.app_context():
        claim(numbers[ClassificationState.RUNNING])
        fail(numbers[ClassificationState.FAILED], FailureKind.TIMED_OUT)
        fail(numbers[ClassificationState.GIVEN_UP], FailureKind.BLOCKED)
        with transaction() as session:
            never = Ticket.id == numbers[ClassificationState.NOT_ASKED]
            session.delete(session.scalars(select(ClassificationRun).join(Ticket).where(never)).one())
            session.execute(update(Ticket).where(never).values(classification_state="not_asked"))
    return numbers


@pytest.mark.parametrize("state", ClassificationState)
def test_a_list_shows_the_tickets_of_one_state(
    each_app: APIFlask, one_of_each: dict[ClassificationState, int], state: ClassificationState
) -> None:
    assert one_of_each[state] in listed(state)
    (row,) = [row for row in tickets.page(TicketFilter()).rows if row.id == one_of_each[state]]
    assert row.classification == state
    assert standing.standing(one_of_each[state]).state == state


def test_every_ticket_is_in_exactly_one_state(
    each_app: APIFlask, one_of_each: dict[ClassificationState, int]
) -> None:
    found = [number for state in ClassificationState for number in listed(state)]
    assert sorted(found) == sorted(row.id for row in tickets.page(TicketFilter()).rows)


def test_the_state_is_combined_with_other_filters(
    each_app: APIFlask, one_of_each: dict[ClassificationState, int]
) -> None:
    failed = opened(each_app, title="Fire in the hall")
    fail(failed, FailureKind.TIMED_OUT)
    narrowed = TicketFilter(classification=ClassificationState.FAILED, search="hall", is_unclassified=True)
    assert narrowed == TicketFilter.from_args(narrowed.as_args())
    assert [row.id for row in tickets.page(narrowed).rows] == [failed, one_of_each[ClassificationState.FAILED]]
    assert (
        tickets.page(TicketFilter(classification=ClassificationState.FAILED, search="fire hall")).rows[0].id == failed
    )


def test_a_retry_that_is_being_done_is_running(each_app: APIFlask) -> None:
    ticket_id = opened(each_app)
    fail(ticket_id, FailureKind.TIMED_OUT)
    assert (listed(ClassificationState.FAILED), listed(ClassificationState.RUNNING)) == ([ticket_id], [])
    with transaction() as session:
        due = {"state": RunState.RUNNING, "lease_until": utc_now() + timedelta(seconds=30)}
        session.execute(update(ClassificationRun).where(ClassificationRun.attempt == 2).values(due))
    assert (listed(ClassificationState.FAILED), listed(ClassificationState.RUNNING)) == ([], [ticket_id])


def test_a_failure_tells_its_cause_and_when_it_is_tried_again(each_app: APIFlask) -> None:
    ticket_id = opened(each_app)
    fail(ticket_id, FailureKind.TIMED_OUT)
    found = standing.standing(ticket_id)
    assert (found.state, found.attempt, found.error) == ("failed", 2, FailureKind.TIMED_OUT.sentence)
    assert found.due_at is not None
    assert found.due_at > utc_now()


def test_a_list_names_the_paused_job_that_holds_a_ticket_and_no_other(each_app: APIFlask) -> None:
    ada = add_user(each_app, "ada@example.com", "Ada", "admin")
    waiting, held, failed, by_hand, done = (
        opened(each_app),
        *(opened(each_app, description=f"Line {number} is dead", proposal=proposal()) for number in range(4)),
    )
    decided = opened(each_app, **BOTH)
    job_id = started(ada)
    fail(failed, FailureKind.TIMED_OUT)
    classification.reclassify(by_hand, by=ada)
    classification.classify(runs.outstanding(done) or 0, AnsweringClassifier(), deadline_seconds=1)
    assert {row.held_by_id for row in tickets.page(TicketFilter()).rows} == {None}
    bulk.pause(job_id)
    expected = {waiting: None, held: job_id, failed: job_id, by_hand: None, done: None, decided: None}
    assert {row.id: row.held_by_id for row in tickets.page(TicketFilter()).rows} == expected
    assert {number: standing.standing(number).held_by_id for number in expected} == expected


def test_what_people_decide_is_no_longer_given_up(each_app: APIFlask) -> None:
    ticket_id = opened(each_app)
    fail(ticket_id, FailureKind.BLOCKED)
    change_ticket(ticket_id, {"category": "account"}, by=None)
    assert listed(ClassificationState.GIVEN_UP) == [ticket_id]
    change_ticket(ticket_id, {"priority": "low"}, by=None)
    assert listed(ClassificationState.DONE) == [ticket_id]


def test_what_people_decide_while_it_waits_is_done(each_app: APIFlask) -> None:
    ticket_id = opened(each_app)
    change_ticket(ticket_id, BOTH, by=None)
    assert listed(ClassificationState.QUEUED) == []
    assert listed(ClassificationState.DONE) == [ticket_id]


def test_a_failure_on_what_people_decided_gives_nothing_up(each_app: APIFlask) -> None:
    ticket_id = opened(each_app, **BOTH)
    assert listed(ClassificationState.DONE) == [ticket_id]
    classification.reclassify(ticket_id, by=add_user(each_app, "ada@example.com", "Ada", "admin"))
    assert listed(ClassificationState.QUEUED) == [ticket_id]
    fail(ticket_id, FailureKind.BLOCKED)
    assert listed(ClassificationState.DONE) == [ticket_id]


def test_a_verdict_that_comes_while_the_page_is_made_is_read_as_it_is(each_app: APIFlask) -> None:
    ticket_id = opened(each_app, category="account")
    seen = db.session.get_one(ClassificationRun, runs.outstanding(ticket_id) or 0)
    assert seen.finished_at is None
    db.session.commit()  # what was read stays as it was, as within one page
    with each_app.app_context():
        classification.classify(seen.id, AnsweringClassifier(), deadline_seconds=1)
    found = standing.contested(db.session.get_one(Ticket, ticket_id))
    assert found is not None
    assert found.values == {"category": "billing"}


def test_it_is_known_which_run_set_which_value(each_app: APIFlask) -> None:
    ticket_id = opened(each_app, priority="low", proposal=proposal())
    found = standing.standing(ticket_id)
    run_id = db.session.scalar(select(ClassificationRun.id))
    assert (found.category_run_id, found.priority_run_id) == (run_id, None)
