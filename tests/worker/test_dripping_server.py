"""A server that says one byte now and then, from its greeting on: it is left in time and holds up nothing else."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from tests.app_fixtures import MakeApp
from tests.letters import letter
from tests.worker.conftest import Account
from ticketapp.db import db
from ticketapp.models import Mailbox
from ticketapp.outside import outside
from worker import polling
from worker.imap_connection import ImapAccount, MailboxError, connected, plain_errors
from worker.mailbox import ImapMailbox

DRIP_SECONDS = 0.05


@contextmanager
def dripping(said: bytes, *, upon: bytes = b"") -> Iterator[int]:
    """The port of a server that answers OK to each command, and only drips from ``upon`` on, after ``said``."""
    is_over = threading.Event()

    def drip(client: socket.socket) -> None:
        client.sendall(said)
        while not is_over.wait(DRIP_SECONDS):
            client.sendall(b"x")

    def serve(client: socket.socket) -> None:
        with client, suppress(OSError):
            if not upon:
                drip(client)
            client.sendall(b"* OK ready\r\n")
            for line in client.makefile("rb"):
                tag, command = line.split()[:2]
                if command.upper() == upon:
                    drip(client)
                client.sendall(ANSWERS.get(command.upper(), b"") + tag + b" OK done\r\n")

    def accept() -> None:
        while not is_over.is_set():
            with suppress(TimeoutError):
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        is_over.set()
        thread.join()


ANSWERS = {
    b"CAPABILITY": b"* CAPABILITY IMAP4rev1 STARTTLS\r\n",
    b"SELECT": b"* 0 EXISTS\r\n* OK [UIDVALIDITY 1] valid\r\n",
    b"SEARCH": b"* SEARCH\r\n",
    b"LOGOUT": b"* BYE\r\n",
}


def account_at(port: int, *, security: str = "none") -> ImapAccount:
    return ImapAccount(
        host="127.0.0.1",
        port=port,
        security=security,
        user="jo",
        password="secret",
        folder="INBOX",
        timeout_seconds=0.5,
        after="leave",
        after_folder="",
    )


@pytest.mark.parametrize(
    ("said", "upon", "security"),
    [(b"* OK ", b"", "none"), (b"* CAPABILITY ", b"CAPABILITY", "none"), (b"* OK ", b"STARTTLS", "starttls")],
)
def test_what_comes_before_the_sign_in_has_one_deadline(said: bytes, upon: bytes, security: str) -> None:
    began = time.monotonic()
    with dripping(said, upon=upon) as port:
        with pytest.raises(MailboxError, match="did not answer in time"), plain_errors("127.0.0.1"):
            connected(account_at(port, security=security))
        assert time.monotonic() - began < 3


def test_a_goodbye_that_drips_is_not_waited_for() -> None:
    with dripping(b"* BYE ", upon=b"LOGOUT") as port:
        with ImapMailbox(account_at(port)) as mailbox:
            assert mailbox.uidvalidity == 1
            began = time.monotonic()
        assert time.monotonic() - began < 3


def test_it_has_one_poll_at_a_time_others_go_on_and_its_cause_is_kept(
    make_postgres_app: MakeApp, account: Account
) -> None:
    with dripping(b"* OK ") as port:
        app = make_postgres_app(
            **account.settings(imap_port=port, imap_timeout_seconds=2.0, mailbox_lease_seconds=0.6)
        )
        account.receive(letter())
        first = threading.Thread(target=failed_poll, args=(app,))
        first.start()
        with app.app_context():
            wait_until_leased()
            until, polls = time.monotonic() + 2.5, 0
            while time.monotonic() < until:
                assert polling.poll(outside(), asked=lambda _run_id: None, now=True) is None
                polls += 1
                time.sleep(0.05)
            assert polls > 5
            assert first.is_alive()
            first.join()
            mailbox = db.session.scalars(select(Mailbox).execution_options(populate_existing=True)).one()
            assert mailbox.lease_until is None
            assert mailbox.failing_since is not None
            assert "did not answer in time" in (mailbox.last_error or "")


def failed_poll(app: APIFlask) -> None:
    with app.app_context(), pytest.raises(MailboxError):
        polling.poll(outside(), asked=lambda _run_id: None)


def wait_until_leased() -> None:
    while db.session.scalar(select(Mailbox.lease_until)) is None:
        db.session.rollback()
        time.sleep(0.02)
    db.session.rollback()
