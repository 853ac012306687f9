"""Whose ticket is it: replies find their ticket, strangers do not."""

from datetime import timedelta

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from tests.app_fixtures import add_user
from tests.letters import letter
from ticketapp.actions import conversation, intake, ledger, tickets
from ticketapp.actions.intake import Landed
from ticketapp.clock import utc_now
from ticketapp.db import db
from ticketapp.models import InboundMail, MailState, Message, Status, Ticket, TicketEvent
from ticketapp.outside import outside


def take_in(raw: bytes, *, uid: int = 0) -> Landed:
    """Record a mail and process it, as the worker does."""
    mailbox_id = ledger.register_mailbox("test")
    uid = uid or (db.session.scalar(select(db.func.count()).select_from(InboundMail)) or 0) + 1
    seen = ledger.SeenMail(uid=uid, size=len(raw), arrived_at=utc_now(), raw=raw)
    (mail_id,) = ledger.record(mailbox_id, 1, [seen])
    landed = intake.process(mail_id, store=outside().store, rules=outside().rules)
    assert landed is not None
    return landed


def reason_of(landed: Landed) -> str:
    statement = select(Message.thread_reason).where(Message.ticket_id == landed.ticket_id).order_by(Message.id.desc())
    return db.session.scalars(statement).first() or ""


def test_an_answer_to_a_known_mail_joins_its_ticket(each_app: APIFlask) -> None:
    first = take_in(letter(message_id="<first@x.example>"))
    answer = take_in(letter("Something else", In_Reply_To="<first@x.example>"))
    assert answer.ticket_id == first.ticket_id
    assert reason_of(answer) == "It answers a message of this ticket."


def test_an_answer_to_our_reply_joins_its_ticket(each_app: APIFlask) -> None:
    agent = add_user(each_app, "agent@example.com", "Gil Agent", "agent")
    first = take_in(letter())
    assert first.ticket_id is not None
    reply = conversation.reply(first.ticket_id, "Which printer?", by=agent, support=outside().support)
    answer = take_in(letter("Re: Printer", In_Reply_To=f"<{reply.message_id}>"))
    assert answer.ticket_id == first.ticket_id


def test_two_mails_that_share_only_an_ancestor_we_never_saw_share_a_ticket(each_app: APIFlask) -> None:
    first = take_in(letter(References="<root@x.example> <unseen@x.example>"))
    second = take_in(letter(References="<root@x.example> <other@x.example>"))
    assert second.ticket_id == first.ticket_id


def test_the_requester_may_name_the_ticket_in_the_subject(each_app: APIFlask) -> None:
    first = take_in(letter())
    second = take_in(letter(f"AW: Printer [#{first.ticket_id}]"))
    assert second.ticket_id == first.ticket_id
    assert reason_of(second) == "Its subject names this ticket."


@pytest.mark.parametrize("how", ["subject", "reference"])
def test_a_stranger_gets_a_ticket_of_his_own_that_says_what_he_pointed_to(each_app: APIFlask, how: str) -> None:
    first = take_in(letter(message_id="<first@x.example>"))
    if how == "subject":
        mail = letter(f"Re: Printer [#{first.ticket_id}]", sender="eve@evil.example")
    else:
        mail = letter(sender="eve@evil.example", In_Reply_To="<first@x.example>")
    second = take_in(mail)
    assert second.ticket_id != first.ticket_id
    assert (
        reason_of(second) == f"It points to ticket #{first.ticket_id}, in which eve@evil.example does not take part."
    )


def test_somebody_copied_takes_part(each_app: APIFlask) -> None:
    first = take_in(letter(message_id="<first@x.example>", Cc="Boss <boss@customer.example>"))
    second = take_in(letter(sender="boss@customer.example", In_Reply_To="<first@x.example>"))
    assert second.ticket_id == first.ticket_id


def test_a_number_of_no_ticket_opens_a_new_one(each_app: APIFlask) -> None:
    assert take_in(letter("Re: [#99999999999999999999999]")).state == MailState.PROCESSED
    assert take_in(letter("Re: [#4711]")).state == MailState.PROCESSED


def test_an_answer_reopens_a_resolved_ticket(each_app: APIFlask) -> None:
    first = take_in(letter(message_id="<first@x.example>"))
    assert first.ticket_id is not None
    tickets.change_ticket(first.ticket_id, {"status": "resolved"}, by=None)
    take_in(letter(In_Reply_To="<first@x.example>"))
    assert db.session.get_one(Ticket, first.ticket_id, populate_existing=True).status == Status.OPEN


def test_an_answer_long_after_the_end_opens_a_new_ticket_that_names_the_old(each_app: APIFlask) -> None:
    first = take_in(letter(message_id="<first@x.example>"))
    assert first.ticket_id is not None
    tickets.change_ticket(first.ticket_id, {"status": "closed"}, by=None)
    event = db.session.scalars(select(TicketEvent).where(TicketEvent.kind == "status")).one()
    event.at = utc_now() - timedelta(days=15)
    db.session.commit()
    late = take_in(letter(In_Reply_To="<first@x.example>"))
    assert late.ticket_id != first.ticket_id
    assert reason_of(late) == f"It answers ticket #{first.ticket_id}, finished more than 14 days ago."


