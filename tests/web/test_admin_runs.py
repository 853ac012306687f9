"""The classification runs, for admins."""

from collections.abc import Iterator

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from tests.actions.bulk_work import started
from tests.app_fixtures import MakeApp, add_user, signed_in
from tests.services.gemini import GeminiServer
from tests.web.browsing import words_of
from ticketapp.actions import classification
from ticketapp.actions.tickets import NewTicket, open_ticket
from ticketapp.clock import utc_now
from ticketapp.models import Source, User
from ticketapp.outside import outside
from ticketapp.queries import classification as runs


@pytest.fixture
def asking_app(make_sqlite_app: MakeApp, gemini: GeminiServer) -> Iterator[APIFlask]:
    """An application with a key, its context pushed."""
    app = make_sqlite_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url)
    with app.app_context():
        yield app


@pytest.fixture
def ada(asking_app: APIFlask) -> User:
    """The admin there."""
    return add_user(asking_app, "ada@example.com", "Ada Admin", "admin")


@pytest.fixture
def client(asking_app: APIFlask, ada: User) -> FlaskClient:
    """Her session."""
    return signed_in(asking_app, ada)


def open_tickets(count: int) -> None:
    """Tickets that nobody classified, each with a run queued."""
    for number in range(count):
        open_ticket(NewTicket(title=f"Ticket {number}", description="It is broken.", source=Source.API), by=None)


def classify_due() -> None:
    """Do every run that is due, as the worker does."""
    for run_id in runs.due(utc_now(), limit=100):
        classification.classify(run_id, outside().classifier, deadline_seconds=5)


def test_no_run_yet_is_said(client: FlaskClient) -> None:
    assert "No such run" in words_of(client.get("/admin/runs"))


def test_an_outcome_is_shown_with_model_reason_and_cost(client: FlaskClient, gemini: GeminiServer) -> None:
    open_tickets(1)
    classify_due()

    words = words_of(client.get("/admin/runs"))

    assert "Ticket 0" in words
    assert "Succeeded , try 1" in words
    assert outside().config.gemini_model in words
    assert " ms" in words
    assert " tokens" in words


def test_a_failure_is_shown_with_its_cause_in_words(client: FlaskClient, gemini: GeminiServer) -> None:
    gemini.next("400")
    open_tickets(1)
    classify_due()

    words = words_of(client.get("/admin/runs?state=gave_up"))

    assert "Gemini refused the API key; an admin needs to check it." in words


def test_runs_are_narrowed_by_state(client: FlaskClient) -> None:
    open_tickets(1)

    assert "Ticket 0" in words_of(client.get("/admin/runs?state=queued"))
    assert "Ticket 0" not in words_of(client.get("/admin/runs?state=succeeded"))
    assert client.get("/admin/runs?state=lost").status_code == 422


def test_older_runs_are_a_page_away(client: FlaskClient) -> None:
    open_tickets(51)

    first = client.get("/admin/runs")
    assert "/admin/runs?below=2" in first.text
    assert ">1 Ticket 0<" not in first.text
    assert ">1 Ticket 0<" in client.get("/admin/runs?below=2").text


def test_a_bulk_job_shows_how_far_it_has_got(client: FlaskClient, ada: User) -> None:
    open_tickets(3)
    started(ada)
    assert "is going on: 0 classified" in words_of(client.get("/admin/runs"))

    classify_due()

    assert "is done: 3 classified, 0 failed" in words_of(client.get("/admin/runs"))


def test_a_verdict_taken_from_another_run_says_so(client: FlaskClient, gemini: GeminiServer) -> None:
    for _ in range(2):
        open_ticket(NewTicket(title="Twice", description="It is broken.", source=Source.API), by=None)
    classify_due()
    classify_due()

    assert "copied from run 1, same text" in words_of(client.get("/admin/runs"))
    assert "Copied from run 1: the same text had been asked about" in words_of(client.get("/tickets/2"))
    assert len(gemini.requests) == 1
