"""Polls over connections that are cut or hang: they end in time, and each mail becomes one ticket."""

import time
from collections.abc import Iterator

import pytest
from apiflask import APIFlask
from sqlalchemy import func, select

from tests.app_fixtures import MakeApp
from tests.letters import letter
from tests.services.breaking_proxy import BreakingProxy, Rule
from tests.worker.conftest import Account
from ticketapp.db import db
from ticketapp.models import InboundMail, Mailbox, Message, Ticket
from ticketapp.outside import outside
from worker import polling
from worker.imap_connection import MailboxError
from worker.mailbox import ImapMailbox

CUTS = 24
MAILS = 5


@pytest.fixture
def proxy(account: Account) -> Iterator[BreakingProxy]:
    with BreakingProxy(account.server.imap_port) as proxy:
        yield proxy


@pytest.fixture
def app(make_sqlite_app: MakeApp, account: Account, proxy: BreakingProxy) -> APIFlask:
    return make_sqlite_app(
        **account.settings(imap_port=proxy.port, imap_timeout_seconds=1.5, mailbox_lease_seconds=6.0, mail_batch=2)
    )


def poll_now(app: APIFlask) -> None:
    """Poll without waiting for the pause after a failure."""
    with app.app_context():
        polling.poll(outside(), asked=lambda _run_id: None, now=True)


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


def test_a_connection_cut_at_any_point_of_a_poll_loses_and_doubles_nothing(
    app: APIFlask, account: Account, proxy: BreakingProxy
) -> None:
    sent, failed, whole = 0, 0, bytes_of_a_poll(app, account, proxy)
    for point in range(CUTS):
        failed += broken_poll(app, account, proxy, Rule(point * whole // CUTS, "cut"))
        sent += MAILS
        assert counts(app) == [sent + MAILS] * 3
    assert failed >= CUTS * 0.9


@pytest.mark.parametrize("part", [0.0, 0.2, 0.5, 0.95])
def test_a_server_that_hangs_is_left_in_time_and_the_next_poll_has_everything(
    app: APIFlask, account: Account, proxy: BreakingProxy, monkeypatch: pytest.MonkeyPatch, part: float
) -> None:
    monkeypatch.setattr("worker.imap_connection.CONNECT_SECONDS", 1.5)
    whole = bytes_of_a_poll(app, account, proxy)
    began = time.monotonic()
    assert broken_poll(app, account, proxy, Rule(int(part * whole), "hang"))
    assert time.monotonic() - began < 15
    assert counts(app) == [2 * MAILS] * 3


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_server_that_drips_is_left_in_time_though_no_read_waits_long(
    app: APIFlask, account: Account, proxy: BreakingProxy, part: float
) -> None:
    whole = bytes_of_a_poll(app, account, proxy)
    began = time.monotonic()
    assert broken_poll(app, account, proxy, Rule(drip_seconds=0.2, drip_after=int(part * whole)))
    assert time.monotonic() - began < 15
    assert counts(app) == [2 * MAILS] * 3


def test_mail_that_was_recorded_and_not_moved_is_moved_by_the_next_poll(
    make_sqlite_app: MakeApp, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_sqlite_app(**account.settings(after_recording="move", after_recording_folder="Done"))
    account.receive(letter("One"), letter("Two"))

    def cut_off(*_: object) -> None:
        raise ConnectionResetError("cut off between the commit and the move")

    with monkeypatch.context() as patched:
        patched.setattr(ImapMailbox, "_move", cut_off)
        poll_now(app)
    assert len(account.server.messages(account.user, "INBOX")) == 2
    assert "cut off between" in (mailbox(app).last_error or "")
    account.receive(letter("Three"))
    poll_now(app)
    assert account.server.messages(account.user, "INBOX") == []
    assert len(account.server.messages(account.user, "Done")) == 3
    assert counts(app) == [3] * 3


def bytes_of_a_poll(app: APIFlask, account: Account, proxy: BreakingProxy) -> int:
    """How many bytes the server sends in a poll of new mails; they are in when this returns."""
    account.receive(*(letter(f"First {n}") for n in range(MAILS)))
    poll_now(app)
    return proxy.passed_bytes


def broken_poll(app: APIFlask, account: Account, proxy: BreakingProxy, rule: Rule) -> bool:
    """Whether a poll of new mails failed under the rule; one over a whole connection has followed it."""
    account.receive(*(letter(f"Then {n}") for n in range(MAILS)))
    proxy.obey(rule)
    has_failed = False
    try:
        poll_now(app)
    except MailboxError:
        has_failed = True
        assert mailbox(app).lease_until is None
    proxy.restore()
    poll_now(app)
    return has_failed
