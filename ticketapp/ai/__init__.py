"""Text in, Suggestion out: what a ticket is about and how much it matters. Knows no database and no web."""

from ticketapp.ai.classifier import Call, Classifier, Floor, UnconfiguredClassifier, Verdict
from ticketapp.ai.failures import Failure, FailureKind
from ticketapp.ai.floors import raised
from ticketapp.ai.gate import Availability, Caller, Gate
from ticketapp.ai.gated import PROGRAM_PLACES, GatedClassifier
from ticketapp.ai.gemini import GeminiClassifier
from ticketapp.ai.manner import USUAL, Example, Manner, is_model_name
from ticketapp.ai.masking import USUALLY_MASKED, MaskedKind
from ticketapp.ai.memory import FileMemory, Memory, ProcessMemory
from ticketapp.ai.pace import Pace
from ticketapp.ai.prompting import DEFAULT_PROMPT_VERSION, takes_examples
from ticketapp.ai.retries import DELAYS_SECONDS, counted_with, fresh_start_seconds, retry_delay_seconds
from ticketapp.ai.sameness import digest
from ticketapp.ai.severity import (
    SeverityWord,
    SeverityWordsError,
    floor_of,
    read_severity_words,
    shipped_severity_words,
)
from ticketapp.ai.severity_sections import check_sections
from ticketapp.ai.suggestion import CATEGORIES, PRIORITIES, Suggestion

__all__ = [
    "CATEGORIES",
    "DEFAULT_PROMPT_VERSION",
    "DELAYS_SECONDS",
    "PRIORITIES",
    "PROGRAM_PLACES",
    "USUAL",
    "USUALLY_MASKED",
    "Availability",
    "Call",
    "Caller",
    "Classifier",
    "Example",
    "Failure",
    "FailureKind",
    "FileMemory",
    "Floor",
    "Gate",
    "GatedClassifier",
    "GeminiClassifier",
    "Manner",
    "MaskedKind",
    "Memory",
    "Pace",
    "ProcessMemory",
    "SeverityWord",
    "SeverityWordsError",
    "Suggestion",
    "UnconfiguredClassifier",
    "Verdict",
    "check_sections",
    "counted_with",
    "digest",
    "floor_of",
    "fresh_start_seconds",
    "is_model_name",
    "raised",
    "read_severity_words",
    "retry_delay_seconds",
    "shipped_severity_words",
    "takes_examples",
]
