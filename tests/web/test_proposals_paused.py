"""While the provider does not answer, forms and programs get defaults and a sentence at once, and tickets open."""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from tests.api.conftest import program_of
from tests.app_fixtures import MakeApp, add_user, signed_in
from tests.services.gemini import GeminiServer
from tests.web.opened import ticket_of
from ticketapp.ai import PROGRAM_PLACES, FailureKind
from ticketapp.outside import EXTENSION

WORDS = {"title": "Charged twice", "description": "I was charged twice and cannot pay."}


@pytest.fixture
def paused(make_sqlite_app: MakeApp, gemini: GeminiServer) -> APIFlask:
    """An application whose provider refused five times and hangs since."""
    app = make_sqlite_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url)
    for _ in range(5):
        gemini.next("429", retry_after=60)
        app.extensions[EXTENSION].classifier.classify(title="Hi", description="There", deadline_seconds=4)
    gemini.always("hang")
    return app


@pytest.fixture
def client(paused: APIFlask) -> FlaskClient:
    return signed_in(paused, add_user(paused, "gil@example.com", "Gil", "agent"))


def test_a_form_is_told_within_milliseconds_and_nobody_is_asked(client: FlaskClient, gemini: GeminiServer) -> None:
    before = len(gemini.requests)
    taken = []
    for _ in range(9):
        started = time.perf_counter()
        answer = client.post("/tickets/suggestion", data=WORDS)
        taken.append(time.perf_counter() - started)
        assert FailureKind.PAUSED.sentence in answer.text
    assert len(gemini.requests) == before == 1
    assert statistics.median(taken) < 0.2


def test_a_ticket_opens_with_the_defaults_and_waits_without_losing_a_try(
    paused: APIFlask, client: FlaskClient
) -> None:
    assert client.post("/tickets", data=WORDS | {"category": "", "priority": ""}).status_code == 303
    ticket = ticket_of(paused, 1)
    assert (ticket.category, ticket.category_by, ticket.priority) == ("general", "default", "medium")
    assert FailureKind.RATE_LIMITED.sentence in client.get("/tickets/1").text.split('id="facts"')[1]


def test_a_program_gets_the_defaults_and_the_reason(paused: APIFlask) -> None:
    answer = (
        program_of(paused).post("/api/tickets/classify/", json={"description": "I was charged twice."}).get_json()
    )
    assert (answer["classified"], answer["suggested_category"], answer["suggested_priority"]) == (
        False,
        "general",
        "medium",
    )
    assert answer["reason"] == FailureKind.PAUSED.sentence


def test_programs_take_no_place_from_forms(make_sqlite_app: MakeApp, gemini: GeminiServer) -> None:
    """While as many programs wait as may, a form is answered, and one program more is told so at once."""
    app = make_sqlite_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url)
    program, person = program_of(app), signed_in(app, add_user(app, "gil@example.com", "Gil", "agent"))
    gemini.always("hang")

    def asked(number: int) -> str:
        answer = program.post("/api/tickets/classify/", json={"description": f"Program {number}"})
        return str(answer.json["reason"])

    with ThreadPoolExecutor(PROGRAM_PLACES) as waiting:
        programs = [waiting.submit(asked, number) for number in range(PROGRAM_PLACES)]
        gemini.wait_for_requests(PROGRAM_PLACES)
        assert asked(PROGRAM_PLACES) == FailureKind.BUSY.sentence
        gemini.always(None)
        assert "billing" in person.post("/tickets/suggestion", data=WORDS).text.lower()
        assert {each.result() for each in programs} == {FailureKind.TIMED_OUT.sentence}
