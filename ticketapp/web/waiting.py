"""Why tickets wait for the machine at the moment, in words for the page of one and for the marks of a list."""

from dataclasses import dataclass
from datetime import UTC, datetime

from ticketapp.ai import FailureKind
from ticketapp.outside import outside
from ticketapp.web.banners import board
from ticketapp.web.security import me

THEN = "What waits is classified by itself then."
ASKED_AGAIN = "It is asked again by itself, and what waits is classified then."
_MARKS = {
    FailureKind.NO_KEY: "waits: no key is set",
    FailureKind.REFUSED_KEY: "waits: key refused",
    FailureKind.UNKNOWN_MODEL: "waits: model unknown",
    FailureKind.BILLING: "waits: billing",
    FailureKind.REFUSED_ACCOUNT: "waits: account refused",
}
_REMEDIES = {
    FailureKind.NO_KEY: ("Set GEMINI_API_KEY and start the system again.", "An admin can set one."),
    FailureKind.REFUSED_KEY: ("Check GEMINI_API_KEY and start the system again.", ""),
    FailureKind.UNKNOWN_MODEL: ("Choose another one at Classification.", ""),
    FailureKind.BILLING: ("Google AI Studio shows them.", ""),
    FailureKind.REFUSED_ACCOUNT: ("Google AI Studio shows what is wrong.", ""),
}


@dataclass(frozen=True, slots=True)
class Hold:
    """What holds up a ticket that waits: as a mark of few words, and as whole sentences, ``cause`` with what can be
    done and ``then`` what comes after.

    ``kind`` is what is wrong with asking the model at all; None: a paused bulk job holds this one.
    """

    kind: FailureKind | None
    mark: str
    cause: str
    then: str = ""

    @property
    def sentence(self) -> str:
        """All there is to say."""
        return f"{self.cause} {self.then}".strip()

    @property
    def passes(self) -> bool:
        """Whether it is over by itself some time."""
        return self.kind is not None and self.kind not in _MARKS


def hold_now() -> Hold | None:
    """What holds every ticket up, as whoever is signed in is to read it, at most five seconds old; None: nothing."""
    if not outside().classifier.is_configured:
        return hold_of(FailureKind.NO_KEY, is_admin=me().is_admin)
    kind = board().troubles().gemini.kind
    return hold_of(kind, is_admin=me().is_admin) if kind is not None else None


def asked_again_at() -> datetime | None:
    """Until when at least Gemini is left alone, as of the last five seconds; None where it is asked as usual."""
    until = board().troubles().gemini.until
    return datetime.fromtimestamp(until, UTC) if until is not None else None


def hold_of(kind: FailureKind, *, is_admin: bool) -> Hold:
    """What there is to say of tickets while Gemini is left alone for this."""
    if kind not in _MARKS:
        return Hold(kind, "waits for the machine", kind.sentence, ASKED_AGAIN)
    remedy = _REMEDIES[kind][0 if is_admin else 1]
    return Hold(kind, _MARKS[kind], f"{kind.sentence} {remedy}".strip(), THEN)


def hold_on(held_by_id: int | None, hold: Hold | None) -> Hold | None:
    """What holds up one ticket: what somebody has to mend for all of them, else the paused bulk job that holds it,
    else what will pass."""
    if held_by_id is None or (hold is not None and not hold.passes):
        return hold
    return Hold(None, "waits: bulk job paused", f"It waits until bulk job {held_by_id}, which is paused, goes on.")
