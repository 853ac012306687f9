"""Mail of ours that comes back: it shows on the message that failed, and disturbs nothing else."""

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from tests.actions.test_threading import reason_of, take_in
from tests.app_fixtures import add_user
from tests.bounces import qmail_report, report
from tests.letters import letter
from ticketapp.actions import conversation, tickets
from ticketapp.db import db
from ticketapp.errors import Conflict
from ticketapp.models import Delivery, InboundMail, MailKind, MailState, Message, Status, Ticket, TicketParticipant
from ticketapp.outside import outside


def sent_reply(app: APIFlask, *, is_sent: bool = True) -> Message:
    """Staff's answer to a customer, taken by the mail server unless told otherwise."""
    agent = add_user(app, "agent@example.com", "Gil Agent", "agent")
    ticket_id = take_in(letter()).ticket_id
    assert ticket_id is not None
    reply = conversation.reply(ticket_id, "Which printer?", by=agent, support=outside().support)
    if is_sent:
        conversation.record_sent(reply.id)
    return reply


def now(message: Message) -> Message:
    return db.session.get_one(Message, message.id, populate_existing=True)


@pytest.mark.parametrize("how", ["returned", "headers", "qmail", "in_reply_to", "references"])
def test_a_bounce_hangs_on_the_ticket_and_the_message_shows_why(each_app: APIFlask, how: str) -> None:
    reply = sent_reply(each_app)
    message_id = reply.message_id or ""
    landed = take_in(
        {
            "returned": report(message_id),
            "headers": report(message_id, returned_type="text/rfc822-headers"),
            "qmail": qmail_report(message_id),
            "in_reply_to": report(headers=f"In-Reply-To: <{message_id}>\r\n"),
            "references": report(headers=f"References: <root@x.example>\r\n <{message_id}>\r\n"),
        }[how]
    )
    assert landed.ticket_id == reply.ticket_id
    assert landed.run_id is None
    assert reason_of(landed) == "It reports that a mail we sent for this ticket came back."
    assert (now(reply).delivery, now(reply).bounced_at is not None) == (Delivery.SENT, True)
    assert "no mailbox here" in (now(reply).delivery_error or "")
    bounce = db.session.scalars(select(Message).order_by(Message.id.desc())).first()
    assert bounce is not None
    assert bounce.is_automatic
    assert db.session.scalars(select(InboundMail).order_by(InboundMail.id.desc())).first().kind == MailKind.BOUNCE  # type: ignore[union-attr]  # there is one


def test_a_delay_is_noted_and_nothing_has_come_back(each_app: APIFlask) -> None:
    reply = sent_reply(each_app)
    landed = take_in(report(reply.message_id or "", action="delayed", words="smtp; 451 try later"))
    assert reason_of(landed) == "It reports that a mail we sent for this ticket is late."
    assert now(reply).bounced_at is None
    assert now(reply).delivery_error == ("It is late, and its way is still tried. jo@customer.example: 451 try later")


def test_a_delay_that_is_told_after_the_end_changes_nothing(each_app: APIFlask) -> None:
    reply = sent_reply(each_app)
    take_in(report(reply.message_id or ""))
    take_in(report(reply.message_id or "", action="delayed", words="smtp; 451 try later"))
    assert "no mailbox here" in (now(reply).delivery_error or "")


def test_a_bounce_never_reopens_opens_or_brings_in_anybody(each_app: APIFlask) -> None:
    reply = sent_reply(each_app)
    tickets.change_ticket(reply.ticket_id, {"status": "closed"}, by=None)
    landed = take_in(report(reply.message_id or "", headers="Cc: eve@elsewhere.example\r\n"))
    assert landed.ticket_id == reply.ticket_id
    assert db.session.get_one(Ticket, reply.ticket_id, populate_existing=True).status == Status.CLOSED
    people = select(TicketParticipant.email).where(TicketParticipant.ticket_id == reply.ticket_id)
    assert set(db.session.scalars(people)) == {"jo@customer.example"}
    assert db.session.scalar(select(db.func.count()).select_from(Ticket)) == 1


@pytest.mark.parametrize("returned_id", ["", "unknown@example.com", "customers"])
def test_a_bounce_of_nothing_that_we_sent_is_set_aside(each_app: APIFlask, returned_id: str) -> None:
    reply = sent_reply(each_app)
    if returned_id == "customers":
        returned_id = (now(reply).in_reply_to or "").strip("<>")
    landed = take_in(report(returned_id))
    assert landed.state == MailState.SET_ASIDE
    assert now(reply).bounced_at is None


def test_a_bounce_that_is_faster_than_our_own_note_stands(each_app: APIFlask) -> None:
    reply = sent_reply(each_app, is_sent=False)
    take_in(report(reply.message_id or ""))
    conversation.record_sent(reply.id)
    assert (now(reply).delivery, now(reply).send_due_at) == (Delivery.SENT, None)
    assert now(reply).bounced_at is not None
    assert now(reply).delivery_error


def test_what_came_back_can_be_sent_again(each_app: APIFlask) -> None:
    reply = sent_reply(each_app)
    with pytest.raises(Conflict):
        conversation.send_again(reply.ticket_id, reply.id)
    take_in(report(reply.message_id or ""))
    conversation.send_again(reply.ticket_id, reply.id)
    assert (now(reply).delivery, now(reply).bounced_at) == (Delivery.PENDING, None)
    conversation.record_sent(reply.id)
    assert now(reply).delivery_error is None


def test_an_automatic_answer_long_after_the_end_opens_nothing(each_app: APIFlask) -> None:
    reply = sent_reply(each_app)
    tickets.change_ticket(reply.ticket_id, {"status": "closed"}, by=None)
    db.session.execute(db.text("UPDATE ticket_event SET at = '2020-01-01 00:00:00+00:00' WHERE kind = 'status'"))
    db.session.commit()
    named = {"In_Reply_To": f"<{reply.message_id}>", "Auto_Submitted": "auto-replied"}
    assert take_in(letter("Out of office", **named)).ticket_id == reply.ticket_id
    assert take_in(report(reply.message_id or "")).ticket_id == reply.ticket_id
