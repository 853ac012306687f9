"""A ticket that an admin made of a header gets the rest of its mail once that may be fetched, in the same message."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from tests.app_fixtures import MakeApp, add_user, signed_in
from tests.letters import letter_with_file
from tests.services.faulty_imap import FaultyImap
from tests.worker.test_broken_server import counts, poll_now
from tests.worker.test_late_bytes import database_of, only_mail
from tests.worker.test_settling import MOVE
from ticketapp import clock
from ticketapp.actions import refreshing
from ticketapp.clock import utc_now
from ticketapp.db import db
from ticketapp.models import Attachment, Message, Ticket, TicketEvent, User

LARGE = letter_with_file(b"0123456789abcdef" * 2_000, "large.txt").replace(b"\n", b"\r\n")
LATER = timedelta(minutes=2)


@pytest.fixture
def server() -> Iterator[FaultyImap]:
    with FaultyImap({1: LARGE}) as server:
        yield server


@pytest.fixture
def app(make_sqlite_app: MakeApp, server: FaultyImap) -> APIFlask:
    """One ticket, made by an admin of the header of a mail over the limit."""
    app = make_sqlite_app(**server.settings(mail_max_bytes=10_000, **MOVE))
    poll_now(app)
    admin = signed_in(app, add_user(app, "ada@example.com", "Ada", "admin"))
    assert admin.post("/admin/mail/1/ticket").status_code == 303
    assert counts(app) == [1, 1, 1]
    assert "Only the header" in said(app)[0]
    return app


@pytest.fixture
def higher(make_sqlite_app: MakeApp, server: FaultyImap, app: APIFlask) -> APIFlask:
    """The same system with a limit that lets the mail in."""
    return make_sqlite_app(**server.settings(database_url=database_of(app), **MOVE))


def said(app: APIFlask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Message.text).order_by(Message.id)))


def page(app: APIFlask) -> str:
    with app.app_context():
        ada = db.session.scalars(select(User)).one()
    return str(signed_in(app, ada).get("/tickets/1").text)


def poll_later(app: APIFlask, after: timedelta = LATER) -> None:
    with clock.at(utc_now() + after):
        poll_now(app)


def test_text_and_files_come_into_the_same_message_once(app: APIFlask, higher: APIFlask) -> None:
    poll_later(app)
    assert "Only the header" in said(app)[0]
    poll_later(higher)
    poll_later(higher)
    assert counts(app) == [1, 1, 1]
    assert said(app) == ["See the log."]
    assert only_mail(app).state == "processed"
    assert "Ada" not in only_mail(app).reason
    with app.app_context():
        assert db.session.scalars(select(Attachment.filename)).all() == ["large.txt"]
        assert db.session.scalars(select(Ticket.description)).all() == ["See the log."]
        events = db.session.scalars(select(TicketEvent).where(TicketEvent.kind == "read_again")).all()
        assert [event.actor_id for event in events] == [None]
    assert "large.txt" in page(higher)
    assert "is here whole now" in page(higher)


def test_also_where_staff_answered_and_wrote_their_own_title_meanwhile(app: APIFlask, higher: APIFlask) -> None:
    with app.app_context():
        ada = signed_in(app, db.session.scalars(select(User)).one())
    ada.post("/tickets/1/replies", data={"text": "We are on it."})
    ada.post("/tickets/1/title", data={"title": "A log that is large"})
    with app.app_context():
        db.session.scalars(select(Ticket)).one().description = "As told by telephone."
        db.session.commit()
    poll_later(higher)
    assert said(app) == ["See the log.", "We are on it."]
    with app.app_context():
        assert db.session.scalars(select(Ticket.description)).all() == ["As told by telephone."]


def test_a_worker_killed_between_the_bytes_and_the_message_loses_neither(
    app: APIFlask, higher: APIFlask, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(BaseException):
        """What ends a process."""

    def die(*_: Any, **__: Any) -> None:
        raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr(refreshing, "fill_message", die)
        with pytest.raises(KilledError):
            poll_later(higher)
    assert (only_mail(app).state, only_mail(app).ticket_id) == ("received", 1)
    poll_later(higher, timedelta(minutes=10))
    assert said(app) == ["See the log."]
    assert counts(app) == [1, 1, 1]


def test_under_other_uids_they_come_into_the_message_too(server: FaultyImap, app: APIFlask, higher: APIFlask) -> None:
    server.uidvalidity += 1
    poll_later(higher)
    assert said(app) == ["See the log."]
    assert counts(app) == [1, 1, 1]


@pytest.mark.parametrize("uidvalidity", [7, 8], ids=["the same UIDs", "other UIDs"])
def test_one_that_is_gone_from_the_server_says_so_and_is_asked_for_no_more(
    server: FaultyImap, app: APIFlask, higher: APIFlask, uidvalidity: int
) -> None:
    server.mails, server.uidvalidity = {}, uidvalidity
    server.uidnext = 2
    poll_later(higher)
    assert "not on the server any more" in said(app)[0]
    assert "not on the server any more" in only_mail(app).reason
    assert "not on the server any more" in page(higher)
    before = only_mail(app)
    poll_later(higher, timedelta(days=3))
    assert (only_mail(app).reason, only_mail(app).attempts) == (before.reason, before.attempts)
    server.mails, server.uidvalidity = {1: LARGE}, 9
    poll_later(higher, timedelta(days=4))
    assert said(app) == ["See the log."]
