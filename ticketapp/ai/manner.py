"""What is put to the model and how: the ticket's words, examples of earlier decisions, and what admins set."""

import re
from dataclasses import dataclass

from ticketapp.ai.masking import USUALLY_MASKED, MaskedKind
from ticketapp.ai.suggestion import CATEGORIES, PRIORITIES

MAX_MODEL_CHARACTERS = 100
_MODEL_NAME = re.compile(r"\w[\w.-]*(/\w[\w.-]*)*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """An earlier ticket with what the team decided on; None is what it did not. Its text is a stranger's.

    ``reference`` is whatever the caller knows it by; it is not sent.
    """

    reference: int
    title: str
    description: str
    category: str | None
    priority: str | None

    @property
    def decision(self) -> str:
        """What the team decided on, as the model is told."""
        return f"{self.category or 'category undecided'}, {self.priority or 'priority undecided'}"

    def __post_init__(self) -> None:
        is_known = self.category in (None, *CATEGORIES) and self.priority in (None, *PRIORITIES)
        if not is_known or self.category is self.priority is None:
            raise ValueError(f"an example cannot be decided {self.category!r}, {self.priority!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a text is put to the model: which one (None: the classifier's own), without which kinds of personal data,
    and after which examples. ``may_be_known``: what was answered to it within the hour will do."""

    model: str | None = None
    masked: frozenset[MaskedKind] = USUALLY_MASKED
    examples: tuple[Example, ...] = ()
    may_be_known: bool = False


USUAL = Manner()


def is_model_name(text: str) -> bool:
    """Whether a model may be called so: words of letters, digits, dots and dashes, parted by slashes."""
    return len(text) <= MAX_MODEL_CHARACTERS and _MODEL_NAME.fullmatch(text) is not None
