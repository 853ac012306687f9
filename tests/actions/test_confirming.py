"""What people make of verdicts: confirmed, accepted or declined, each is a person's choice with the run noted."""

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from tests.app_fixtures import add_user
from tests.web.opened import AnsweringClassifier, opened, proposal, ticket_of
from ticketapp.actions import classification, confirming
from ticketapp.actions.tickets import change_ticket
from ticketapp.db import db
from ticketapp.errors import Conflict, InvalidInput, NotFound
from ticketapp.models import ClassificationRun, EventKind, TicketEvent, User


@pytest.fixture
def gil(each_app: APIFlask) -> User:
    return add_user(each_app, "gil@example.com", "Gil", "agent")


def chosen(app: APIFlask, ticket_id: int) -> tuple[str, str, str, str]:
    ticket = ticket_of(app, ticket_id)
    return ticket.category, ticket.category_by, ticket.priority, ticket.priority_by


def newest_event(ticket_id: int) -> tuple[str, str | None, str | None, int | None, int | None]:
    statement = select(TicketEvent).where(TicketEvent.ticket_id == ticket_id).order_by(TicketEvent.id.desc())
    event = db.session.scalars(statement.limit(1)).one()
    return event.kind, event.old, event.new, event.actor_id, event.run_id


def reclassified(ticket_id: int, by: User) -> int:
    run = classification.reclassify(ticket_id, by=by)
    classification.classify(run.id, AnsweringClassifier(), deadline_seconds=1)
    return run.id


def test_confirming_makes_both_values_a_persons_and_names_the_run(each_app: APIFlask, gil: User) -> None:
    ticket_id = opened(each_app, proposal=proposal())
    run_id = db.session.scalar(select(ClassificationRun.id))
    assert confirming.confirm(ticket_id, by=gil) == ("category", "priority")
    assert chosen(each_app, ticket_id) == ("billing", "person", "high", "person")
    assert newest_event(ticket_id) == (EventKind.CONFIRMED, "priority", "high", gil.id, run_id)


def test_confirming_twice_changes_nothing(each_app: APIFlask, gil: User) -> None:
    ticket_id = opened(each_app, proposal=proposal())
    confirming.confirm(ticket_id, ["category"], by=gil)
    assert confirming.confirm(ticket_id, ["category"], by=gil) == ()
    events = select(TicketEvent).where(TicketEvent.kind == EventKind.CONFIRMED)
    assert len(db.session.scalars(events).all()) == 1
    assert chosen(each_app, ticket_id) == ("billing", "person", "high", "machine")


def test_a_default_that_nobody_chose_is_not_confirmed_by_the_way(each_app: APIFlask, gil: User) -> None:
    ticket_id = opened(each_app)
    assert confirming.confirm(ticket_id, by=gil) == ()
    assert chosen(each_app, ticket_id) == ("general", "default", "medium", "default")


def test_setting_the_value_it_has_confirms_it(each_app: APIFlask, gil: User) -> None:
    ticket_id = opened(each_app, proposal=proposal())
    run_id = db.session.scalar(select(ClassificationRun.id))
    change_ticket(ticket_id, {"category": "billing"}, by=gil)
    assert newest_event(ticket_id) == (EventKind.CONFIRMED, "category", "billing", gil.id, run_id)
    change_ticket(ticket_id, {"priority": "high"}, by=gil)
    change_ticket(ticket_id, {"priority": "high"}, by=gil)
    assert newest_event(ticket_id) == (EventKind.CONFIRMED, "priority", "high", gil.id, run_id)


def test_a_proposal_against_a_persons_value_waits_until_it_is_accepted(each_app: APIFlask, gil: User) -> None:
    ticket_id = opened(each_app, category="account", priority="low")
    run_id = reclassified(ticket_id, gil)
    assert chosen(each_app, ticket_id) == ("account", "person", "low", "person")
    confirming.accept(ticket_id, run_id, ["category"], by=gil)
    assert chosen(each_app, ticket_id) == ("billing", "person", "low", "person")
    assert newest_event(ticket_id) == (EventKind.CATEGORY, "account", "billing", gil.id, run_id)


