"""How mailboxes fare, for admins, and pausing them."""

import dataclasses
from datetime import timedelta

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from tests.letters import letter
from tests.web.browsing import words_of
from ticketapp import clock
from ticketapp.actions.ledger import SeenMail, end_poll, record, register_mailbox
from ticketapp.clock import utc_now
from ticketapp.outside import EXTENSION, outside

NAME = "support@imap.example.com/INBOX"


def a_mailbox(app: APIFlask) -> int:
    """A mailbox that was just read, with two mails on the server and one recorded an hour ago, not yet processed."""
    with app.app_context(), clock.at(utc_now() - timedelta(hours=1)):
        mailbox_id = register_mailbox(NAME)
        record(mailbox_id, 1, [SeenMail(uid=1, size=10, arrived_at=utc_now(), raw=letter())])
    with app.app_context():
        end_poll(mailbox_id, server_count=2)
    return mailbox_id


def test_the_facts_of_a_mailbox_are_shown(app: APIFlask, admin_client: FlaskClient) -> None:
    a_mailbox(app)

    words = words_of(admin_client.get("/admin/mail"))

    assert f"{NAME} in order just now a mail waits, recorded 1 h ago 2 1 — Pause" in words


def test_an_admin_pauses_and_resumes_a_mailbox(
    app: APIFlask, admin_client: FlaskClient, agent_client: FlaskClient
) -> None:
    mailbox_id = a_mailbox(app)
    hints: list[tuple[object, ...]] = []
    with app.app_context():
        world = dataclasses.replace(outside(), hint=lambda *hint: hints.append(hint))
    app.extensions[EXTENSION] = world

    answer = admin_client.post(f"/admin/mailboxes/{mailbox_id}/pause")

    words = words_of(admin_client.get(answer.location))
    assert "The mailbox is paused. New mail waits on the server until it is resumed." in words
    assert f"{NAME} paused just now" in words
    told = words_of(agent_client.get("/account"))
    assert "New mail does not arrive: an admin paused the mailbox on" in told
    assert hints == []

    answer = admin_client.post(f"/admin/mailboxes/{mailbox_id}/resumption")

    assert f"{NAME} in order" in words_of(admin_client.get(answer.location))
    assert hints == [("poll_mailbox", mailbox_id)]


def test_agents_pause_nothing(app: APIFlask, agent_client: FlaskClient) -> None:
    assert agent_client.post(f"/admin/mailboxes/{a_mailbox(app)}/pause").status_code == 403


def test_a_mailbox_that_does_not_exist_is_not_found(admin_client: FlaskClient) -> None:
    assert admin_client.post("/admin/mailboxes/7/pause").status_code == 404


def test_health_tells_lag_counts_and_pause(app: APIFlask, admin_client: FlaskClient) -> None:
    mailbox_id = a_mailbox(app)
    with app.app_context():
        end_poll(mailbox_id, error="It burns.")
    admin_client.post(f"/admin/mailboxes/{mailbox_id}/pause")

    answer = app.test_client().get("/healthz").json

    assert answer is not None
    (found,) = answer["mailboxes"]
    assert 3590 < found["lag_seconds"] < 3700
    assert (found["server_count"], found["ledger_count"]) == (2, 1)
    assert found["paused_at"].endswith("+00:00")
    assert (answer["status"], found["failing_since"]) == ("ok", None)


@pytest.mark.parametrize("what", ["checks", "pause", "resumption"])
def test_a_mailbox_without_a_page_takes_no_orders(app: APIFlask, admin_client: FlaskClient, what: str) -> None:
    with app.app_context():
        mailbox_id = register_mailbox("import:/var/mail/old")

    assert admin_client.post(f"/admin/mailboxes/{mailbox_id}/{what}").status_code == 404
    assert admin_client.get(f"/admin/mailboxes/{mailbox_id}").status_code == 404
