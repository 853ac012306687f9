"""Servers that refuse, lose folders, give UIDs anew and clocks that jump: the count is right at the end."""

import shutil
from collections.abc import Iterator
from datetime import timedelta

import pytest
from apiflask import APIFlask
from imapclient import IMAPClient
from sqlalchemy import func, select

from tests.app_fixtures import MakeApp
from tests.letters import letter
from tests.services.dovecot import DovecotServer
from tests.services.fixtures import start_imap
from tests.services.imap import ImapServer
from tests.worker.conftest import Account, poll
from ticketapp import clock
from ticketapp.clock import utc_now
from ticketapp.db import db
from ticketapp.models import InboundMail, Mailbox, Message, Ticket
from ticketapp.outside import outside
from worker import polling
from worker.imap_connection import MailboxError

USER = "support@example.org"
LEASE_SECONDS = 30.0


@pytest.fixture
def server() -> Iterator[ImapServer]:
    with start_imap({USER: "secret"}) as server:
        yield server


def counts(app: APIFlask) -> list[int]:
    """Ledger rows, tickets, messages."""
    with app.app_context():
        return [
            db.session.scalar(select(func.count()).select_from(model)) or 0
            for model in (InboundMail, Ticket, Message)
        ]


def mailbox(app: APIFlask) -> Mailbox:
    with app.app_context():
        return db.session.scalars(select(Mailbox)).one()


def poll_now(app: APIFlask) -> None:
    with app.app_context():
        polling.poll(outside(), asked=lambda _run_id: None, now=True)


def test_a_refused_sign_in_waits_longer_than_a_failure_and_says_why(
    make_sqlite_app: MakeApp, account: Account
) -> None:
    refused = make_sqlite_app(**account.settings(imap_password="wrong"))
    waits = []
    for _ in range(3):
        with pytest.raises(MailboxError):
            poll_now(refused)
        row = mailbox(refused)
        assert row.poll_due_at is not None
        waits.append((row.poll_due_at - utc_now()).total_seconds())
    assert row.last_error is not None
    assert f"refused the sign-in of {account.user}" in row.last_error
    assert waits == pytest.approx([120, 240, 480], abs=5)
    account.receive(letter())
    right = make_sqlite_app(**account.settings())
    poll_now(right)
    assert counts(right) == [1, 1, 1]
    assert mailbox(right).last_error is None


def test_a_folder_that_is_gone_is_said_and_restored_under_new_uids_is_known_by_its_bytes(
    make_sqlite_app: MakeApp, account: Account
) -> None:
    app = make_sqlite_app(**account.settings(imap_folder="Box"))
    mails = [letter(f"Question {n}") for n in range(5)]
    with account.server.connect(account.user) as client:
        client.create_folder("Box")
        client.multiappend("Box", mails)
        poll_now(app)
        client.delete_folder("Box")
        with pytest.raises(MailboxError):
            poll_now(app)
        assert "Box" in (mailbox(app).last_error or "")
        client.create_folder("Box")
        client.multiappend("Box", [letter("New"), *reversed(mails)])
    poll_now(app)
    assert counts(app) == [6, 6, 6]


@pytest.mark.parametrize("arrived_since", [1, 4, 9])
def test_a_server_restored_from_an_older_backup_loses_and_doubles_nothing(
    make_sqlite_app: MakeApp, server: ImapServer, arrived_since: int
) -> None:
    """Four mails were recorded after the backup; the server gives their UIDs anew to as many others as arrive."""
    if not isinstance(server, DovecotServer):
        pytest.skip("the files of pymap are not ours to put back")
    app = make_sqlite_app(**Account(server, USER).settings())
    server.deliver_many(USER, [letter(f"Before the backup {n}") for n in range(3)])
    poll_now(app)
    backup = server.folder / "backup"
    server.stop()
    shutil.copytree(server.maildir(USER), backup)
    server.start()
    server.deliver_many(USER, [letter(f"After the backup {n}") for n in range(4)])
    poll_now(app)
    server.stop()
    shutil.rmtree(server.maildir(USER))
    shutil.copytree(backup, server.maildir(USER))
    for path in (server.maildir(USER), *server.maildir(USER).rglob("*")):
        server.own(path)
    server.start()
    server.deliver_many(USER, [letter(f"After the restore {n}") for n in range(arrived_since)])
    poll_now(app)
    poll_now(app)
    assert counts(app) == [7 + arrived_since] * 3


@pytest.mark.parametrize("jump", [timedelta(days=400), timedelta(days=-400)], ids=["forwards", "backwards"])
def test_a_clock_that_jumps_stalls_no_mailbox_for_ever(
    make_sqlite_app: MakeApp, account: Account, jump: timedelta
) -> None:
    app = make_sqlite_app(**account.settings(mailbox_lease_seconds=LEASE_SECONDS))
    account.receive(letter("Before the jump"))
    poll(app)
    _end_in_the_middle(app)
    account.receive(letter("After the jump"))
    with clock.at(utc_now() + jump):
        poll(app)
    assert counts(app) == [2, 2, 2]


@pytest.mark.parametrize("days", [400, -400])
def test_a_pause_after_a_failure_ends_though_the_clock_jumps(
    make_sqlite_app: MakeApp, account: Account, days: int
) -> None:
    app = make_sqlite_app(**account.settings())
    with pytest.raises(MailboxError):
        poll(make_sqlite_app(**account.settings(imap_password="wrong")))
    account.receive(letter())
    with clock.at(utc_now() + timedelta(days=days)):
        poll(app)
    assert counts(app) == [1, 1, 1]


def test_a_small_step_of_the_clock_lets_no_second_poll_in(make_sqlite_app: MakeApp, account: Account) -> None:
    app = make_sqlite_app(**account.settings(mailbox_lease_seconds=LEASE_SECONDS))
    account.receive(letter())
    poll(app)
    _end_in_the_middle(app)
    for seconds in (-5, 0, 5):
        with clock.at(utc_now() + timedelta(seconds=seconds)):
            assert poll(app) is None


def _end_in_the_middle(app: APIFlask) -> None:
    """As if a worker had died in a poll just now: it holds its lease still."""
    with app.app_context():
        db.session.execute(db.update(Mailbox).values(lease_until=utc_now() + timedelta(seconds=LEASE_SECONDS)))
        db.session.commit()


def test_an_answer_that_nobody_foresaw_is_kept_and_gives_the_mailbox_back(
    make_sqlite_app: MakeApp, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder without UIDVALIDITY, say: RFC 3501 wants one, and some servers answer a SELECT without it."""
    app, select_folder = make_sqlite_app(**account.settings()), IMAPClient.select_folder

    def without_uidvalidity(self: IMAPClient, folder: str) -> dict[bytes, object]:
        return {key: value for key, value in select_folder(self, folder).items() if key != b"UIDVALIDITY"}

    with monkeypatch.context() as patched:
        patched.setattr(IMAPClient, "select_folder", without_uidvalidity)
        with pytest.raises(KeyError):
            poll_now(app)
    row = mailbox(app)
    assert row.lease_until is None
    assert row.failing_since is not None
    assert "UIDVALIDITY" in (row.last_error or "")
    account.receive(letter())
    poll_now(app)
    assert counts(app) == [1, 1, 1]