def test_an_accepted_value_is_kept_by_later_verdicts(each_app: APIFlask, gil: User) -> None:
    ticket_id = opened(each_app, category="account", priority="low")
    confirming.accept(ticket_id, reclassified(ticket_id, gil), ["category", "priority"], by=gil)
    change_ticket(ticket_id, {"priority": "medium"}, by=gil)
    reclassified(ticket_id, gil)
    assert chosen(each_app, ticket_id) == ("billing", "person", "medium", "person")


def test_a_declined_proposal_keeps_the_value_and_says_so(each_app: APIFlask, gil: User) -> None:
    ticket_id = opened(each_app, category="account", priority="low")
    run_id = reclassified(ticket_id, gil)
    confirming.decline(ticket_id, run_id, ["category"], by=gil)
    assert chosen(each_app, ticket_id) == ("account", "person", "low", "person")
    assert newest_event(ticket_id) == (EventKind.CONFIRMED, "category", "account", gil.id, run_id)


def test_only_a_verdict_of_this_ticket_can_be_accepted(each_app: APIFlask, gil: User) -> None:
    ticket_id, other_id = opened(each_app), opened(each_app, title="Another", proposal=proposal())
    waiting, others = db.session.scalars(select(ClassificationRun.id).order_by(ClassificationRun.id)).all()
    for run_id in (waiting, others, 999):
        with pytest.raises(NotFound):
            confirming.accept(ticket_id, run_id, ["category"], by=gil)
    assert other_id != ticket_id


@pytest.mark.parametrize("fields", [[], ["status"], ["category", "title"]], ids=str)
def test_only_what_a_machine_sets_can_be_confirmed(each_app: APIFlask, gil: User, fields: list[str]) -> None:
    with pytest.raises(InvalidInput, match="category or priority"):
        confirming.confirm(opened(each_app), fields, by=gil)


def test_what_the_machine_changed_since_it_was_looked_at_is_not_confirmed(each_app: APIFlask, gil: User) -> None:
    ticket_id = opened(each_app, proposal=proposal())
    with pytest.raises(Conflict, match=f"Ticket {ticket_id} was changed meanwhile: its category is billing now"):
        confirming.confirm(ticket_id, by=gil, seen={"category": "account", "priority": "high"})
    assert chosen(each_app, ticket_id) == ("billing", "machine", "high", "machine")
    confirming.confirm(ticket_id, ["priority"], by=gil, seen={"category": "account", "priority": "high"})
    assert chosen(each_app, ticket_id) == ("billing", "machine", "high", "person")


def test_a_proposal_that_was_overtaken_is_not_accepted(each_app: APIFlask, gil: User) -> None:
    ticket_id = opened(each_app, category="account", priority="low")
    earlier = reclassified(ticket_id, gil)
    with pytest.raises(Conflict, match="was changed meanwhile"):
        confirming.accept(ticket_id, earlier, ["category"], by=gil, seen={"category": "general"})
    newer = reclassified(ticket_id, gil)
    with pytest.raises(Conflict, match=f"has read ticket {ticket_id} again since run {earlier}"):
        confirming.accept(ticket_id, earlier, ["category"], by=gil)
    confirming.accept(ticket_id, newer, ["category"], by=gil, seen={"category": "account"})
    assert chosen(each_app, ticket_id)[:2] == ("billing", "person")


def test_declining_twice_says_so_once(each_app: APIFlask, gil: User) -> None:
    ticket_id = opened(each_app, category="account", priority="low")
    run_id = reclassified(ticket_id, gil)
    moments = {confirming.decline(ticket_id, run_id, ["category"], by=gil).updated_at for _ in range(3)}
    assert len(moments) == 1
    kept = select(TicketEvent).where(TicketEvent.kind == EventKind.CONFIRMED)
    assert len(db.session.scalars(kept).all()) == 1
