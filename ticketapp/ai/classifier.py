"""What every classifier promises, the verdict it gives, and the classifier of an installation without a key."""

from dataclasses import dataclass
from typing import Protocol

from ticketapp.ai.failures import Failure, FailureKind
from ticketapp.ai.manner import USUAL, Manner
from ticketapp.ai.prompting import DEFAULT_PROMPT_VERSION
from ticketapp.ai.suggestion import Suggestion


@dataclass(frozen=True, slots=True)
class Floor:
    """The severity word that raised a priority, and what the model had said."""

    word: str
    priority_before: str

    @property
    def sentence(self) -> str:
        """What happened, in one sentence for staff."""
        return f"Raised from {self.priority_before}, because the text says “{self.word}”."


@dataclass(frozen=True, slots=True)
class Call:
    """One call that was made for a verdict, and what it took by itself; without ``error_kind`` it was answered."""

    model: str
    prompt_version: str
    latency_ms: int
    tokens_in: int | None = None
    tokens_out: int | None = None
    error_kind: FailureKind | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one question: a suggestion or a failure, never both, and what it took to get there.

    `latency_ms` is the time the caller waited, also in vain or for a turn in the pace, 0 where an answer was known.
    Tokens are as the provider counted them (`tokens_out` includes thinking), None when it did not say. `examples` are
    the references of the examples that were given. A suggestion whose priority a severity word raised has its
    `floor`. `refused_thinking` says that the model did not take how much it was told to think; it is told otherwise
    when it is asked again. `calls` are those that were made for it, with what each took by itself, the oldest first,
    until they are written down: none where nobody was asked.
    """

    suggestion: Suggestion | None
    failure: Failure | None
    model: str
    prompt_version: str
    latency_ms: int
    tokens_in: int | None = None
    tokens_out: int | None = None
    examples: tuple[int, ...] = ()
    floor: Floor | None = None
    refused_thinking: bool = False
    calls: tuple[Call, ...] = ()

    def __post_init__(self) -> None:
        if (self.suggestion is None) == (self.failure is None):
            raise ValueError("a verdict holds either a suggestion or a failure")


class Classifier(Protocol):
    """Whoever can look at a ticket's text and propose a category and a priority."""

    @property
    def model(self) -> str:
        """The model that answers where the manner of a question names none."""

    @property
    def prompt_version(self) -> str:
        """The version of the question put to it, as it is stored with each run."""

    @property
    def is_configured(self) -> bool:
        """Whether asking can succeed at all."""

    def classify(
        self,
        *,
        title: str,
        description: str,
        deadline_seconds: float,
        newest_reply: str = "",
        manner: Manner = USUAL,
    ) -> Verdict:
        """The verdict on this text, within `deadline_seconds` in all; a failure is returned, never raised."""

    def is_known(self, *, title: str, description: str, newest_reply: str = "", manner: Manner = USUAL) -> bool:
        """Whether this question was answered within the hour, so that nobody would have to be asked."""

    def warm_up(self) -> None:
        """Do now what the first question would otherwise wait for (up to a second); more often costs nothing."""


class UnconfiguredClassifier:
    """The classifier of an installation without a key: always says so, never calls anybody."""

    model = "none"
    prompt_version = DEFAULT_PROMPT_VERSION
    is_configured = False

    def classify(
        self,
        *,
        title: str,
        description: str,
        deadline_seconds: float,
        newest_reply: str = "",
        manner: Manner = USUAL,
    ) -> Verdict:
        """A verdict that failed with `no_key`, at once."""
        return Verdict(
            suggestion=None,
            failure=Failure.of(FailureKind.NO_KEY),
            model=self.model,
            prompt_version=self.prompt_version,
            latency_ms=0,
        )

    def is_known(self, **_: object) -> bool:
        """Never: nothing was asked."""
        return False

    def warm_up(self) -> None:
        """Nothing: there is nobody to ask."""
