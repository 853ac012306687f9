"""Adding, changing and removing a mailbox in the portal, and that its secrets never come back out."""

import re
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import update

from tests.app_fixtures import MakeApp, add_user, signed_in
from tests.web.browsing import words_of
from ticketapp.actions.ledger import register_mailbox
from ticketapp.db import transaction
from ticketapp.models import Mailbox
from ticketapp.outside import outside
from ticketapp.queries import ledger, mailboxes

SECRETS = ("hunter2-password", "hunter2-client-secret", "hunter2-refresh-token")
BY_PASSWORD = {
    "host": " IMAP.example.com ",
    "port": "993",
    "security": "tls",
    "username": "billing@example.com",
    "folder": "INBOX",
    "after": "leave",
    "default_category": "billing",
    "sign_in": "password",
    "password": SECRETS[0],
}
BY_ISSUER = {
    **BY_PASSWORD,
    "sign_in": "issuer",
    "issuer_url": "https://login.example.com/realm/",
    "client_id": "ticketapp",
    "client_secret": SECRETS[1],
    "client_secret_expires_on": "2027-03-01",
    "refresh_token": SECRETS[2],
}


def added(client: FlaskClient, form: dict[str, str] = BY_PASSWORD) -> str:
    """Add a mailbox; the address of its page."""
    answer = client.post("/admin/mailboxes", data=form)
    assert answer.status_code == 303, words_of(answer)
    return str(answer.location)


def test_a_mailbox_is_added_and_shown_without_its_password(app: APIFlask, admin_client: FlaskClient) -> None:
    words = words_of(admin_client.get(added(admin_client)))

    assert "billing@example.com@imap.example.com/INBOX" in words
    assert "Server imap.example.com, port 993, TLS" in words
    assert "New tickets billing" in words
    with app.app_context():
        account = mailboxes.find(1).account
        assert account is not None
        assert outside().vault.open(account.password_sealed or "") == SECRETS[0]


def test_one_that_signs_in_by_token_shows_issuer_and_end_of_its_secret(admin_client: FlaskClient) -> None:
    words = words_of(admin_client.get(added(admin_client, BY_ISSUER)))

    assert "Issuer https://login.example.com/realm Client ID ticketapp Access token none yet" in words
    assert "The client secret ends 2027-03-01" in words


@pytest.mark.parametrize("form", [BY_PASSWORD, BY_ISSUER], ids=["password", "token"])
def test_no_page_and_no_stored_row_holds_a_secret(
    app: APIFlask, admin_client: FlaskClient, form: dict[str, str]
) -> None:
    page = added(admin_client, form)
    refused = admin_client.post("/admin/mailboxes", data={**form, "port": "0"})
    shown = [
        admin_client.get(path).text for path in (page, f"{page}/edit", "/admin/mailboxes", "/admin/mail", "/healthz")
    ]

    with app.app_context():
        account = mailboxes.find(1).account
        assert account is not None
        stored = repr([getattr(account, column.name) for column in account.__table__.columns]) + repr(account)
    assert not any(secret in text for secret in SECRETS for text in (*shown, refused.text, stored))


def test_a_secret_that_is_left_empty_stays(app: APIFlask, admin_client: FlaskClient) -> None:
    page = added(admin_client, BY_ISSUER)
    form = {**BY_ISSUER, "client_secret": "", "refresh_token": "", "default_category": ""}

    answer = admin_client.post(page, data=form)

    assert "The mailbox is changed." in words_of(admin_client.get(answer.location))
    with app.app_context():
        mailbox = mailboxes.find(1)
        assert mailbox.account is not None
        vault = outside().vault
        assert vault.open(mailbox.account.client_secret_sealed or "") == SECRETS[1]
        assert vault.open(mailbox.account.refresh_token_sealed or "") == SECRETS[2]
        assert mailbox.default_category is None


def test_a_token_of_one_client_is_not_given_to_another(admin_client: FlaskClient) -> None:
    page = added(admin_client, BY_ISSUER)

    answer = admin_client.post(page, data={**BY_ISSUER, "client_id": "other", "refresh_token": ""})

    assert answer.status_code == 422
    assert "Give the refresh token that the issuer gave to this client ID" in words_of(answer)


def test_a_stored_password_is_not_sent_to_another_server(admin_client: FlaskClient) -> None:
    page = added(admin_client)
    form = {**BY_PASSWORD, "host": "imap.evil.example", "password": ""}

    answer = admin_client.post(page, data=form)

    assert answer.status_code == 422
    assert "Give the password for this server" in words_of(answer)
    assert admin_client.post(page, data={**form, "password": "new"}).status_code == 303


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"host": "https://imap.example.com"}, "IMAP server: Give the server's name alone"),
        ({"host": ""}, "IMAP server: Give the server's name"),
        ({"port": "70000"}, "Port: A port is a number from 1 to 65535"),
        ({"port": "imap"}, "Port: A port is a number from 1 to 65535"),
        ({"port": "٩٩٣"}, "Port: A port is a number from 1 to 65535"),
        ({"username": " "}, "User: Give the name to sign in with"),
        ({"folder": "IN\nBOX"}, "Folder: This holds a line end"),
        ({"after": "move"}, "Folder to move to: Give the folder"),
        ({"after": "move", "after_folder": "INBOX"}, "Folder to move to: This must be another folder"),
        ({"after": "move", "after_folder": " inbox "}, "Folder to move to: This must be another folder"),
        ({"after": "burn"}, "A recorded mail: Choose one of these: is left as it is, is marked"),
        ({"password": ""}, "Password: Give the password"),
        ({"sign_in": "google"}, "Client ID: Give the client ID"),
        ({"sign_in": "google", "client_id": "x"}, "Refresh token: Give the refresh token"),
        ({"sign_in": "microsoft", "client_id": "x", "tenant": "../x"}, "Tenant: A tenant is an ID or a domain"),
        ({**BY_ISSUER, "issuer_url": "http://login.example.com"}, "Issuer's address: Give the issuer's https://"),
        ({**BY_ISSUER, "issuer_url": "https://[x"}, "Issuer's address: Give the issuer's https://"),
        ({**BY_ISSUER, "client_secret_expires_on": "soon"}, "Client secret ends on: Give a day as year, month"),
        ({**BY_ISSUER, "client_secret_expires_on": "1924-03-01"}, "Client secret ends on: This day is long past"),
        ({"username": "x" * 300, "folder": "y" * 300}, "Folder: User, host and folder have at most 500"),
    ],
    ids=str,
)
def test_a_wrong_form_names_the_field_and_what_is_right(
    app: APIFlask, admin_client: FlaskClient, wrong: dict[str, str], sentence: str
) -> None:
    answer = admin_client.post("/admin/mailboxes", data={**BY_PASSWORD, **wrong})

    assert answer.status_code == 422
    assert sentence in words_of(answer)
    with app.app_context():
        assert ledger.mailboxes() == []


