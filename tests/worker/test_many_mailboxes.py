"""Several mailboxes: each is polled on its own, one that hangs holds up no other, and old ones leave no trace."""

import dataclasses
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import func, select

from tests.app_fixtures import MakeApp
from tests.letters import letter
from tests.services.imap import ImapServer
from tests.worker.conftest import Account, poll
from tests.worker.test_mailbox_checks import settings_for
from ticketapp.actions import ledger, mailboxes
from ticketapp.db import db
from ticketapp.models import InboundMail, Mailbox, MailSighting, Ticket
from ticketapp.outside import EXTENSION, outside
from ticketapp.queries import ledger as ledger_queries
from ticketapp.queries import mailboxes as queries
from ticketapp.vault import Vault
from worker import accounts, polling, tasks
from worker.commands import add_to
from worker.imap_connection import MailboxError
from worker.maildir import deliver
from worker.rounds import Rounds

Hints = list[tuple[Any, ...]]


@pytest.fixture
def hints(monkeypatch: pytest.MonkeyPatch) -> Hints:
    """What the worker would be nudged to do; rounds start anew."""
    found: Hints = []
    monkeypatch.setattr(tasks, "nudge", lambda *hint, **_: found.append(hint))
    monkeypatch.setattr(tasks, "rounds", Rounds())
    return found


@pytest.fixture
def other(dovecot: ImapServer, account: Account) -> Account:
    """A second account."""
    user = f"second-{account.user}"
    dovecot.add_user(user)
    return Account(dovecot, user)


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port where something listens that never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def add(account: Account, **changes: Any) -> int:
    return mailboxes.add(settings_for(account, **changes), vault=outside().vault, environment=None).id


def tickets() -> int:
    return db.session.scalar(select(func.count()).select_from(Ticket)) or 0


def poll_one(mailbox_id: int) -> None:
    polling.poll(outside(), asked=lambda _run_id: None, mailbox_id=mailbox_id)


def test_that_of_the_environment_is_polled_and_each_other_by_a_task_of_its_own(
    make_app: MakeApp, account: Account, other: Account, hints: Hints
) -> None:
    account.receive(letter("To the environment's"))
    other.receive(letter("To the portal's"))
    app = make_app(**account.settings())
    with app.app_context():
        second = add(other)

        tasks.poll_mailbox.run()

        assert tickets() == 1
        (hint,) = (hint for hint in hints if hint[0] == "poll_mailbox")
        assert hint == ("poll_mailbox", second)
        tasks.poll_mailbox.run(*hint[1:])
        assert tickets() == 2
        assert next(one.name for one in accounts.accounts(outside())) == outside().config.mailbox_name


def test_a_mailbox_that_hangs_holds_up_no_other(
    make_postgres_app: MakeApp, account: Account, other: Account, hints: Hints, silent_port: int
) -> None:
    other.receive(letter())
    app = make_postgres_app(**account.settings(imap_port=silent_port, imap_timeout_seconds=4.0))
    with app.app_context():
        second = add(other)

    def strike() -> None:
        with app.app_context():
            tasks.poll_mailbox.run()

    hanging = threading.Thread(target=strike)
    hanging.start()
    with app.app_context():
        while ("poll_mailbox", second) not in hints and hanging.is_alive():
            pass
        poll_one(second)
        assert hanging.is_alive()
        assert tickets() == 1
    hanging.join()
    with app.app_context():
        failing = {mailbox.name: mailbox.failing_since is not None for mailbox in ledger_queries.mailboxes()}
    assert failing == {outside_name(app): True, settings_for(other).name: False}


def outside_name(app: APIFlask) -> str:
    name = app.extensions[EXTENSION].config.mailbox_name
    assert name is not None
    return str(name)


def test_mailboxes_of_the_portal_alone_are_enough(
    make_sqlite_app: MakeApp, account: Account, other: Account, hints: Hints
) -> None:
    app = make_sqlite_app(maildir=None)
    account.receive(letter())
    with app.app_context():
        tasks.poll_mailbox.run()
        first, second = add(account), add(other)
        tasks.poll_mailbox.run()
        assert tickets() == 1
        assert ("poll_mailbox", second) in hints
        assert ("poll_mailbox", first) not in hints


def test_one_that_failed_or_is_paused_is_not_asked_for(
    make_sqlite_app: MakeApp, account: Account, other: Account, hints: Hints
) -> None:
    with make_sqlite_app(maildir=None).app_context():
        failed, paused = add(account, password="wrong"), add(other)
        with pytest.raises(MailboxError):
            poll_one(failed)
        ledger.pause(paused)

        tasks.poll_mailbox.run()

        assert hints == []
        assert queries.find(paused).polled_at is None


