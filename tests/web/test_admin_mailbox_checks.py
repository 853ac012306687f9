"""Asking for a test of a mailbox and watching it, with script and without."""

import dataclasses

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from tests.web.browsing import words_of
from tests.web.test_admin_mailboxes_form import added
from ticketapp.actions import mailbox_checks
from ticketapp.models import CheckedStep, StepOutcome
from ticketapp.outside import EXTENSION, outside

LIVE = {"HX-Request": "true"}


@pytest.fixture
def hints(app: APIFlask) -> list[tuple[object, ...]]:
    """What the worker was told."""
    found: list[tuple[object, ...]] = []
    with app.app_context():
        app.extensions[EXTENSION] = dataclasses.replace(outside(), hint=lambda *hint: found.append(hint))
    return found


def asked(client: FlaskClient) -> str:
    """Ask for a test of a new mailbox; the address of the test's page."""
    return str(client.post(f"{added(client)}/checks").location)


def test_the_button_asks_the_worker_and_leads_to_the_steps(
    admin_client: FlaskClient, hints: list[tuple[object, ...]]
) -> None:
    path = asked(admin_client)

    assert hints == [("poll_mailbox", 1), ("check_mailbox", 1)]
    page = admin_client.get(path)
    words = words_of(page)
    assert "Name is being tried…" in words
    assert words.count("waits") == 5
    assert '<noscript><meta http-equiv="refresh"' in page.text
    assert f'hx-get="{path}"' in page.text


def test_the_page_shows_each_step_as_it_is_done(app: APIFlask, admin_client: FlaskClient) -> None:
    path = asked(admin_client)
    etag = admin_client.get(path, headers=LIVE).headers["ETag"]
    assert admin_client.get(path, headers={**LIVE, "If-None-Match": etag}).status_code == 304

    with app.app_context():
        mailbox_checks.record_step(1, CheckedStep.DNS, StepOutcome.OK, took_ms=1234, note="192.0.2.1")
    fragment = admin_client.get(path, headers={**LIVE, "If-None-Match": etag})

    assert fragment.status_code == 200
    assert "<html" not in fragment.text
    assert "ok 1,234 ms 192.0.2.1" in words_of(fragment)
    assert "Connection is being tried…" in words_of(fragment)


@pytest.mark.parametrize(
    ("outcome", "note", "verdict"),
    [
        (StepOutcome.FAILED, "The mail did not come back.", "Round trip failed. What to do stands below."),
        (StepOutcome.OK, "", "Everything is in order."),
        (StepOutcome.NOT_TRIED, "Set SMTP_HOST first.", "What could be tried is in order."),
    ],
)
def test_a_test_that_is_done_says_how_it_went(
    app: APIFlask, admin_client: FlaskClient, outcome: StepOutcome, note: str, verdict: str
) -> None:
    path = asked(admin_client)
    with app.app_context():
        *others, last = CheckedStep
        for step in others:
            mailbox_checks.record_step(1, step, StepOutcome.OK, took_ms=1)
        took_ms = None if outcome == StepOutcome.NOT_TRIED else 5
        mailbox_checks.record_step(1, last, outcome, took_ms=took_ms, note=note)
        mailbox_checks.finish(1)

    page = admin_client.get(path)

    assert verdict in words_of(page)
    assert note in words_of(page)
    assert "refresh" not in page.text.partition("<body")[0]
    assert "Last test just now" in words_of(admin_client.get("/admin/mailboxes/1"))


def test_a_test_belongs_to_its_mailbox(admin_client: FlaskClient) -> None:
    path = asked(admin_client)
    assert admin_client.get(path.replace("mailboxes/1", "mailboxes/2")).status_code == 404
    assert admin_client.get(path.replace("checks/1", "checks/7")).status_code == 404
    assert admin_client.post("/admin/mailboxes/7/checks").status_code == 404
