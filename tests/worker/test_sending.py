"""Outgoing mail: every reply is sent, failures are kept and tried again, and nothing waits for the mail server."""

import threading
import time
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from tests.actions.test_threading import take_in
from tests.app_fixtures import MakeApp, add_user
from tests.letters import letter
from tests.services.breaking_proxy import BreakingProxy, Rule
from tests.services.smtp import Answer, SmtpServer
from ticketapp.actions import conversation
from ticketapp.clock import utc_now
from ticketapp.db import db
from ticketapp.errors import Conflict
from ticketapp.models import Delivery, Message
from ticketapp.outside import outside
from worker import tasks
from worker.sending import SmtpTransport, send_due


def smtp_app(make_app: MakeApp, server: SmtpServer) -> APIFlask:
    return make_app(
        smtp_host=server.host, smtp_port=server.port, smtp_security="none", smtp_timeout_seconds=2.0, outbox_dir=None
    )


def replied(app: APIFlask, text: str = "Which printer?") -> Message:
    agent = add_user(app, "agent@example.com", "Gil Agent", "agent")
    landed = take_in(letter("Grüße", message_id="<first@customer.example>"))
    assert landed.ticket_id is not None
    return conversation.reply(landed.ticket_id, text, by=agent, support=outside().support, status="in_progress")


def now(message: Message) -> Message:
    return db.session.get_one(Message, message.id, populate_existing=True)


def make_due(message: Message) -> None:
    now(message).send_due_at = utc_now()
    db.session.commit()


def test_a_reply_is_mailed_once_as_an_answer_to_the_customers_mail(
    make_app: MakeApp, smtp_server: SmtpServer
) -> None:
    app = smtp_app(make_app, smtp_server)
    with app.app_context():
        message = replied(app)
        assert send_due(outside()) == 1
        assert send_due(outside()) == 0
        (received,) = smtp_server.messages
        mail = received.message()
        assert received.recipients == ("jo@customer.example",)
        assert mail["Subject"] == f"Re: Grüße [#{message.ticket_id}]"
        assert mail["In-Reply-To"] == "<first@customer.example>"
        assert mail["References"] == "<first@customer.example>"
        assert mail["Message-ID"] == f"<{message.message_id}>"
        assert mail["From"] == "Support <support@example.com>"
        assert "Which printer?" in mail.get_content()
        assert now(message).delivery == Delivery.SENT


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answer.DEFER, "said: "),
        (Answer.HANG, "could not be used: It did not answer in time."),
        (Answer.DROP, "could not be used: Connection unexpectedly closed"),
    ],
)
def test_a_server_in_trouble_gets_the_mail_later(
    make_sqlite_app: MakeApp, smtp_server: SmtpServer, answer: Answer, told: str
) -> None:
    app = smtp_app(make_sqlite_app, smtp_server)
    with app.app_context():
        message = replied(app)
        smtp_server.answer = answer
        assert send_due(outside()) == 0
        assert (now(message).delivery, now(message).send_attempts) == (Delivery.PENDING, 1)
        assert told in (now(message).delivery_error or "")
        smtp_server.answer = Answer.ACCEPT
        assert send_due(outside()) == 0
        make_due(message)
        assert send_due(outside()) == 1
        assert now(message).delivery_error is None


@pytest.mark.parametrize("drip_after", [0, 60])
def test_a_server_that_drips_is_left_in_time_and_takes_one_sender(
    make_postgres_app: MakeApp, smtp_server: SmtpServer, drip_after: int
) -> None:
    def send() -> None:
        with app.app_context():
            send_due(outside())

    with BreakingProxy(smtp_server.port) as proxy:
        proxy.obey(Rule(drip_seconds=0.2, drip_after=drip_after))
        app = make_postgres_app(
            smtp_host=proxy.host, smtp_port=proxy.port, smtp_security="none", smtp_timeout_seconds=1, outbox_dir=None
        )
        with app.app_context():
            message = replied(app)
            began, first = time.monotonic(), threading.Thread(target=send)
            first.start()
            while not proxy.accepted:
                time.sleep(0.01)
            make_due(message)
            assert send_due(outside()) == 0
            assert first.is_alive()
            first.join()
            assert time.monotonic() - began < 6
            assert proxy.accepted == 1
            assert "did not answer in time" in (now(message).delivery_error or "")
            proxy.restore()
            make_due(message)
            assert send_due(outside()) == 1
            assert len(smtp_server.messages) == 1


