"""When the provider is left alone: after repeated failures a pause, then one probe, then a longer pause. Pure."""

from dataclasses import dataclass, replace
from random import SystemRandom

from ticketapp.ai.failures import Failure, FailureKind
from ticketapp.ai.memory import CLOCK_STEP_SECONDS

FAILURES_IN_A_ROW = 5
FIRST_PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 300.0
JITTER = 0.2
MOST_ADDED_SECONDS = 600.0
# A form is the probe only where no worker has been for so long, because nothing is waiting to be classified.
FORMS_HOLD_BACK_SECONDS = 30.0
LOOK_AGAIN_SECONDS = 2.0
_dice = SystemRandom()


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """What all processes know of one provider's health. Moments are seconds since 1970.

    It is open from ``open_since`` on: nobody calls before ``paused_until``, then one probe at a time does, which
    loses its right at ``probe_until`` if nothing was heard of it. Both were set ``at`` a moment: where that lies
    ahead, the clock was put back since, and they are over. ``pauses`` is how many there were in a row; ``question``
    is the one that was not accepted last.
    """

    failures: int = 0
    question: str = ""
    open_since: float | None = None
    paused_until: float = 0.0
    pauses: int = 0
    cause: str = ""
    probe: str = ""
    probe_until: float = 0.0
    at: float = 0.0

    @property
    def kind(self) -> FailureKind:
        """Why it is open."""
        return FailureKind(self.cause) if self.cause else FailureKind.UNEXPECTED


CLOSED = Breaker()


def paused_until(breaker: Breaker, now: float) -> float:
    """Before when nobody calls; 0 where the clock was put back since that was set."""
    return 0.0 if _is_ahead(breaker, now) else breaker.paused_until


def wait_seconds(breaker: Breaker, now: float, *, is_form: bool = False) -> float:
    """How long to wait before asking again whether a call may be made; 0: one may, as the probe where it is open."""
    if breaker.open_since is None:
        return 0.0
    opens_at = paused_until(breaker, now) + (FORMS_HOLD_BACK_SECONDS if is_form else 0.0)
    if now < opens_at:
        return opens_at - now
    return LOOK_AGAIN_SECONDS if now < breaker.probe_until and not _is_ahead(breaker, now) else 0.0


def admitted(breaker: Breaker, now: float, *, call: str, lease_seconds: float) -> Breaker:
    """The breaker once ``call`` is under way; where it is open, that call is the probe."""
    if breaker.open_since is None:
        return breaker
    return replace(
        breaker, probe=call, probe_until=now + lease_seconds, paused_until=paused_until(breaker, now), at=now
    )


def answered(breaker: Breaker, *, call: str) -> Breaker:
    """The breaker after an answer of any sort: closed, unless the call began before it opened and proves nothing."""
    return CLOSED if breaker.open_since is None or breaker.probe == call else breaker


def given_back(breaker: Breaker, *, call: str) -> Breaker:
    """The breaker after ``call`` did not take place: where it was to be the probe, another may."""
    return replace(breaker, probe="", probe_until=0.0) if call and breaker.probe == call else breaker


def failed(breaker: Breaker, failure: Failure, now: float, *, call: str) -> Breaker:
    """The breaker after a failure of the provider's.

    It opens after five in a row, at once where an admin has to mend something or the provider asked for a pause.
    A failed probe makes the next pause longer. What fails while it is open, having begun before, says nothing new,
    except how long the provider wants to be left alone.
    """
    if breaker.open_since is not None and breaker.probe != call:
        until = now + _asked_for(failure)
        if until <= paused_until(breaker, now):
            return breaker
        probe_until = 0.0 if _is_ahead(breaker, now) else breaker.probe_until
        return replace(breaker, paused_until=until, probe_until=probe_until, at=now)
    failures = breaker.failures + 1
    is_at_once = failure.kind.awaits_an_admin or failure.retry_after_seconds is not None
    if breaker.open_since is None and failures < FAILURES_IN_A_ROW and not is_at_once:
        return replace(breaker, failures=failures, question="")
    return Breaker(
        failures=failures,
        open_since=now if breaker.open_since is None else breaker.open_since,
        paused_until=now + max(_pause_seconds(breaker.pauses), _asked_for(failure)),
        pauses=breaker.pauses + 1,
        cause=failure.kind,
        at=now,
    )


def not_accepted(breaker: Breaker, failure: Failure, now: float, *, call: str, question: str) -> Breaker:
    """The breaker after a provider that answers did not accept ``question`` as it was put.

    That may be the question's own fault, so it counts as a failure of the provider's only where the one before was
    another question, and what it says of when to come again is of this one; failures of another kind, and what they
    had opened, are over.
    """
    if breaker.open_since is None and question == breaker.question:
        return breaker
    if breaker.open_since is not None and breaker.kind is not FailureKind.BAD_REQUEST:
        return answered(breaker, call=call)
    before = breaker if breaker.question else replace(breaker, failures=0)
    usual = replace(failure, retry_after_seconds=None)
    return replace(failed(before, usual, now, call=call), question=question)


def _is_ahead(breaker: Breaker, now: float) -> bool:
    return breaker.at > now + CLOCK_STEP_SECONDS


def _pause_seconds(pauses: int) -> float:
    """2 s, then twice as long each time up to 5 min, spread by ±20 %."""
    usual: float = min(FIRST_PAUSE_SECONDS * 2.0 ** float(min(pauses, 20)), LONGEST_PAUSE_SECONDS)
    return usual * _dice.uniform(1 - JITTER, 1 + JITTER)


def _asked_for(failure: Failure) -> float:
    """At least so long, spread by 20 %, ten minutes at most: who asks for a day is not left alone for hours more."""
    asked_for = failure.retry_after_seconds or 0.0
    return asked_for + _dice.uniform(0, min(asked_for * JITTER, MOST_ADDED_SECONDS))
