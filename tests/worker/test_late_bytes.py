"""Mails recorded by their header get their bytes later, into the same row: no second ticket, nothing is lost."""

from datetime import timedelta

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from tests.app_fixtures import MakeApp, add_user, signed_in
from tests.letters import letter
from tests.services.faulty_imap import FaultyImap
from tests.worker.test_broken_server import counts, mailbox, poll_now
from tests.worker.test_faulty_mails import faulty, mails, rows
from ticketapp import clock
from ticketapp.actions import intake
from ticketapp.clock import utc_now
from ticketapp.db import db
from ticketapp.models import InboundMail
from ticketapp.outside import outside
from ticketapp.web.admin_mail import ASKED_FOR

# What a poll of a mailbox without anything new asks for by FETCH.
QUIET_FETCHES = 1
LARGE = {1: letter("Large", ("y" * 70 + "\n") * 300).replace(b"\n", b"\r\n")}


def only_mail(app: APIFlask) -> InboundMail:
    with app.app_context():
        return db.session.scalars(select(InboundMail).execution_options(populate_existing=True)).one()


def test_a_raised_limit_takes_in_what_was_over_it(make_sqlite_app: MakeApp) -> None:
    with FaultyImap(LARGE) as server:
        app = make_sqlite_app(**server.settings(mail_max_bytes=10_000))
        poll_now(app)
        assert only_mail(app).attempts == 0
        higher = make_sqlite_app(**server.settings(database_url=database_of(app)))
        with clock.at(utc_now() + timedelta(minutes=2)):
            poll_now(higher)
            poll_now(higher)
    assert rows(app) == [("Large", "processed")]
    assert counts(app) == [1, 1, 1]


def test_a_mail_that_is_a_ticket_by_its_header_makes_no_second_one_under_other_uids(
    make_sqlite_app: MakeApp,
) -> None:
    with FaultyImap(LARGE) as server:
        app = make_sqlite_app(**server.settings(mail_max_bytes=10_000))
        poll_now(app)
        ada = add_user(app, "ada@example.com", "Ada", "admin")
        with app.app_context():
            intake.process(1, store=outside().store, rules=outside().rules, forced_by=ada)
        server.uidvalidity += 1
        higher = make_sqlite_app(**server.settings(database_url=database_of(app)))
        poll_now(higher)
        assert counts(app) == [1, 1, 1]
        assert only_mail(app).size == len(LARGE[1])
        with app.app_context():
            assert db.session.scalar(select(InboundMail.raw)) == LARGE[1]


@pytest.mark.parametrize("parts", [[b"BODY.PEEK[]"], [b"BODY.PEEK"]], ids=["with header", "without header"])
@pytest.mark.parametrize("broken", [2, 3])
def test_a_mail_that_was_refused_is_taken_once_the_server_hands_it_over(
    make_sqlite_app: MakeApp, parts: list[bytes], broken: int
) -> None:
    with FaultyImap(mails(1, 2, 3), faulty(broken, b"NO broken", *parts)) as server:
        app = make_sqlite_app(**server.settings())
        poll_now(app)
        server.fault = lambda _asked: None
        with clock.at(utc_now() + timedelta(minutes=2)):
            poll_now(app)
    assert counts(app) == [3, 3, 3]


def test_one_that_is_not_handed_over_is_asked_for_at_growing_distances_and_once_a_day_for_ever(
    make_sqlite_app: MakeApp,
) -> None:
    began = utc_now()
    with FaultyImap(mails(1, 2, 3), faulty(2, b"NO broken", b"BODY.PEEK[]")) as server:
        app = make_sqlite_app(**server.settings())
        asked_at = []
        for hours in range(0, 24 * 6, 4):
            before = server.fetches
            with clock.at(began + timedelta(hours=hours, minutes=2)):
                poll_now(app)
            if server.fetches > before + QUIET_FETCHES:
                asked_at.append(hours)
        assert asked_at == [0, 4, 8, 12, 16, 24, 44, 68, 92, 116, 140]
        assert mailbox(app).failures == 0
        assert ("Question 2", "quarantined") in rows(app)
        server.fault = lambda _asked: None
        with clock.at(began + timedelta(days=10)):
            poll_now(app)
    assert counts(app) == [3, 3, 3]


def test_one_that_is_not_handed_over_is_asked_for_anew_on_an_admins_word(make_sqlite_app: MakeApp) -> None:
    with FaultyImap(mails(1, 2, 3), faulty(2, b"NO broken", b"BODY.PEEK[]")) as server:
        app = make_sqlite_app(**server.settings())
        for hours in range(8):
            with clock.at(utc_now() + timedelta(hours=8 * hours)):
                poll_now(app)
        with app.app_context():
            mail = db.session.scalars(select(InboundMail).where(InboundMail.subject == "Question 2")).one()
        admin = signed_in(app, add_user(app, "ada@example.com", "Ada", "admin"))
        answer = admin.post(f"/admin/mail/{mail.id}/retry", follow_redirects=True)
        assert ASKED_FOR in answer.text
        server.fault = lambda _asked: None
        poll_now(app)
    assert counts(app) == [3, 3, 3]


def database_of(app: APIFlask) -> str:
    return str(app.config["SQLALCHEMY_DATABASE_URI"])