def test_the_sweep_waits_for_no_mail_server(
    make_sqlite_app: MakeApp, smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    hints: list[str] = []
    monkeypatch.setattr(tasks, "nudge", lambda task, *_, **__: hints.append(task))
    app = smtp_app(make_sqlite_app, smtp_server)
    with app.app_context():
        tasks.sweep.run()
        assert "send_replies" not in hints
        replied(app)
        tasks.sweep.run()
        assert "send_replies" in hints
        assert smtp_server.messages == []


@pytest.mark.parametrize("answer", [Answer.REFUSE, Answer.REFUSE_RECIPIENT])
def test_a_refused_mail_has_failed_with_its_cause_and_can_be_sent_again(
    make_sqlite_app: MakeApp, smtp_server: SmtpServer, answer: Answer
) -> None:
    app = smtp_app(make_sqlite_app, smtp_server)
    with app.app_context():
        message = replied(app)
        smtp_server.answer = answer
        send_due(outside())
        assert now(message).delivery == Delivery.FAILED
        smtp_server.answer = Answer.ACCEPT
        conversation.send_again(message.ticket_id, message.id)
        assert send_due(outside()) == 1
        with pytest.raises(Conflict):
            conversation.send_again(message.ticket_id, message.id)


def test_a_server_that_is_down_is_said_in_a_sentence(make_sqlite_app: MakeApp) -> None:
    app = make_sqlite_app(smtp_host="127.0.0.1", smtp_port=1, smtp_security="none", outbox_dir=None)
    with app.app_context():
        message = replied(app)
        send_due(outside())
        assert "127.0.0.1 could not be used" in (now(message).delivery_error or "")


def test_a_worker_that_dies_while_sending_sends_again_under_the_same_message_id(
    make_sqlite_app: MakeApp, smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = smtp_app(make_sqlite_app, smtp_server)
    with app.app_context():
        message = replied(app)
        with monkeypatch.context() as patched:
            patched.setattr(conversation, "record_sent", lambda _id: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                send_due(outside())
        make_due(message)
        assert send_due(outside()) == 1
        ids = {received.message()["Message-ID"] for received in smtp_server.messages}
        assert ids == {f"<{message.message_id}>"}


def test_without_a_server_replies_land_in_the_outbox_folder(app: APIFlask) -> None:
    with app.app_context():
        replied(app, "A line\n.\nand another")
        assert send_due(outside()) == 1
        folder = outside().config.outbox_dir
        assert isinstance(folder, Path)
        (path,) = folder.glob("*.eml")
        mail = message_from_bytes(path.read_bytes(), policy=default)
        assert mail["To"] == "Jo Doe <jo@customer.example>"
        assert "A line\n.\nand another" in mail.get_content().replace("\r\n", "\n")


def test_a_ticket_without_requester_cannot_be_answered(app: APIFlask) -> None:
    with app.app_context():
        agent = add_user(app, "agent@example.com", "Gil Agent", "agent")
        landed = take_in(b"Subject: Who am I?\r\n\r\nHello")
        assert landed.ticket_id is not None
        with pytest.raises(Conflict):
            conversation.reply(landed.ticket_id, "Hi", by=agent, support=outside().support)
        assert db.session.scalar(select(Message.id).where(Message.direction == "outbound")) is None


def test_an_address_that_cannot_be_written_to_stands_in_nobodys_way(
    make_sqlite_app: MakeApp, smtp_server: SmtpServer
) -> None:
    app = smtp_app(make_sqlite_app, smtp_server)
    with app.app_context():
        agent = add_user(app, "agent@example.com", "Gil Agent", "agent")
        senders = ("jörg@customer.example", "x@a..b.example", "kunde@müller.example", "ann@customer.example")
        replies = []
        for sender in senders:
            landed = take_in(f"From: {sender}\r\nSubject: Hello\r\n\r\nHello".encode())
            assert landed.ticket_id is not None
            replies.append(conversation.reply(landed.ticket_id, "Hello", by=agent, support=outside().support))
        send_due(outside())
        assert [now(reply).delivery for reply in replies] == ["failed", "failed", "sent", "sent"]
        assert "cannot be written" in (now(replies[0]).delivery_error or "")
        assert [each.recipients for each in smtp_server.messages] == [
            ("kunde@xn--mller-kva.example",),
            ("ann@customer.example",),
        ]


def test_a_slow_server_gets_no_mail_twice_from_two_workers(
    make_postgres_app: MakeApp, smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = smtp_app(make_postgres_app, smtp_server)
    with app.app_context():
        agent = add_user(app, "agent@example.com", "Gil Agent", "agent")
        landed = take_in(letter())
        assert landed.ticket_id is not None
        for number in range(6):
            conversation.reply(landed.ticket_id, f"Answer {number}", by=agent, support=outside().support)

    def work() -> None:
        with app.app_context():
            send_due(outside())

    real = SmtpTransport.send
    monkeypatch.setattr(SmtpTransport, "send", lambda self, mail: (time.sleep(0.1), real(self, mail)))
    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    texts = [each.message().get_content().strip() for each in smtp_server.messages]
    assert sorted(texts) == [f"Answer {number}" for number in range(6)]
