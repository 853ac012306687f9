"""A message goes to another ticket, or becomes one, and back: with all that leads to it."""

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from tests.actions.test_threading import reason_of, take_in
from tests.app_fixtures import add_user
from tests.letters import letter
from ticketapp.actions import conversation, tickets
from ticketapp.actions.intake import Landed
from ticketapp.actions.moving import move_message, split_message
from ticketapp.db import db
from ticketapp.errors import Conflict, InvalidInput, NotFound
from ticketapp.models import (
    EventKind,
    InboundMail,
    Message,
    Source,
    Status,
    Ticket,
    TicketEvent,
    TicketParticipant,
    User,
)
from ticketapp.outside import outside


@pytest.fixture
def agent_of(each_app: APIFlask) -> User:
    """A member of staff, on either database in turn."""
    return add_user(each_app, "agent@example.com", "Gil Agent", "agent")


def ticket_from(mail: bytes) -> int:
    ticket_id = take_in(mail).ticket_id
    assert ticket_id is not None
    return ticket_id


def newest_message(ticket_id: int) -> Message:
    statement = select(Message).where(Message.ticket_id == ticket_id).order_by(Message.id.desc())
    found = db.session.scalars(statement).first()
    assert found is not None
    return found


def now(ticket_id: int) -> Ticket:
    return db.session.get_one(Ticket, ticket_id, populate_existing=True)


def moves(ticket_id: int) -> list[tuple[str | None, str | None]]:
    statement = select(TicketEvent.old, TicketEvent.new).where(
        TicketEvent.ticket_id == ticket_id, TicketEvent.kind == EventKind.MOVED
    )
    return [(row.old, row.new) for row in db.session.execute(statement.order_by(TicketEvent.id))]


def people(ticket_id: int) -> set[str]:
    return set(db.session.scalars(select(TicketParticipant.email).where(TicketParticipant.ticket_id == ticket_id)))


def move(ticket_id: int, to: int, *, by: User) -> None:
    """Move its newest message."""
    move_message(ticket_id, newest_message(ticket_id).id, to=to, by=by, is_ours=outside().rules.is_ours)


def two_tickets_and_a_stray() -> tuple[int, int, Message]:
    """Jo's ticket, Max's ticket, and a mail of Max that landed on Jo's because he was copied there."""
    jo = ticket_from(letter("Jo's", message_id="<jo@x.example>", Cc="max@customer.example"))
    max_ = ticket_from(letter("Max's", message_id="<max@x.example>", sender="max@customer.example"))
    stray = letter(sender="max@customer.example", message_id="<stray@x.example>", In_Reply_To="<jo@x.example>")
    assert ticket_from(stray) == jo
    return jo, max_, newest_message(jo)


def answer_to(message_id: str, *references: str) -> Landed:
    named = {"References": " ".join(f"<{one}>" for one in references)} if references else {}
    return take_in(letter(sender="max@customer.example", In_Reply_To=f"<{message_id}>", **named))


def test_a_moved_message_is_there_and_both_histories_say_so(agent_of: User) -> None:
    jo, max_, stray = two_tickets_and_a_stray()
    move_message(jo, stray.id, to=max_, by=agent_of, is_ours=outside().rules.is_ours)
    assert newest_message(max_).id == stray.id
    assert newest_message(max_).thread_reason == f"Gil Agent moved it here from ticket #{jo}."
    assert moves(jo) == moves(max_) == [(str(jo), str(max_))]
    mail = db.session.scalars(select(InboundMail).where(InboundMail.message_id == stray.id)).one()
    assert mail.ticket_id == max_


def test_answers_to_a_moved_message_follow_it_and_others_do_not(agent_of: User) -> None:
    jo, max_, stray = two_tickets_and_a_stray()
    move_message(jo, stray.id, to=max_, by=agent_of, is_ours=outside().rules.is_ours)
    assert answer_to("stray@x.example", "jo@x.example", "stray@x.example").ticket_id == max_
    assert take_in(letter(In_Reply_To="<jo@x.example>")).ticket_id == jo


