"""An answer outside the schema never gets through: a wrong or missing confidence, a field that is there twice."""

from typing import Any

import pytest

from tests.services.gemini import GeminiServer
from ticketapp.ai import Failure, FailureKind, GeminiClassifier, Suggestion, Verdict
from ticketapp.ai.answers import read_text


def classified(classifier: GeminiClassifier, description: str) -> Verdict:
    return classifier.classify(title="Hello", description=description, deadline_seconds=20)


@pytest.mark.parametrize(
    ("confidence", "kind"),
    [
        (1.7, FailureKind.OUT_OF_RANGE),
        (-0.1, FailureKind.OUT_OF_RANGE),
        (83, FailureKind.OUT_OF_RANGE),
        ("0.9", FailureKind.UNREADABLE),
        (True, FailureKind.UNREADABLE),
    ],
)
def test_a_confidence_outside_the_schema_is_a_failure_like_any_other_wrong_value(
    server: GeminiServer, classifier: GeminiClassifier, confidence: Any, kind: FailureKind
) -> None:
    server.next("answer", value="account/low", confidence=confidence)
    failure = classified(classifier, "Text").failure
    assert failure is not None
    assert failure.kind == kind
    assert "confidence" in failure.detail


def test_a_missing_confidence_is_a_failure(server: GeminiServer, classifier: GeminiClassifier) -> None:
    server.next("answer", omit=("confidence",))
    failure = classified(classifier, "Text").failure
    assert failure is not None
    assert (failure.kind, "confidence" in failure.detail) == (FailureKind.UNREADABLE, True)


@pytest.mark.parametrize(
    "twice",
    [
        '"priority": "low"',
        '"priority": "high"',
        '"reason": [[["x"]]]',
        '"reason": {"a": 1}',
        '"confidence": 9e999',
        f'"confidence": {"1" * 4500}',
    ],
)
def test_a_field_that_is_there_twice_is_a_failure(twice: str) -> None:
    whole = '"reason": "r", "category": "billing", "priority": "high", "confidence": 0.5'
    assert isinstance(read_text(f"{{{whole}}}"), Suggestion)
    for text in (f"{{{twice}, {whole}}}", f"{{{whole}, {twice}}}"):
        failure = read_text(text)
        assert isinstance(failure, Failure)
        assert failure.kind in (FailureKind.UNREADABLE, FailureKind.OUT_OF_RANGE)


def test_a_deep_answer_is_a_failure() -> None:
    deep = "[" * 100_000 + "]" * 100_000
    text = f'{{"reason": {deep}, "reason": "r", "category": "billing", "priority": "high", "confidence": 0.5}}'
    assert isinstance(read_text(text), Failure)
