"""Whose ticket is it, first evidence: a token that we signed leads whoever answers to its ticket."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from tests.actions.test_threading import reason_of, take_in
from tests.app_fixtures import MakeApp, add_user
from tests.letters import letter
from ticketapp.actions import conversation, intake, ledger, tickets
from ticketapp.clock import utc_now
from ticketapp.db import db
from ticketapp.mail import OutboundEmail
from ticketapp.models import MailState, Status, Ticket, TicketEvent, TicketParticipant
from ticketapp.outside import outside

STRANGER = "Eve <eve@elsewhere.example>"


@pytest.fixture
def plus_app(make_app: MakeApp) -> Iterator[APIFlask]:
    """An application that has answers sent to addresses with a token, on either database in turn."""
    app = make_app(reply_address="support+{token}@example.com")
    with app.app_context():
        yield app


def answered_ticket(app: APIFlask) -> tuple[int, OutboundEmail]:
    """A customer's ticket and the mail that staff answered with."""
    agent = add_user(app, "agent@example.com", "Gil Agent", "agent")
    ticket_id = take_in(letter()).ticket_id
    assert ticket_id is not None
    reply = conversation.reply(ticket_id, "Which printer?", by=agent, support=outside().support)
    sent = conversation.letter(reply.id, support=outside().support)
    assert sent is not None
    return ticket_id, sent


def finish_long_ago(ticket_id: int) -> None:
    tickets.change_ticket(ticket_id, {"status": "closed"}, by=None)
    event = db.session.scalars(select(TicketEvent).where(TicketEvent.kind == "status").order_by(TicketEvent.id)).all()
    event[-1].at = utc_now() - timedelta(days=15)
    db.session.commit()


@pytest.mark.parametrize("header", ["In-Reply-To", "References"])
def test_whoever_answers_a_mail_of_ours_is_on_its_ticket(each_app: APIFlask, header: str) -> None:
    ticket_id, sent = answered_ticket(each_app)
    answer = take_in(letter("New words", sender=STRANGER, **{header: f"<{sent.message_id}>"}))
    assert answer.ticket_id == ticket_id
    assert reason_of(answer) == "It answers a mail that we sent for this ticket."


def test_a_forged_message_id_leads_a_stranger_nowhere(each_app: APIFlask) -> None:
    ticket_id, sent = answered_ticket(each_app)
    other = take_in(letter("Another thing", sender="max@customer.example")).ticket_id
    forged = sent.message_id.replace(f"ticket.{ticket_id}.", f"ticket.{other}.")
    landed = take_in(letter(sender=STRANGER, In_Reply_To=f"<{forged}>"))
    assert landed.ticket_id not in (ticket_id, other)


def test_without_the_setting_answers_go_to_the_support_address(each_app: APIFlask) -> None:
    _, sent = answered_ticket(each_app)
    assert sent.reply_to == ()


@pytest.mark.parametrize("header", ["To", "Cc", "Delivered-To", "X-Original-To"])
def test_whoever_writes_to_a_tickets_own_address_is_on_it(plus_app: APIFlask, header: str) -> None:
    ticket_id, sent = answered_ticket(plus_app)
    (address,) = sent.reply_to
    mail = letter("New words", sender=STRANGER)
    if header == "To":
        mail = mail.replace(b"To: support@example.com", b"To: " + address.email.encode())
    else:
        mail = letter("New words", sender=STRANGER, **{header: address.email.upper()})
    landed = take_in(mail)
    assert landed.ticket_id == ticket_id
    assert reason_of(landed) == "It was sent to this ticket's own address."


def test_a_tickets_own_address_outweighs_what_the_mail_answers(plus_app: APIFlask) -> None:
    ticket_id, sent = answered_ticket(plus_app)
    other = take_in(letter("Another", message_id="<other@customer.example>"))
    landed = take_in(letter(Cc=sent.reply_to[0].email, In_Reply_To="<other@customer.example>"))
    assert landed.ticket_id == ticket_id != other.ticket_id


def test_reply_addresses_take_part_in_nothing_and_write_nothing(plus_app: APIFlask) -> None:
    ticket_id, sent = answered_ticket(plus_app)
    take_in(letter(Cc=sent.reply_to[0].email))
    people = select(TicketParticipant.email).where(TicketParticipant.ticket_id == ticket_id)
    assert set(db.session.scalars(people)) == {"jo@customer.example"}
    assert take_in(letter(sender=sent.reply_to[0].email)).state == MailState.SET_ASIDE


def test_a_token_of_a_ticket_that_is_not_there_opens_a_new_one(plus_app: APIFlask) -> None:
    address = outside().support.tokens.reply_address(4711) or ""
    message_id = outside().support.tokens.message_id("example.com", 4711)
    assert take_in(letter(Cc=address, In_Reply_To=f"<{message_id}>")).state == MailState.PROCESSED


def test_an_answer_by_token_reopens(plus_app: APIFlask) -> None:
    ticket_id, sent = answered_ticket(plus_app)
    tickets.change_ticket(ticket_id, {"status": "closed"}, by=None)
    take_in(letter(sender=STRANGER, Cc=sent.reply_to[0].email))
    assert db.session.get_one(Ticket, ticket_id, populate_existing=True).status == Status.OPEN


@pytest.mark.parametrize("proof", ["address", "message"])
def test_what_goes_on_in_a_new_ticket_stays_there(plus_app: APIFlask, proof: str) -> None:
    ticket_id, sent = answered_ticket(plus_app)
    finish_long_ago(ticket_id)
    named = {"Cc": sent.reply_to[0].email} if proof == "address" else {"In_Reply_To": f"<{sent.message_id}>"}
    first, second = take_in(letter(**named)), take_in(letter(**named))
    assert first.ticket_id != ticket_id
    assert second.ticket_id == first.ticket_id


def test_all_that_answers_a_ticket_of_long_ago_goes_on_in_one(each_app: APIFlask) -> None:
    old = take_in(letter(message_id="<old@x.example>")).ticket_id
    assert old is not None
    finish_long_ago(old)
    by_number = [take_in(letter(f"Re: [#{old}]")) for _ in range(3)]
    by_reference = take_in(letter(In_Reply_To="<old@x.example>"))
    (new,) = {landed.ticket_id for landed in (*by_number, by_reference)}
    assert new != old
    assert reason_of(by_number[-1]).startswith(f"It answers ticket #{old}, finished more than 14 days ago.")
    finish_long_ago(new or 0)
    assert take_in(letter(f"Re: [#{old}]")).ticket_id not in (old, new)


def test_two_answers_that_come_at_once_go_on_in_one_ticket(each_app: APIFlask) -> None:
    ticket_id, _ = answered_ticket(each_app)
    finish_long_ago(ticket_id)
    answers = [letter(f"Re: [#{ticket_id}] {number}") for number in range(3)]
    mailbox_id = ledger.register_mailbox("test")
    seen = [
        ledger.SeenMail(uid=100 + number, size=len(raw), arrived_at=utc_now(), raw=raw)
        for number, raw in enumerate(answers)
    ]
    mail_ids = ledger.record(mailbox_id, 1, seen)
    landed = intake.process_many(mail_ids, store=outside().store, rules=outside().rules)
    assert len(landed) == 3
    (new,) = {one.ticket_id for one in landed}
    assert new != ticket_id