def test_the_sender_follows_unless_something_of_his_stays(agent_of: User) -> None:
    jo, max_, stray = two_tickets_and_a_stray()
    second = answer_to("jo@x.example")
    assert second.ticket_id == jo
    move_message(jo, stray.id, to=max_, by=agent_of, is_ours=outside().rules.is_ours)
    assert people(jo) == {"jo@customer.example", "max@customer.example"}
    move_message(jo, newest_message(jo).id, to=max_, by=agent_of, is_ours=outside().rules.is_ours)
    assert people(jo) == {"jo@customer.example"}
    assert "max@customer.example" in people(max_)


def test_moved_back_everything_is_as_before(agent_of: User) -> None:
    jo, max_, stray = two_tickets_and_a_stray()
    move_message(jo, stray.id, to=max_, by=agent_of, is_ours=outside().rules.is_ours)
    move_message(max_, stray.id, to=jo, by=agent_of, is_ours=outside().rules.is_ours)
    assert newest_message(jo).id == stray.id
    assert answer_to("stray@x.example").ticket_id == jo
    assert answer_to("max@x.example").ticket_id == max_
    assert now(jo).status == now(max_).status == Status.OPEN


def reason_now(message: Message) -> str:
    return db.session.get_one(Message, message.id, populate_existing=True).thread_reason


def test_a_message_that_is_back_where_it_landed_says_again_why_it_did(agent_of: User) -> None:
    jo, max_, stray = two_tickets_and_a_stray()
    third = ticket_from(letter("Max's third", sender="max@customer.example"))
    reason = stray.thread_reason
    assert reason == "It answers a message of this ticket."
    move_message(jo, stray.id, to=max_, by=agent_of, is_ours=outside().rules.is_ours)
    move_message(max_, stray.id, to=third, by=agent_of, is_ours=outside().rules.is_ours)
    assert reason_now(stray) == f"Gil Agent moved it here from ticket #{max_}."
    move_message(third, stray.id, to=jo, by=agent_of, is_ours=outside().rules.is_ours)
    assert reason_now(stray) == reason
    move_message(jo, stray.id, to=third, by=agent_of, is_ours=outside().rules.is_ours)
    assert reason_now(stray) == f"Gil Agent moved it here from ticket #{jo}."


def test_a_ticket_whose_last_message_leaves_is_closed_and_leads_on(agent_of: User) -> None:
    first = ticket_from(letter(message_id="<first@x.example>"))
    other = ticket_from(letter(message_id="<other@x.example>"))
    message = newest_message(first)
    move_message(first, message.id, to=other, by=agent_of, is_ours=outside().rules.is_ours)
    assert now(first).status == Status.CLOSED
    assert take_in(letter(In_Reply_To="<first@x.example>")).ticket_id == other
    move_message(other, message.id, to=first, by=agent_of, is_ours=outside().rules.is_ours)
    assert now(first).status == Status.OPEN
    assert take_in(letter(In_Reply_To="<first@x.example>")).ticket_id == first


@pytest.mark.parametrize("finished", ["resolved", "closed"])
def test_a_request_that_moves_to_a_finished_ticket_stays_to_be_done(agent_of: User, finished: str) -> None:
    request = ticket_from(letter("Urgent", message_id="<urgent@x.example>"))
    other = ticket_from(letter("Old", message_id="<old@x.example>"))
    tickets.change_ticket(request, {"status": "in_progress"}, by=agent_of)
    tickets.change_ticket(other, {"status": finished}, by=agent_of)
    move(request, other, by=agent_of)
    assert (now(request).status, now(other).status) == (Status.CLOSED, Status.IN_PROGRESS)


def test_what_was_finished_and_moves_to_a_finished_ticket_opens_nothing(agent_of: User) -> None:
    one, other = ticket_from(letter("One")), ticket_from(letter("Other"))
    for ticket_id in (one, other):
        tickets.change_ticket(ticket_id, {"status": "resolved"}, by=agent_of)
    move(one, other, by=agent_of)
    assert (now(one).status, now(other).status) == (Status.CLOSED, Status.RESOLVED)


def test_a_ticket_of_the_portal_that_has_no_message_left_stays_open(agent_of: User) -> None:
    new = tickets.NewTicket(title="Printer", description="On fire", source=Source.WEB)
    opened = tickets.open_ticket(new, by=agent_of)
    note = conversation.add_note(opened.id, "Look at it", by=agent_of)
    other = ticket_from(letter())
    move_message(opened.id, note.id, to=other, by=agent_of, is_ours=outside().rules.is_ours)
    assert now(opened.id).status == Status.OPEN


