"""The shape of an answer: what the model is told to send, and the strict reading of what it sent."""

import json
from dataclasses import dataclass

from pydantic import BaseModel, Field, ValidationError

from ticketapp.ai.failures import Failure, FailureKind, shortened
from ticketapp.ai.suggestion import MAX_REASON_CHARACTERS, Category, Priority, Suggestion

_OUT_OF_RANGE = frozenset({"literal_error", "greater_than_equal", "less_than_equal"})
NO_REASON = "No reason was given."


class AnswerShape(BaseModel):
    # No docstring and no "extra" here: both would become part of the schema on the wire. Reason comes first
    # so that the model states the harm before it settles on the words.
    reason: str = Field(description="One line: what the customer needs, and the harm that decided the priority")
    category: Category = Field(description="The kind of work that will solve the ticket")
    priority: Priority = Field(description="The harm to the customer's business if nothing happens today")
    confidence: float = Field(description="The chance, 0 to 1, that an experienced colleague would agree")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one call came to: a suggestion or a failure, and the tokens it cost.

    ``refused_thinking`` holds the server's words where it did not take how much the model was told to think.
    """

    suggestion: Suggestion | None = None
    failure: Failure | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    refused_thinking: str | None = None


def read_text(text: str) -> Suggestion | Failure:
    """The suggestion in an answer's text, or why there is none.

    Words outside the allowed ones, missing, additional or repeated fields, a confidence that is no number from 0
    to 1, and anything but plain JSON are failures.
    """
    try:
        answer = _Answer.model_validate_json(text, extra="forbid")
    except ValidationError as error:
        return _refused(error)
    if _repeats_a_field(text):
        return Failure.of(FailureKind.UNREADABLE, "answer: a field is there twice")
    return Suggestion(
        category=answer.category,
        priority=answer.priority,
        reason=shortened(answer.reason, MAX_REASON_CHARACTERS) or NO_REASON,
        confidence=answer.confidence,
    )


class _Answer(BaseModel):
    reason: str
    category: Category
    priority: Priority
    confidence: float = Field(strict=True, ge=0, le=1, allow_inf_nan=False)


def _repeats_a_field(text: str) -> bool:
    """Whether this JSON object, which is otherwise good, has two values for a field: nobody knows which counts."""
    pairs = json.loads(text, object_pairs_hook=list, parse_int=str)  # a number may be too long for an int
    return len(pairs) != len(dict(pairs))


def _refused(error: ValidationError) -> Failure:
    problems = error.errors(include_url=False, include_context=False)
    is_out_of_range = any(problem["type"] in _OUT_OF_RANGE for problem in problems)
    detail = "; ".join(
        f"{'.'.join(map(str, problem['loc'])) or 'answer'}: {problem['msg']}, got {str(problem['input'])[:60]!r}"
        for problem in problems[:3]
    )
    return Failure.of(FailureKind.OUT_OF_RANGE if is_out_of_range else FailureKind.UNREADABLE, detail)
