"""Asking the model through the API, and what happens when a person decides while it thinks."""

import threading
import time
from typing import Any

import pytest
from apiflask import APIFlask

from tests.api.conftest import Program, fields_of, program_of
from tests.app_fixtures import MakeApp
from tests.services.gemini import GeminiServer
from ticketapp.actions.classification import classify
from ticketapp.ai import FailureKind
from ticketapp.db import db
from ticketapp.queries import classification

PATH = "/api/tickets/classify/"


def classifying_app(make: MakeApp, gemini: GeminiServer, *, deadline_seconds: float = 20.0) -> APIFlask:
    return make(
        gemini_api_key="test-key",
        gemini_base_url=gemini.url,
        classify_timeout_seconds=20.0,
        propose_timeout_seconds=deadline_seconds,
    )


def test_the_model_proposes_a_category_and_a_priority(make_app: MakeApp, gemini: GeminiServer) -> None:
    program = program_of(classifying_app(make_app, gemini))
    response = program.post(PATH, json={"description": "I was charged twice", "title": "Invoice"})
    assert response.status_code == 200
    proposal = response.json
    assert (proposal["suggested_category"], proposal["suggested_priority"]) == ("billing", "high")
    assert proposal["classified"] is True
    assert proposal["reason"]
    assert proposal["model"] == "gemini-3.5-flash-lite"
    assert "Invoice" in gemini.requests[0].text
    assert program.listed() == []


def test_a_severity_word_raises_the_proposal_and_the_reason_says_so(
    make_sqlite_app: MakeApp, gemini: GeminiServer
) -> None:
    program = program_of(classifying_app(make_sqlite_app, gemini))
    proposal = program.post(PATH, json={"description": "An outage! gemini:answer=technical/low"}).json
    assert proposal["suggested_priority"] == "high"
    assert proposal["reason"].endswith("Raised from low, because the text says “outage”.")


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [
        ("503", FailureKind.UNAVAILABLE),
        ("429", FailureKind.RATE_LIMITED),
        ("html", FailureKind.UNREADABLE),
    ],
)
def test_a_failure_is_answered_with_the_defaults_and_the_reason(
    make_sqlite_app: MakeApp, gemini: GeminiServer, behaviour: str, kind: FailureKind
) -> None:
    gemini.always(behaviour)
    program = program_of(classifying_app(make_sqlite_app, gemini))
    response = program.post(PATH, json={"description": "I was charged twice"})
    assert response.status_code == 200
    assert response.json["classified"] is False
    assert response.json["reason"] == kind.sentence
    assert (response.json["suggested_category"], response.json["suggested_priority"]) == ("general", "medium")


def test_nobody_waits_longer_than_the_deadline(make_sqlite_app: MakeApp, gemini: GeminiServer) -> None:
    gemini.always("hang")
    program = program_of(classifying_app(make_sqlite_app, gemini, deadline_seconds=1.0))
    started = time.monotonic()
    response = program.post(PATH, json={"description": "I was charged twice"})
    assert time.monotonic() - started < 5
    assert (response.status_code, response.json["classified"]) == (200, False)
    assert response.json["reason"] == FailureKind.TIMED_OUT.sentence


def test_without_a_key_the_reason_says_so(program: Program) -> None:
    response = program.post(PATH, json={"description": "I was charged twice"})
    assert response.json == {
        "suggested_category": "general",
        "suggested_priority": "medium",
        "classified": False,
        "reason": FailureKind.NO_KEY.sentence,
        "confidence": None,
        "model": "none",
    }


@pytest.mark.parametrize(
    ("body", "field", "right"),
    [
        ({}, "description", "is missing"),
        ({"description": " "}, "description", "must not be blank"),
        ({"description": None}, "description", "must be text"),
        ({"description": "\ud800"}, "description", "broken Unicode"),
        ({"description": "a", "title": 5}, "title", "must be text"),
        ({"description": "a", "title": "x" * 201}, "title", "at most 200"),
        ({"description": "a", "category": "billing"}, "category", "not known"),
    ],
)
def test_what_cannot_be_classified_is_named(refused: Program, body: dict[str, Any], field: str, right: str) -> None:
    assert right in fields_of(refused.post(PATH, json=body))[field]


def test_no_connection_is_held_while_the_model_thinks(make_postgres_app: MakeApp, gemini: GeminiServer) -> None:
    app = classifying_app(make_postgres_app, gemini)
    program = program_of(app)
    program.listed()  # the token's use is noted by now, so that noting it ends no transaction below
    gemini.always("hold")
    asking = threading.Thread(target=program.post, args=(PATH,), kwargs={"json": {"description": "Help"}})
    asking.start()
    gemini.wait_for_requests(1)
    with app.app_context():
        assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    gemini.release()
    asking.join()


def test_a_persons_choice_wins_over_an_answer_that_arrives_later(make_app: MakeApp, gemini: GeminiServer) -> None:
    app = classifying_app(make_app, gemini)
    program = program_of(app)
    ticket = program.create("Invoice", "I was charged twice")
    gemini.next("hold")
    outside = app.extensions["ticketapp"]

    def answer() -> None:
        with app.app_context():
            run_id = classification.outstanding(ticket["id"])
            assert run_id is not None
            classify(run_id, outside.classifier, deadline_seconds=10)

    thinking = threading.Thread(target=answer)
    thinking.start()
    gemini.wait_for_requests(1)
    program.patch(f"/api/tickets/{ticket['id']}/", json={"category": "account"})
    gemini.release()
    thinking.join()
    after = program.get(f"/api/tickets/{ticket['id']}/").json
    assert (after["category"], after["category_by"]) == ("account", "person")
    assert (after["priority"], after["priority_by"]) == ("high", "machine")