def test_a_mail_becomes_a_ticket_of_its_own_and_goes_back(agent_of: User) -> None:
    jo, _, stray = two_tickets_and_a_stray()
    new_id, run_id = split_message(jo, stray.id, by=agent_of, is_ours=outside().rules.is_ours)
    ticket = now(new_id)
    assert (ticket.title, ticket.requester and ticket.requester.email) == ("Printer on fire", "max@customer.example")
    assert ticket.created_at == stray.created_at
    assert run_id
    assert answer_to("stray@x.example").ticket_id == new_id
    move_message(new_id, stray.id, to=jo, by=agent_of, is_ours=outside().rules.is_ours)
    assert newest_message(jo).id == stray.id


def test_an_answer_to_what_stayed_comes_to_the_old_ticket_although_the_split_mail_names_it_too(
    agent_of: User,
) -> None:
    first = ticket_from(letter(message_id="<m1@x.example>"))
    ours = conversation.reply(first, "Which printer?", by=agent_of, support=outside().support)
    moved = letter(message_id="<m2@x.example>", In_Reply_To="<m1@x.example>", References=f"<{ours.message_id}>")
    assert ticket_from(moved) == first
    stray = newest_message(first)
    assert ticket_from(letter(message_id="<m3@x.example>", In_Reply_To="<m1@x.example>")) == first
    new_id, _ = split_message(first, stray.id, by=agent_of, is_ours=outside().rules.is_ours)
    assert take_in(letter(In_Reply_To="<m1@x.example>")).ticket_id == first
    assert take_in(letter(In_Reply_To=f"<{ours.message_id}>")).ticket_id == first
    assert take_in(letter(In_Reply_To="<m2@x.example>")).ticket_id == new_id


def test_what_was_mailed_to_one_requester_is_not_shown_to_another(agent_of: User) -> None:
    jo, max_, _ = two_tickets_and_a_stray()
    reply = conversation.reply(jo, "Which printer?", by=agent_of, support=outside().support)
    with pytest.raises(Conflict):
        move_message(jo, reply.id, to=max_, by=agent_of, is_ours=outside().rules.is_ours)
    with pytest.raises(Conflict):
        split_message(jo, reply.id, by=agent_of, is_ours=outside().rules.is_ours)
    again = ticket_from(letter("Jo's second"))
    move_message(jo, reply.id, to=again, by=agent_of, is_ours=outside().rules.is_ours)
    landed = take_in(letter(sender="eve@elsewhere.example", In_Reply_To=f"<{reply.message_id}>"))
    assert landed.ticket_id == again
    assert reason_of(landed) == "It answers a mail that we sent for this ticket."


def test_what_cannot_be_moved_is_refused(agent_of: User) -> None:
    jo, max_, stray = two_tickets_and_a_stray()
    with pytest.raises(InvalidInput):
        move_message(jo, stray.id, to=jo, by=agent_of, is_ours=outside().rules.is_ours)
    with pytest.raises(InvalidInput):
        move_message(jo, stray.id, to=4711, by=agent_of, is_ours=outside().rules.is_ours)
    with pytest.raises(NotFound):
        move_message(max_, stray.id, to=jo, by=agent_of, is_ours=outside().rules.is_ours)
    with pytest.raises(NotFound):
        move_message(4711, stray.id, to=jo, by=agent_of, is_ours=outside().rules.is_ours)
    with pytest.raises(NotFound):
        split_message(max_, stray.id, by=agent_of, is_ours=outside().rules.is_ours)


def test_whom_a_split_mail_was_copied_to_may_answer_it(agent_of: User) -> None:
    first = ticket_from(letter(message_id="<m1@x.example>"))
    copied = letter(
        message_id="<m2@x.example>", In_Reply_To="<m1@x.example>", Cc="bob@customer.example, support+x@example.com"
    )
    assert ticket_from(copied) == first
    new_id, _ = split_message(first, newest_message(first).id, by=agent_of, is_ours=outside().rules.is_ours)
    assert people(new_id) == {"jo@customer.example", "bob@customer.example"}
    assert take_in(letter(sender="bob@customer.example", In_Reply_To="<m2@x.example>")).ticket_id == new_id
