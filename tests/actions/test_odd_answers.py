"""Whatever the provider says, one call is made and written down, and the run comes to an end."""

from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from tests.actions.classifying import classified, classifier, newest_run, opened
from tests.services.gemini import GeminiServer
from ticketapp.ai import FailureKind, GeminiClassifier
from ticketapp.db import db
from ticketapp.models import ClassificationRun, ModelCall, RunState

__all__ = ["classifier"]
IN, OUT, THOUGHTS = "promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount"


def error(code: int = 503, **facts: Any) -> dict[str, Any]:
    return {"status": code, "body": {"error": {"code": code, "status": "ODD", "message": "m", **facts}}}


def done(gemini: GeminiServer, classifier: GeminiClassifier, told: dict[str, Any]) -> ClassificationRun:
    """The run that got this answer."""
    ticket = opened("My invoice is wrong")
    run_id = newest_run(ticket).id
    gemini.next("told", **told)
    classified(ticket, classifier)
    assert len(gemini.requests) == 1
    return db.session.get_one(ClassificationRun, run_id, populate_existing=True)


def calls() -> list[ModelCall]:
    return list(db.session.scalars(select(ModelCall)))


@pytest.mark.parametrize(
    ("told", "kind", "detail"),
    [
        (error(message="a\0b"), FailureKind.UNAVAILABLE, "HTTP 503 ODD: a b"),
        (error(message="a\ud800b\u202ec"), FailureKind.UNAVAILABLE, "HTTP 503 ODD: a b c"),
        (error(status="\ud800\0"), FailureKind.UNAVAILABLE, "HTTP 503 : m"),
        (error(400, details=[{"reason": ["a", "list"]}, {"reason": {}}]), FailureKind.BAD_REQUEST, "HTTP 400 ODD: m"),
    ],
    ids=ascii,
)
def test_words_that_no_database_takes_are_kept_as_far_as_they_can_be(
    each_app: APIFlask,
    gemini: GeminiServer,
    classifier: GeminiClassifier,
    told: dict[str, Any],
    kind: FailureKind,
    detail: str,
) -> None:
    run = done(gemini, classifier, told)
    assert (run.error_kind, run.error_detail) == (kind, detail)
    assert [call.error_kind for call in calls()] == [kind]


@pytest.mark.parametrize(
    "moment",
    ["Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "Mon, 01 Jan 2024 00:00:00 +99999999999999999999", "9" * 5000],
)
def test_a_time_to_wait_that_no_clock_knows_is_none(
    each_app: APIFlask, gemini: GeminiServer, classifier: GeminiClassifier, moment: str
) -> None:
    run = done(gemini, classifier, error(429) | {"headers": {"Retry-After": moment}})
    assert (run.state, run.error_kind) == (RunState.FAILED, FailureKind.RATE_LIMITED)


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [
        ({IN: 10**12, OUT: 5}, (None, 5)),
        ({IN: -5, OUT: 5}, (None, 5)),
        ({IN: 900, OUT: 2**31 - 1, THOUGHTS: 2**31 - 1}, (900, None)),
        ({IN: 900, OUT: -5, THOUGHTS: 7}, (900, None)),
        ({IN: 900, THOUGHTS: 7}, (900, 7)),
        ({}, (None, None)),
    ],
)
def test_a_count_of_tokens_that_cannot_be_is_not_known(
    each_app: APIFlask,
    gemini: GeminiServer,
    classifier: GeminiClassifier,
    usage: dict[str, int],
    tokens: tuple[int | None, int | None],
) -> None:
    run = done(gemini, classifier, usage)
    assert (run.state, run.tokens_in, run.tokens_out) == (RunState.SUCCEEDED, *tokens)
    assert [(call.tokens_in, call.tokens_out) for call in calls()] == [tokens]
