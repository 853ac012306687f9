"""Why a classification failed: the kinds, what each means in plain words, and whether asking again helps."""

from dataclasses import dataclass
from enum import StrEnum

MAX_DETAIL_CHARACTERS = 300


class FailureKind(StrEnum):
    """Every way a classification can fail. The values are stable: they are stored and counted."""

    NO_KEY = "no_key"
    REFUSED_KEY = "refused_key"
    UNKNOWN_MODEL = "unknown_model"
    BILLING = "billing"
    REFUSED_ACCOUNT = "refused_account"
    BAD_REQUEST = "bad_request"
    BLOCKED = "blocked"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    TIMED_OUT = "timed_out"
    UNREACHABLE = "unreachable"
    UNREADABLE = "unreadable"
    OUT_OF_RANGE = "out_of_range"
    CUT_OFF = "cut_off"
    EMPTY = "empty"
    BUSY = "busy"
    PAUSED = "paused"
    PACED = "paced"
    UNEXPECTED = "unexpected"

    @property
    def sentence(self) -> str:
        """The cause in one plain sentence for staff."""
        return _SENTENCES[self]

    @property
    def is_retryable(self) -> bool:
        """Whether the same question may succeed later; after an admin mended what there is to mend, too."""
        return self not in _PERMANENT

    @property
    def is_providers(self) -> bool:
        """Whether it says that the provider, not this one text, is in trouble."""
        return self in _PROVIDERS

    @property
    def may_be_the_texts(self) -> bool:
        """Whether the same text, asked about a moment later, is likely to fail alike."""
        return self in _OF_A_TEXT

    @property
    def awaits_an_admin(self) -> bool:
        """Whether every further question would fail alike until an admin has mended something."""
        return self in _AN_ADMINS

    @property
    def was_asked(self) -> bool:
        """Whether the provider saw the question at all; if not, no try is used up."""
        return self not in _NEVER_ASKED


_PERMANENT = frozenset(
    {
        FailureKind.NO_KEY,
        FailureKind.BLOCKED,
    }
)
_AN_ADMINS = frozenset(
    {
        FailureKind.REFUSED_KEY,
        FailureKind.UNKNOWN_MODEL,
        FailureKind.BILLING,
        FailureKind.REFUSED_ACCOUNT,
    }
)
_PROVIDERS = _AN_ADMINS | {
    FailureKind.RATE_LIMITED,
    FailureKind.UNAVAILABLE,
    FailureKind.TIMED_OUT,
    FailureKind.UNREACHABLE,
}
_OF_A_TEXT = frozenset(
    {
        FailureKind.BAD_REQUEST,
        FailureKind.TIMED_OUT,
        FailureKind.UNREADABLE,
        FailureKind.OUT_OF_RANGE,
        FailureKind.CUT_OFF,
        FailureKind.EMPTY,
    }
)
_NEVER_ASKED = frozenset({FailureKind.NO_KEY, FailureKind.BUSY, FailureKind.PAUSED, FailureKind.PACED})

_SENTENCES = {
    FailureKind.NO_KEY: "No Gemini API key is set, so tickets are not classified.",
    FailureKind.REFUSED_KEY: "Gemini refused the API key; an admin needs to check it.",
    FailureKind.UNKNOWN_MODEL: "Gemini does not know the model that is set; an admin needs to check its name.",
    FailureKind.BILLING: (
        "Gemini does not answer because of the account's billing; an admin needs to check its plan and credit."
    ),
    FailureKind.REFUSED_ACCOUNT: (
        "Gemini does not serve the account, its project, or the place it is used from; an admin needs to check them."
    ),
    FailureKind.BAD_REQUEST: "Gemini did not accept the question as it was put.",
    FailureKind.BLOCKED: "Gemini declined to answer because of what the text contains.",
    FailureKind.RATE_LIMITED: "Gemini is limiting how often we may ask at the moment.",
    FailureKind.UNAVAILABLE: "Gemini is having trouble at the moment.",
    FailureKind.TIMED_OUT: "Gemini did not answer in time.",
    FailureKind.UNREACHABLE: "Gemini could not be reached, or the connection broke.",
    FailureKind.UNREADABLE: "Gemini's answer could not be read.",
    FailureKind.OUT_OF_RANGE: "Gemini answered with a word or figure that is not allowed.",
    FailureKind.CUT_OFF: "Gemini's answer was cut off before its end.",
    FailureKind.EMPTY: "Gemini sent an empty answer.",
    FailureKind.BUSY: "Too many questions to Gemini are still waiting for an answer.",
    FailureKind.PAUSED: "Gemini does not answer just now, and is left alone for a while.",
    FailureKind.PACED: "As many questions as are allowed in a minute are being asked just now.",
    FailureKind.UNEXPECTED: "Something unexpected went wrong while asking Gemini.",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """One failed classification.

    `sentence` is for people. `retry_after_seconds` is how long the provider asked us to wait, if it did.
    `detail` is technical, for the log and the runs page: in a verdict one short line that holds no key.
    """

    kind: FailureKind
    sentence: str
    retryable: bool
    retry_after_seconds: float | None = None
    detail: str = ""

    @classmethod
    def of(cls, kind: FailureKind, detail: str = "", *, retry_after_seconds: float | None = None) -> "Failure":
        """The failure of this kind, with its usual sentence."""
        return cls(
            kind=kind,
            sentence=kind.sentence,
            retryable=kind.is_retryable,
            retry_after_seconds=retry_after_seconds,
            detail=detail,
        )


def shortened(text: str, limit: int = MAX_DETAIL_CHARACTERS) -> str:
    """`text` as one line of at most `limit` characters, each of which can be seen and every database takes."""
    line = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
