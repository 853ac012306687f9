"""One account under two names of its server is one mailbox: else each of its mails would become two tickets."""

import socket
import time

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from tests.app_fixtures import MakeApp, add_user, signed_in
from tests.web.browsing import words_of
from tests.web.test_admin_mailboxes_form import BY_PASSWORD, added
from ticketapp.queries import ledger
from ticketapp.web import host_addresses
from ticketapp.web.host_addresses import addresses_of

HERE = {**BY_PASSWORD, "host": "127.0.0.1"}
ALIAS = {**BY_PASSWORD, "host": "localhost", "port": "143"}
SENTENCE = "This host is the server of a mailbox that is there already: billing@example.com@127.0.0.1/INBOX."


def test_it_is_not_added_under_its_second_name_and_none_is_changed_to_it(admin_client: FlaskClient) -> None:
    added(admin_client, HERE)
    other = added(admin_client, {**ALIAS, "folder": "Invoices"})

    assert SENTENCE in words_of(admin_client.post("/admin/mailboxes", data=ALIAS))
    assert SENTENCE in words_of(admin_client.post(other, data=ALIAS))


def test_another_user_folder_or_server_is_another_mailbox(admin_client: FlaskClient) -> None:
    forms = [HERE, {**ALIAS, "username": "jo"}, {**ALIAS, "folder": "Box"}, {**ALIAS, "host": "nowhere.invalid"}]

    assert len({added(admin_client, form) for form in forms}) == 4


def test_a_removed_one_is_taken_back_with_its_ledger(app: APIFlask, admin_client: FlaskClient) -> None:
    page = added(admin_client, HERE)
    admin_client.post(f"{page}/retirement")

    assert added(admin_client, ALIAS) == page
    with app.app_context():
        assert [mailbox.name for mailbox in ledger.mailboxes()] == ["billing@example.com@localhost/INBOX"]


def test_one_may_be_changed_to_the_other_name_of_its_own_server(admin_client: FlaskClient) -> None:
    page = added(admin_client, HERE)

    assert admin_client.post(page, data={**ALIAS, "password": "x"}).status_code == 303


def test_that_of_the_environment_is_not_added_under_another_name(make_sqlite_app: MakeApp) -> None:
    app = make_sqlite_app(imap_host="127.0.0.1", imap_user="billing@example.com", imap_folder="INBOX")
    client = signed_in(app, add_user(app, "ada@example.com", "Ada", "admin"))

    assert "The environment sets this mailbox" in words_of(client.post("/admin/mailboxes", data=ALIAS))


def test_a_name_service_that_is_silent_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_addresses, "LONGEST_SECONDS", 0.1)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(0.5) or [])

    assert addresses_of("imap.example.com") == frozenset()