@pytest.mark.parametrize(
    "again", [{}, {"folder": "inbox"}, {"username": "Billing@example.com"}, {"host": "imap.EXAMPLE.com"}], ids=str
)
def test_the_same_mailbox_is_not_added_twice(admin_client: FlaskClient, again: dict[str, str]) -> None:
    added(admin_client)
    other = added(admin_client, {**BY_PASSWORD, "folder": "Invoices"})
    sentence = "There is this mailbox already: billing@example.com@imap.example.com/INBOX."

    assert sentence in words_of(admin_client.post("/admin/mailboxes", data={**BY_PASSWORD, **again}))
    assert sentence in words_of(admin_client.post(other, data={**BY_PASSWORD, **again}))


def test_letters_tell_other_folders_apart(admin_client: FlaskClient) -> None:
    pages = {added(admin_client, {**BY_PASSWORD, "folder": name}) for name in ("Invoices", "INVOICES", "INBOX")}

    assert len(pages) == 3


def test_a_mailbox_kept_in_other_letters_is_still_the_same(app: APIFlask, admin_client: FlaskClient) -> None:
    page = added(admin_client)
    with app.app_context(), transaction() as session:
        session.execute(update(Mailbox).values(name="billing@example.com@imap.example.com/inbox"))

    refused = admin_client.post("/admin/mailboxes", data=BY_PASSWORD)
    admin_client.post(f"{page}/retirement")

    assert "There is this mailbox already" in words_of(refused)
    assert added(admin_client) == page
    assert "billing@example.com@imap.example.com/INBOX" in words_of(admin_client.get(page))


def test_the_mailbox_of_the_environment_is_not_added_and_not_changed_here(make_sqlite_app: MakeApp) -> None:
    app = make_sqlite_app(imap_host="imap.example.com", imap_user="billing@example.com", imap_folder="INBOX")
    client = signed_in(app, add_user(app, "ada@example.com", "Ada", "admin"))

    for form in (BY_PASSWORD, {**BY_PASSWORD, "folder": "Inbox", "username": "BILLING@example.com"}):
        assert "The environment sets this mailbox" in words_of(client.post("/admin/mailboxes", data=form))
    with app.app_context():
        mailbox_id = register_mailbox("billing@example.com@imap.example.com/INBOX")
    words = words_of(client.get(f"/admin/mailboxes/{mailbox_id}"))
    assert "The environment of the worker sets this mailbox" in words
    assert "watched, paused and tested" in words
    assert client.post(f"/admin/mailboxes/{mailbox_id}", data=BY_PASSWORD).status_code == 409
    assert client.post(f"/admin/mailboxes/{mailbox_id}/retirement").status_code == 409


def test_a_removed_mailbox_keeps_its_ledger_and_loses_its_secrets(app: APIFlask, admin_client: FlaskClient) -> None:
    page = added(admin_client)

    answer = admin_client.post(f"{page}/retirement")

    words = words_of(admin_client.get(answer.location))
    assert "is read no more and its secrets are erased" in words
    assert "No mailbox yet" in words
    assert admin_client.get(page).status_code == 404
    with app.app_context():
        (kept,) = ledger.every_mailbox()
        assert (kept.account, kept.retired_at is None) == (None, False)
    assert added(admin_client) == page


def test_without_a_key_the_page_says_how_to_make_one(make_sqlite_app: MakeApp) -> None:
    app = make_sqlite_app(credentials_keys=())
    client = signed_in(app, add_user(app, "ada@example.com", "Ada", "admin"))

    assert "there is no key to encrypt their secrets" in words_of(client.get("/admin/mailboxes"))
    words = words_of(client.get("/admin/mailboxes/new"))
    assert "The setting CREDENTIALS_KEY holds it, and it is empty." in words
    assert "secrets.token_hex(32)" in words
    assert client.post("/admin/mailboxes", data=BY_PASSWORD).status_code == 409


def test_secrets_show_in_no_log(app: APIFlask, admin_client: FlaskClient, caplog: Any) -> None:
    caplog.set_level("DEBUG")
    page = added(admin_client, BY_ISSUER)
    admin_client.post(page, data={**BY_ISSUER, "host": "imap2.example.com"})

    assert not re.search("hunter2", caplog.text)
