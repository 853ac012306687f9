"""A mailbox of its own for each test, and applications that poll it."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from apiflask import APIFlask

from tests.app_fixtures import MakeApp
from tests.services.imap import ImapServer
from ticketapp.outside import outside
from worker import polling
from worker.polling import Polled

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Account:
    """An empty IMAP account on the private server."""

    server: ImapServer
    user: str

    def settings(self, **changes: Any) -> dict[str, Any]:
        """The configuration fields that poll this account."""
        return {
            "imap_host": self.server.host,
            "imap_port": self.server.imap_port,
            "imap_security": "none",
            "imap_user": self.user,
            "imap_password": self.server.users[self.user],
            **changes,
        }

    def receive(self, *mails: bytes) -> None:
        """Let mails arrive, in this order."""
        self.server.deliver_many(self.user, mails)


@pytest.fixture
def account(dovecot: ImapServer) -> Account:
    """An account that no other test sees."""
    user = f"support{next(_numbers)}@example.com"
    dovecot.add_user(user)
    return Account(dovecot, user)


@pytest.fixture
def polled(make_sqlite_app: MakeApp, account: Account) -> Callable[..., APIFlask]:
    """Makes applications whose mailbox is the account's."""
    return lambda **changes: make_sqlite_app(**account.settings(**changes))


def poll(app: APIFlask) -> Polled | None:
    """Poll once; the classification runs asked for stay queued."""
    with app.app_context():
        return polling.poll(outside(), asked=lambda _run_id: None)
