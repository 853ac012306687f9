"""What people decide or ask for while two bulk jobs have the same tickets stays, in every order."""

import pytest
from apiflask import APIFlask

from tests.actions.bulk_work import TEXT, chosen, classified, queued, started, state_of, undone
from tests.app_fixtures import add_user
from tests.web.opened import AnsweringClassifier, opened, proposal
from ticketapp.actions import bulk, classification, confirming
from ticketapp.actions.tickets import change_ticket
from ticketapp.db import db
from ticketapp.errors import Conflict
from ticketapp.models import AskedFor, ClassificationRun, ClassificationState, Ticket, User
from ticketapp.queries import bulk_trials
from ticketapp.queries import classification as runs
from ticketapp.queries.standing import Contested, contested
from ticketapp.queries.ticket_filter import TicketFilter


@pytest.fixture
def ada(each_app: APIFlask) -> User:
    return add_user(each_app, "ada@example.com", "Ada", "admin")


@pytest.fixture
def ticket_id(each_app: APIFlask) -> int:
    """A ticket with the machine's values, so that nothing but a job wants it read."""
    return opened(each_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))


def proposed(ticket_id: int) -> Contested | None:
    return contested(db.session.get_one(Ticket, ticket_id, populate_existing=True))


def decided_while_it_is_read(ada: User, ticket_id: int) -> int:
    """A job whose verdict changed nothing, since somebody decided both values while the model was being asked."""
    job_id = started(ada)

    class Deciding(AnsweringClassifier):
        def classify(self, **asked: object) -> object:  # type: ignore[override]
            change_ticket(ticket_id, {"category": "general", "priority": "medium"}, by=ada)
            return super().classify(**asked)

    classification.classify(runs.outstanding(ticket_id) or 0, Deciding(), deadline_seconds=1)
    return job_id


def test_an_undone_job_proposes_no_more_what_it_said_against_peoples_choices(
    each_app: APIFlask, ada: User, ticket_id: int
) -> None:
    job_id = decided_while_it_is_read(ada, ticket_id)
    shown = proposed(ticket_id)
    assert shown is not None
    assert shown.values == {"category": "billing", "priority": "high"}
    undone(job_id, ada)
    assert proposed(ticket_id) is None
    assert chosen(each_app, ticket_id) == ("general", "person", "medium", "person")
    undoing = bulk_trials.undoing(job_id)
    assert undoing is not None
    assert (undoing.tickets, undoing.finished_at is not None) == (0, True)
    with pytest.raises(Conflict, match=f"Run {shown.run_id} was undone"):
        confirming.accept(ticket_id, shown.run_id, ["category"], by=ada)


def test_what_was_accepted_of_a_job_stays_when_it_is_undone(each_app: APIFlask, ada: User, ticket_id: int) -> None:
    job_id = decided_while_it_is_read(ada, ticket_id)
    shown = proposed(ticket_id)
    assert shown is not None
    confirming.accept(ticket_id, shown.run_id, ["category"], by=ada)
    undone(job_id, ada)
    assert chosen(each_app, ticket_id) == ("billing", "person", "medium", "person")


def test_what_somebody_asks_for_by_hand_meanwhile_is_theirs(each_app: APIFlask, ada: User, ticket_id: int) -> None:
    first, second = started(ada), started(ada)
    classification.reclassify(ticket_id, by=ada)
    undone(second, ada)
    run = db.session.get_one(ClassificationRun, runs.outstanding(ticket_id) or 0)
    assert run.asked_for == AskedFor.RECLASSIFY
    classified(AnsweringClassifier())
    undone(first, ada)
    assert (chosen(each_app, ticket_id)[0], runs.outstanding(ticket_id)) == ("billing", None)


@pytest.mark.parametrize("decides", ["before", "between", "after"])
@pytest.mark.parametrize("is_paused", [False, True])
@pytest.mark.parametrize("is_newest_first", [False, True])
@pytest.mark.parametrize("is_read", [False, True])
def test_what_a_person_decides_in_between_stays(
    each_app: APIFlask,
    ada: User,
    ticket_id: int,
    *,
    decides: str,
    is_paused: bool,
    is_newest_first: bool,
    is_read: bool,
) -> None:
    def decide(now: str) -> None:
        if now == decides:
            change_ticket(ticket_id, {"category": "general", "priority": "medium"}, by=ada)

    first = started(ada)
    if is_paused:
        bulk.pause(first)
    second = bulk.draft_bulk(TicketFilter(), by=ada).id
    decide("before")
    bulk.start(second)
    queued(second)
    if is_read:
        classified(AnsweringClassifier())
    decide("between")
    earlier, later = (second, first) if is_newest_first else (first, second)
    undone(earlier, ada)
    decide("after")
    if is_paused and is_newest_first:
        bulk.start(first)
    classified(AnsweringClassifier("account", "critical"))
    undone(later, ada)
    assert chosen(each_app, ticket_id) == ("general", "person", "medium", "person")
    assert (runs.outstanding(ticket_id), state_of(ticket_id)) == (None, ClassificationState.DONE)
    assert bulk_trials.unfinished_undoings() == []


def test_what_a_person_decides_in_one_field_stays_there(each_app: APIFlask, ada: User, ticket_id: int) -> None:
    first, second = started(ada), started(ada)
    classified(AnsweringClassifier())
    change_ticket(ticket_id, {"category": "general"}, by=ada)
    undone(second, ada)
    assert chosen(each_app, ticket_id) == ("general", "person", "low", "machine")
    classified(AnsweringClassifier("account", "critical"))
    assert chosen(each_app, ticket_id) == ("general", "person", "critical", "machine")
    assert runs.progress(first).done == 1
    undone(first, ada)
    assert chosen(each_app, ticket_id) == ("general", "person", "low", "machine")
