"""Acknowledgements: one for the first mail of a person's ticket, none to machines, few to anybody."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from config import ConfigError
from tests.actions.test_threading import take_in
from tests.app_fixtures import MakeApp, add_user
from tests.bounces import report
from tests.letters import letter
from ticketapp.actions import conversation, intake, ledger, tickets
from ticketapp.clock import utc_now
from ticketapp.db import db
from ticketapp.mail import OutboundEmail, compose
from ticketapp.models import Delivery, Direction, Message
from ticketapp.outside import outside


@pytest.fixture
def polite_app(make_app: MakeApp) -> Iterator[APIFlask]:
    """An application that acknowledges, on either database in turn."""
    app = make_app(acknowledge=True, acknowledge_per_hour=2)
    with app.app_context():
        yield app


def acknowledgements() -> list[Message]:
    statement = select(Message).where(Message.direction == Direction.OUTBOUND, Message.is_automatic)
    return list(db.session.scalars(statement.order_by(Message.id)))


def written(message: Message) -> OutboundEmail:
    sent = conversation.letter(message.id, support=outside().support)
    assert sent is not None
    return sent


def test_the_first_mail_of_a_ticket_is_acknowledged_once(polite_app: APIFlask) -> None:
    landed = take_in(letter("Printer", message_id="<first@x.example>", References="<root@x.example>"))
    take_in(letter("Re: Printer", In_Reply_To="<first@x.example>"))
    (message,) = acknowledgements()
    assert message.delivery == Delivery.PENDING
    mail = written(message)
    assert mail.subject == f"Re: Printer [#{landed.ticket_id}]"
    assert f"number {landed.ticket_id}." in mail.text
    assert (mail.in_reply_to, mail.references) == ("first@x.example", ("root@x.example", "first@x.example"))
    assert [person.email for person in mail.to] == ["jo@customer.example"]
    assert b"\r\nAuto-Submitted: auto-replied\r\n" in compose(mail)


def test_without_the_setting_nothing_is_acknowledged(each_app: APIFlask) -> None:
    take_in(letter())
    assert acknowledgements() == []


@pytest.mark.parametrize(
    "mail",
    [
        letter(Auto_Submitted="auto-generated"),
        letter(Precedence="bulk"),
        letter(Precedence="list"),
        letter(List_Id="<news.example>"),
        letter(List_Unsubscribe="<mailto:off@news.example>"),
        letter(X_Auto_Response_Suppress="All"),
        letter(X_Auto_Response_Suppress="DR, OOF, AutoReply"),
        letter(Return_Path="<>"),
        letter(X_Spam_Flag="YES"),
        letter(sender="support@example.com"),
        letter(sender="No Reply <no-reply@shop.example>"),
        letter(sender="owner-news@lists.example"),
        letter(sender="MAILER-DAEMON@mx.example"),
        letter(sender="localname"),
        b"Subject: Who am I?\r\n\r\nHello",
        report(),
    ],
)
def test_machines_lists_and_ourselves_get_none(make_sqlite_app: MakeApp, mail: bytes) -> None:
    with make_sqlite_app(acknowledge=True).app_context():
        take_in(mail)
        assert acknowledgements() == []


def test_an_address_gets_no_more_than_the_set_number_in_an_hour(polite_app: APIFlask) -> None:
    for number in range(4):
        take_in(letter(f"Question {number}"))
    take_in(letter("From another", sender="max@customer.example"))
    assert [written(one).to[0].email for one in acknowledgements()] == [
        *("jo@customer.example", "jo@customer.example", "max@customer.example"),
    ]
    for one in acknowledgements():
        one.created_at = utc_now() - timedelta(minutes=61)
    db.session.commit()
    take_in(letter("An hour later"))
    assert len(acknowledgements()) == 4


def test_the_number_holds_for_mails_that_come_together(polite_app: APIFlask) -> None:
    mailbox_id = ledger.register_mailbox("test")
    raws = [letter(f"Question {number}") for number in range(5)]
    seen = [ledger.SeenMail(uid=uid, size=len(raw), arrived_at=utc_now(), raw=raw) for uid, raw in enumerate(raws, 1)]
    intake.process_many(ledger.record(mailbox_id, 1, seen), store=outside().store, rules=outside().rules)
    assert len(acknowledgements()) == 2


def test_old_mail_that_is_imported_is_not_acknowledged(polite_app: APIFlask) -> None:
    mailbox_id, raw = ledger.register_mailbox("test"), letter()
    seen = ledger.SeenMail(uid=1, size=len(raw), arrived_at=utc_now() - timedelta(days=2), raw=raw)
    intake.process_many(ledger.record(mailbox_id, 1, [seen]), store=outside().store, rules=outside().rules)
    assert acknowledgements() == []


def test_an_answer_to_an_acknowledgement_joins_its_ticket_and_staff_answer_the_customer(polite_app: APIFlask) -> None:
    agent = add_user(polite_app, "agent@example.com", "Gil Agent", "agent")
    landed = take_in(letter(message_id="<first@x.example>"))
    (message,) = acknowledgements()
    answer = take_in(letter(sender="other@customer.example", In_Reply_To=f"<{message.message_id}>"))
    assert answer.ticket_id == landed.ticket_id
    assert len(acknowledgements()) == 1
    assert landed.ticket_id is not None
    other = take_in(letter("Second", message_id="<second@x.example>"))
    assert other.ticket_id is not None
    reply = conversation.reply(other.ticket_id, "Yes?", by=agent, support=outside().support)
    assert reply.in_reply_to == "second@x.example"


def test_an_acknowledgement_that_comes_back_shows_it_and_opens_nothing(polite_app: APIFlask) -> None:
    landed = take_in(letter())
    (message,) = acknowledgements()
    assert take_in(report(message.message_id or "")).ticket_id == landed.ticket_id
    assert db.session.get_one(Message, message.id, populate_existing=True).bounced_at is not None
    assert len(acknowledgements()) == 1


def test_a_ticket_that_goes_on_a_finished_one_is_new_and_acknowledged(polite_app: APIFlask) -> None:
    first = take_in(letter(message_id="<first@x.example>"))
    assert first.ticket_id is not None
    tickets.change_ticket(first.ticket_id, {"status": "closed"}, by=None)
    db.session.execute(db.text("UPDATE ticket_event SET at = '2020-01-01 00:00:00+00:00' WHERE kind = 'status'"))
    db.session.commit()
    late = take_in(letter(In_Reply_To="<first@x.example>"))
    assert [one.ticket_id for one in acknowledgements()] == [first.ticket_id, late.ticket_id]


def test_the_wording_can_be_ones_own(make_sqlite_app: MakeApp, tmp_path: Path) -> None:
    template = tmp_path / "wording.txt"
    template.write_text("Subject: Ihr Anliegen $number\n\nGrüße, $support. 5 $$.\n", encoding="utf-8")
    with make_sqlite_app(acknowledge=True, acknowledge_template=template).app_context():
        landed = take_in(letter())
        mail = written(acknowledgements()[0])
        assert (mail.subject, mail.text) == (f"Ihr Anliegen {landed.ticket_id}", "Grüße, Support. 5 $.\n")


@pytest.mark.parametrize(
    "wording",
    [
        "",
        "Hello\n\nText",
        "Subject: Hello\n",
        "Subject: $who\n\nText",
        "Subject: Hello\n\nCosts 5 $",
        "Subject:\n\nx",
    ],
)
def test_a_wording_that_cannot_be_used_is_refused_at_the_start(
    make_sqlite_app: MakeApp, tmp_path: Path, wording: str
) -> None:
    template = tmp_path / "wording.txt"
    template.write_text(wording)
    with pytest.raises(ConfigError, match="ACKNOWLEDGE_TEMPLATE"):
        make_sqlite_app(acknowledge=True, acknowledge_template=template)


def test_a_wording_that_is_not_there_is_refused_at_the_start(make_sqlite_app: MakeApp, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="ACKNOWLEDGE_TEMPLATE"):
        make_sqlite_app(acknowledge=True, acknowledge_template=tmp_path / "missing.txt")
