"""Applications whose test clients check every page they fetch, and mails in their ledger."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from apiflask import APIFlask

from tests.app_fixtures import MakeApp
from tests.letters import letter
from tests.web.page_checks import CheckedClient
from ticketapp.actions import intake
from ticketapp.actions.ledger import SeenMail, record, register_mailbox
from ticketapp.clock import utc_now
from ticketapp.models import MailState
from ticketapp.outside import outside
from ticketapp.queries import ledger, mails
from ticketapp.queries.mails import MailFilter

AUTOMATIC = {"Auto_Submitted": "auto-replied"}
CAUSE = "There is something about this mail."
Recorded = Callable[..., int]


@pytest.fixture
def make_sqlite_app(make_sqlite_app: MakeApp) -> MakeApp:
    """As elsewhere, with checked clients."""
    return _checked(make_sqlite_app)


@pytest.fixture
def make_postgres_app(make_postgres_app: MakeApp) -> MakeApp:
    """As elsewhere, with checked clients."""
    return _checked(make_postgres_app)


@pytest.fixture
def recorded(app: APIFlask) -> Iterator[Recorded]:
    """Puts a mail into the ledger, as a poll does, within the application's context."""
    with app.app_context():
        mailbox = register_mailbox("support@imap.example.com/INBOX")

        def put(raw: bytes | None, header: bytes | None = None) -> int:
            seen = SeenMail(
                uid=ledger.cursor(mailbox, 1) + 1, size=5_000, arrived_at=utc_now(), raw=raw, header=header
            )
            record(mailbox, 1, [seen], no_bytes=CAUSE)
            return mails.page(MailFilter()).rows[0].id

        yield put


@pytest.fixture
def set_aside(recorded: Recorded) -> int:
    """An automatic mail that opened no ticket."""
    mail_id = recorded(letter("Out of office", **AUTOMATIC))
    landed = intake.process(mail_id, store=outside().store, rules=outside().rules)
    assert landed is not None
    assert landed.state == MailState.SET_ASIDE
    return mail_id


@pytest.fixture
def quarantined(recorded: Recorded) -> int:
    """A mail over the size limit, of which there is only the header."""
    return recorded(None, letter("A film of the fire").partition(b"\n\n")[0])


def _checked(make: MakeApp) -> MakeApp:
    def make_checked(**changes: Any) -> APIFlask:
        app = make(**changes)
        app.test_client_class = CheckedClient
        return app

    return make_checked
