"""The one-command default beside mailboxes whose servers drip: mails become tickets and pages answer meanwhile."""

import contextlib
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.app_fixtures import SECRET, settings
from tests.journeys.test_embedded import running, send
from tests.letters import letter
from tests.worker.conftest import Account
from tests.worker.test_dripping_server import dripping
from tests.worker.test_mailbox_checks import settings_for
from ticketapp import create_app
from ticketapp.actions import mailboxes
from ticketapp.db import db
from ticketapp.models import Ticket
from ticketapp.outside import outside
from ticketapp.queries import ledger

DRIPPING = 8
KEY = "k" * 40
# A greeting that drips is cut after twenty seconds.
HELD_SECONDS = 15.0


@pytest.mark.parametrize("upon", [b"", b"SELECT"], ids=["greeting", "folder"])
def test_eight_that_drip_at_once_hold_up_neither_mail_nor_pages(
    tmp_path: Path, account: Account, upon: bytes
) -> None:
    data, environment = tmp_path / "data", {"CREDENTIALS_KEY": KEY, "SECRET_KEY": SECRET}
    with running(data, tmp_path / "log", environment) as state, contextlib.ExitStack() as servers:
        ports = [servers.enter_context(dripping(b"* OK ", upon=upon)) for _ in range(DRIPPING)]
        app = create_app(settings(data, credentials_keys=(KEY,)))
        with app.app_context():
            for number, port in enumerate(ports):
                of_server = settings_for(account, port=port, folder=f"Folder {number}")
                mailboxes.add(of_server, vault=outside().vault, environment=None)
            mailboxes.add(settings_for(account), vault=outside().vault, environment=None)
            account.receive(letter("By IMAP"))
            assert _seconds_until(lambda: _held() > 2, within=20.0) < 20
            began = time.monotonic()
            send(state, letter("By SMTP"))
            by_smtp = _seconds_until(lambda: _is_there("By SMTP"), within=HELD_SECONDS)
            by_imap = _seconds_until(lambda: _is_there("By IMAP"), within=HELD_SECONDS)
            page = _slowest_page(state["url"])
            print(f"{_held()} held, SMTP {by_smtp:.1f} s, IMAP {by_imap:.1f} s, page {page:.2f} s")
            assert time.monotonic() - began < HELD_SECONDS, "they let go before anything was measured"
    assert by_smtp < 3
    assert by_imap < 3
    assert page < 1


def _held() -> int:
    db.session.rollback()
    return sum(one.lease_until is not None for one in ledger.mailboxes() if "Folder" in one.name)


def _is_there(subject: str) -> bool:
    db.session.rollback()
    return db.session.scalar(select(Ticket.id).where(Ticket.title == subject)) is not None


def _seconds_until(is_so: Callable[[], bool], *, within: float) -> float:
    began = time.monotonic()
    while not is_so() and time.monotonic() - began < within:
        time.sleep(0.05)
    return time.monotonic() - began


def _slowest_page(url: str) -> float:
    slowest = 0.0
    for _ in range(5):
        began = time.monotonic()
        urllib.request.urlopen(f"{url}/session/new", timeout=30).read()
        slowest = max(slowest, time.monotonic() - began)
    return slowest
