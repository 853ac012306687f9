"""What of a mailbox's credentials ends soon or is not renewed: told to admins before it bites."""

import dataclasses
from collections.abc import Callable
from datetime import timedelta

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from tests.web.browsing import words_of
from ticketapp.actions import access_tokens, ledger, mailboxes
from ticketapp.actions.mailbox_settings import MailboxSettings
from ticketapp.clock import utc_now
from ticketapp.models import AfterRecording, Security, SignIn
from ticketapp.outside import outside
from ticketapp.queries import mailboxes as queries

NAME = "billing@example.com@imap.example.com/INBOX"
Add = Callable[..., int]


@pytest.fixture
def add(app: APIFlask) -> Add:
    """Adds a mailbox that signs in by token, changed where said."""
    settings = MailboxSettings(
        host="imap.example.com",
        port=993,
        security=Security.TLS,
        username="billing@example.com",
        folder="INBOX",
        after=AfterRecording.LEAVE,
        sign_in=SignIn.GOOGLE,
        client_id="ticketapp",
        refresh_token="hunter2",
    )

    def put(**changes: object) -> int:
        with app.app_context():
            changed = dataclasses.replace(settings, **changes)  # type: ignore[arg-type]  # by name
            return mailboxes.add(changed, vault=outside().vault, environment=None).id

    return put


def told(client: FlaskClient) -> str:
    return words_of(client.get("/account"))


@pytest.mark.parametrize(("days", "word"), [(13, "ends on"), (-1, "ended on")])
def test_a_client_secret_that_ends_soon_is_told_to_admins_only(
    add: Add, admin_client: FlaskClient, agent_client: FlaskClient, days: int, word: str
) -> None:
    ends_at = utc_now() + timedelta(days=days)
    add(client_secret_expires_at=ends_at)

    assert f"The client secret of {NAME} {word} {ends_at:%Y-%m-%d}: get a new one" in told(admin_client)
    assert NAME not in told(agent_client)


def test_one_that_ends_later_is_no_concern_yet(add: Add, admin_client: FlaskClient) -> None:
    ends_at = utc_now() + timedelta(days=15)
    add(client_secret_expires_at=ends_at)

    assert "client secret" not in told(admin_client)
    assert f"The client secret ends {ends_at:%Y-%m-%d}" in words_of(admin_client.get("/admin/mailboxes/1"))


def test_a_refresh_token_that_the_issuer_lets_end_is_told(app: APIFlask, add: Add, admin_client: FlaskClient) -> None:
    grant_to(app, add(), refresh_good_for_seconds=86_400.0 * 3)

    assert f"The refresh token of {NAME} ends on" in told(admin_client)


def test_a_renewal_that_fails_is_told_while_the_old_token_works(
    app: APIFlask, add: Add, admin_client: FlaskClient
) -> None:
    mailbox_id = add()
    sealed = grant_to(app, mailbox_id)
    with app.app_context():
        access_tokens.note_renewal_failure(
            mailbox_id, "Google is away.", refresh_token_sealed=sealed, again_in_seconds=60
        )

    assert f"The access token of {NAME} is not renewed: Google is away." in told(admin_client)
    page = words_of(admin_client.get(f"/admin/mailboxes/{mailbox_id}"))
    assert "could not be renewed since just now : Google is away. The old one goes on working" in page
    (found,) = app.test_client().get("/healthz").get_json()["mailboxes"]
    assert found["renewal_failing_since"].endswith("+00:00")


def test_health_tells_when_credentials_end(app: APIFlask, add: Add) -> None:
    ends_at = utc_now() + timedelta(days=40)
    add(client_secret_expires_at=ends_at)

    (found,) = app.test_client().get("/healthz").get_json()["mailboxes"]

    assert found["credentials_end_at"] == ends_at.isoformat()


def test_of_several_mailboxes_the_one_that_fails_is_named(app: APIFlask, add: Add, agent_client: FlaskClient) -> None:
    broken = add()
    add(username="orders@example.com")
    with app.app_context():
        ledger.pause(broken)

    assert f"New mail to {NAME} does not arrive: an admin paused that mailbox on" in told(agent_client)


def grant_to(app: APIFlask, mailbox_id: int, **more: float) -> str:
    """Let a renewal succeed; the sealed refresh token it used."""
    with app.app_context():
        account = queries.find(mailbox_id).account
        assert account is not None
        sealed = account.refresh_token_sealed or ""
        grant = access_tokens.Grant(access_token="access", good_for_seconds=600.0, **more)
        access_tokens.keep_grant(mailbox_id, grant, refresh_token_sealed=sealed, vault=outside().vault)
        return sealed
