"""The confidence in an answer: it may be missing, and a wrong one is outside the schema."""

from typing import Any

import pytest

from tests.services.gemini import GeminiServer
from ticketapp.ai import FailureKind, GeminiClassifier, Verdict


def classified(classifier: GeminiClassifier, description: str) -> Verdict:
    return classifier.classify(title="Hello", description=description, deadline_seconds=5.0)


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


def test_a_missing_confidence_is_no_failure(server: GeminiServer, classifier: GeminiClassifier) -> None:
    server.next("answer", omit=("confidence",))
    assert _confidence_of(classified(classifier, "Text")) is None


def _confidence_of(verdict: Verdict) -> float | None:
    assert verdict.suggestion is not None, verdict.failure
    return verdict.suggestion.confidence