def test_an_automatic_answer_never_reopens(each_app: APIFlask) -> None:
    first = take_in(letter(message_id="<first@x.example>"))
    assert first.ticket_id is not None
    tickets.change_ticket(first.ticket_id, {"status": "resolved"}, by=None)
    auto = take_in(letter("Out of office", In_Reply_To="<first@x.example>", Auto_Submitted="auto-replied"))
    assert auto.ticket_id == first.ticket_id
    assert db.session.get_one(Ticket, first.ticket_id, populate_existing=True).status == Status.RESOLVED


def test_an_automatic_mail_without_a_ticket_is_set_aside_and_can_be_made_one(each_app: APIFlask) -> None:
    admin = add_user(each_app, "admin@example.com", "Ada Admin", "admin")
    landed = take_in(letter("Out of office", Auto_Submitted="auto-replied"))
    assert (landed.state, landed.ticket_id) == (MailState.SET_ASIDE, None)
    mail = db.session.scalars(select(InboundMail)).one()
    assert (
        mail.reason
        == "An automatic mail that answers no ticket opens none, unless OPEN_TICKETS_FOR names its sender."
    )
    forced = intake.process(mail.id, store=outside().store, rules=outside().rules, forced_by=admin)
    assert forced is not None
    assert forced.ticket_id is not None


def test_our_own_mail_is_set_aside(each_app: APIFlask) -> None:
    assert take_in(letter(sender="Support <SUPPORT@example.com>")).state == MailState.SET_ASIDE


def test_a_mail_without_subject_and_text_is_a_ticket_and_a_long_subject_stays_whole(each_app: APIFlask) -> None:
    bare = take_in(b"From: jo@customer.example\r\n\r\n")
    ticket = db.session.get_one(Ticket, bare.ticket_id)
    assert (ticket.title, ticket.description) == ("(no subject)", "(no text)")
    long = take_in(letter("word " * 100))
    assert len(db.session.get_one(Ticket, long.ticket_id).title) <= 200
    message = db.session.scalars(select(Message).where(Message.ticket_id == long.ticket_id)).one()
    assert message.subject == ("word " * 100).strip()


def test_a_mail_without_sender_is_a_ticket_without_requester(each_app: APIFlask) -> None:
    landed = take_in(b"Subject: Who am I?\r\n\r\nHello")
    assert db.session.get_one(Ticket, landed.ticket_id).requester is None


@pytest.mark.parametrize("how", ["references", "message id"])
def test_a_stranger_cannot_draw_a_conversation_into_a_ticket_of_his_own(each_app: APIFlask, how: str) -> None:
    first = take_in(letter(message_id="<first@x.example>"))
    named = {"References": "<first@x.example>"} if how == "references" else {"message_id": "<first@x.example>"}
    trap = take_in(letter("Re: Printer", sender="eve@evil.example", Cc="jo@customer.example", **named))
    assert trap.ticket_id != first.ticket_id
    answer = take_in(letter(f"Re: Printer [#{first.ticket_id}]", In_Reply_To="<first@x.example>"))
    assert answer.ticket_id == first.ticket_id


def test_a_sender_who_claims_to_be_staff_gets_in_by_an_answer_but_not_by_a_number(each_app: APIFlask) -> None:
    add_user(each_app, "agent@example.com", "Gil Agent", "agent")
    first = take_in(letter(message_id="<first@x.example>"))
    guessed = take_in(letter(f"[#{first.ticket_id}]", sender="agent@example.com"))
    assert guessed.ticket_id != first.ticket_id
    answered = take_in(letter("Re: Printer", sender="agent@example.com", In_Reply_To="<first@x.example>"))
    assert answered.ticket_id == first.ticket_id


FORGED = {"Authentication_Results": "mx.example.com; spf=fail; dmarc=fail (p=NONE) header.from=example.com"}


def test_who_answered_as_staff_gets_in_by_a_number_no_more_than_before(each_app: APIFlask) -> None:
    add_user(each_app, "agent@example.com", "Gil Agent", "agent")
    first = take_in(letter(message_id="<first@x.example>"))
    take_in(letter("Re: Printer", sender="agent@example.com", In_Reply_To="<first@x.example>"))
    assert take_in(letter(f"[#{first.ticket_id}]", sender="agent@example.com")).ticket_id != first.ticket_id


@pytest.mark.parametrize("how", ["staff by answer", "customer by number"])
def test_a_sender_that_the_mail_server_found_forged_gets_a_ticket_of_his_own(each_app: APIFlask, how: str) -> None:
    add_user(each_app, "agent@example.com", "Gil Agent", "agent")
    first = take_in(letter(message_id="<first@x.example>"))
    if how == "staff by answer":
        forged = letter(sender="agent@example.com", In_Reply_To="<first@x.example>", **FORGED)
    else:
        forged = letter(f"Re: [#{first.ticket_id}]", **FORGED)
    landed = take_in(forged)
    assert landed.ticket_id != first.ticket_id
    assert reason_of(landed).endswith("forged (DMARC).")
    message = db.session.scalars(select(Message).where(Message.ticket_id == landed.ticket_id)).one()
    assert message.author_id is None


def test_a_customer_whose_mail_was_forwarded_still_answers_what_he_knows(each_app: APIFlask) -> None:
    first = take_in(letter(message_id="<first@x.example>"))
    assert take_in(letter(In_Reply_To="<first@x.example>", **FORGED)).ticket_id == first.ticket_id
