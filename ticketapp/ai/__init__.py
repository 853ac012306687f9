"""Text in, Suggestion out: what a ticket is about and how much it matters. Knows no database and no web."""

from ticketapp.ai.classifier import Classifier, UnconfiguredClassifier, Verdict
from ticketapp.ai.failures import Failure, FailureKind
from ticketapp.ai.gemini import GeminiClassifier
from ticketapp.ai.retries import retry_delay_seconds
from ticketapp.ai.suggestion import CATEGORIES, PRIORITIES, Suggestion

__all__ = [
    "CATEGORIES",
    "PRIORITIES",
    "Classifier",
    "Failure",
    "FailureKind",
    "GeminiClassifier",
    "Suggestion",
    "UnconfiguredClassifier",
    "Verdict",
    "retry_delay_seconds",
]
