"""The test of a mailbox whose server drips: it ends in time, says so, and nobody else begins it meanwhile."""

import threading
import time

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from tests.app_fixtures import MakeApp, add_user
from tests.worker.test_dripping_server import dripping
from ticketapp.actions import mailbox_checks, mailboxes
from ticketapp.actions.mailbox_settings import MailboxSettings
from ticketapp.db import db
from ticketapp.models import AfterRecording, MailboxCheck, Security, SignIn
from ticketapp.outside import outside
from ticketapp.queries import mailboxes as queries
from worker import mailbox_checks as checks


def asked(app: APIFlask, port: int) -> int:
    """The id of a test of the mailbox at this port."""
    with app.app_context():
        settings = MailboxSettings(
            host="127.0.0.1",
            port=port,
            security=Security.NONE,
            username="jo",
            folder="INBOX",
            after=AfterRecording.LEAVE,
            sign_in=SignIn.PASSWORD,
            password="secret",
        )
        mailbox = mailboxes.add(settings, vault=outside().vault, environment=None)
        return mailbox_checks.ask(mailbox.id, by=add_user(app, "ada@example.com", "Ada", "admin")).id


@pytest.mark.parametrize(
    ("said", "upon", "step"),
    [(b"* OK ", b"", "connection"), (b"* OK ", b"LOGIN", "sign_in"), (b"* OK ", b"LIST", "folder")],
)
def test_each_step_ends_in_time(make_sqlite_app: MakeApp, said: bytes, upon: bytes, step: str) -> None:
    app = make_sqlite_app(imap_timeout_seconds=1.0)
    with dripping(said, upon=upon) as port:
        check_id = asked(app, port)
        with app.app_context():
            began = time.monotonic()
            checks.run(check_id, outside())
            assert time.monotonic() - began < 6
            failed = {one.step: one.note for one in queries.check(check_id).steps if one.outcome == "failed"}
            assert list(failed) == [step]
            assert "did not answer in time" in failed[step]


def test_nobody_else_begins_a_test_that_goes_on(make_postgres_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "LEASE_SECONDS", 0.6)
    app = make_postgres_app(imap_timeout_seconds=2.0)

    def run(check_id: int) -> None:
        with app.app_context():
            checks.run(check_id, outside())

    with dripping(b"* OK ") as port:
        check_id = asked(app, port)
        first = threading.Thread(target=run, args=(check_id,))
        first.start()
        time.sleep(2)
        run(check_id)
        assert first.is_alive()
        first.join()
        with app.app_context():
            check = db.session.scalars(select(MailboxCheck)).one()
            assert (check.attempts, check.finished_at is not None) == (1, True)
