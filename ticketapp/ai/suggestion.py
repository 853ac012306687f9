"""What a classifier may say about a ticket: the allowed words and the suggestion made of them."""

from dataclasses import dataclass
from typing import Literal, get_args

Category = Literal["billing", "technical", "account", "general"]
Priority = Literal["low", "medium", "high", "critical"]

CATEGORIES: tuple[str, ...] = get_args(Category)
PRIORITIES: tuple[str, ...] = get_args(Priority)

MAX_REASON_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One proposal for a ticket.

    `category` is one of CATEGORIES and `priority` one of PRIORITIES. `reason` is one line of 1 to 300
    characters. `confidence` (0 to 1) is what the model says of itself: a hint, None when it gave none.
    """

    category: str
    priority: str
    reason: str
    confidence: float | None = None

    def __post_init__(self) -> None:
        if self.category not in CATEGORIES:
            raise ValueError(f"category must be one of {', '.join(CATEGORIES)}, not {self.category!r}")
        if self.priority not in PRIORITIES:
            raise ValueError(f"priority must be one of {', '.join(PRIORITIES)}, not {self.priority!r}")
        if not self.reason.strip() or len(self.reason) > MAX_REASON_CHARACTERS or "\n" in self.reason:
            raise ValueError(f"reason must be one line of 1 to {MAX_REASON_CHARACTERS} characters")
        if self.confidence is not None and not 0 <= self.confidence <= 1:
            raise ValueError(f"confidence must lie between 0 and 1, not {self.confidence!r}")