def test_beside_an_idle_maildir_servers_are_polled_now_and_then_only(
    make_sqlite_app: MakeApp, account: Account, tmp_path: Path, hints: Hints, monkeypatch: pytest.MonkeyPatch
) -> None:
    with make_sqlite_app(maildir=tmp_path / "box").app_context():
        second = add(account)
        tasks.poll_mailbox.run()
        assert hints == [("poll_mailbox", second)]
        hints.clear()
        tasks.poll_mailbox.run()  # the first poll made the folders
        deliver(tmp_path / "box", letter())
        tasks.poll_mailbox.run()
        assert (tickets(), [hint[0] for hint in hints]) == (1, ["classify"])
        tasks.poll_mailbox.run()
        with monkeypatch.context() as patched:
            patched.setattr(accounts, "in_service", lambda _outside: pytest.fail("the database was asked"))
            tasks.poll_mailbox.run()


def test_what_an_earlier_environment_named_is_out_of_service_until_it_is_named_again(
    make_sqlite_app: MakeApp, account: Account, other: Account, hints: Hints
) -> None:
    first, second = make_sqlite_app(**account.settings()), make_sqlite_app(**other.settings())
    for app, expected in ((first, account), (second, other), (first, account)):
        with app.app_context():
            tasks.poll_mailbox.run()
            (mailbox,) = ledger_queries.mailboxes()
            assert mailbox.name.startswith(expected.user)
            assert tickets() == 0
    with first.app_context():
        assert db.session.scalar(select(func.count()).select_from(Mailbox)) == 2


def test_a_removed_mailbox_is_polled_no_more_whoever_asks(app: APIFlask, account: Account) -> None:
    with app.app_context():
        mailbox_id = add(account)
        mailboxes.retire(mailbox_id)
        assert polling.poll(outside(), asked=lambda _run_id: None, mailbox_id=mailbox_id) is None
        with pytest.raises(MailboxError, match="not in service"):
            accounts.open_mailbox(mailbox_id, outside())


def test_another_folder_is_read_from_its_start_and_known_mails_are_recognised(
    app: APIFlask, account: Account
) -> None:
    known = letter("Known")
    account.receive(known, letter("Second"))
    with account.server.connect(account.user) as client:
        client.create_folder("Box")
        for raw in (known, letter("Third")):
            client.append("Box", raw)
    with app.app_context():
        mailbox_id = add(account)
        poll_one(mailbox_id)
        mailboxes.change(
            mailbox_id, settings_for(account, folder="Box", password=""), vault=outside().vault, environment=None
        )
        poll_one(mailbox_id)
        assert tickets() == db.session.scalar(select(func.count()).select_from(InboundMail)) == 3
        assert db.session.scalar(select(func.count()).select_from(MailSighting)) == 2


def test_a_poll_by_hand_polls_every_mailbox_and_names_those_that_fail(
    make_sqlite_app: MakeApp, account: Account, other: Account
) -> None:
    app = make_sqlite_app(**account.settings())
    add_to(app)
    account.receive(letter())
    with app.app_context():
        add(other, password="wrong")

    result = app.test_cli_runner().invoke(args=["mail", "poll"])

    assert result.exit_code == 1
    assert "/INBOX: 1 new; 1 processed." in result.output
    assert f"refused the sign-in of {other.user}" in result.output
    assert "1 of 2 mailboxes could not be polled." in result.output


def test_the_key_is_changed_by_a_command(make_sqlite_app: MakeApp, account: Account) -> None:
    old, new = "o" * 32, "n" * 32
    with make_sqlite_app(credentials_keys=(old,)).app_context():
        mailbox_id = add(account)

    result = make_sqlite_app(credentials_keys=(new, old)).test_cli_runner().invoke(args=["mailbox", "rekey"])

    assert result.output == "The secrets of 1 mailbox are encrypted anew.\n"
    app = make_sqlite_app(credentials_keys=(new,))
    with app.app_context():
        poll_one(mailbox_id)
    app.extensions[EXTENSION] = dataclasses.replace(app.extensions[EXTENSION], vault=Vault([old]))
    refused = app.test_cli_runner().invoke(args=["mailbox", "rekey"])
    assert refused.exit_code == 1
    assert "CREDENTIALS_KEY does not hold any more" in refused.output
    assert "Nothing was changed." in refused.output
    with app.app_context(), pytest.raises(MailboxError, match="CREDENTIALS_KEY"):
        poll_one(mailbox_id)


def test_one_mailbox_is_polled_without_a_second_task(
    make_sqlite_app: MakeApp, account: Account, hints: Hints
) -> None:
    app = make_sqlite_app(**account.settings())
    account.receive(letter())
    tasks_run = poll(app)
    assert tasks_run is not None
    with app.app_context():
        tasks.poll_mailbox.run()
    assert [hint for hint in hints if hint[0] == "poll_mailbox"] == []
