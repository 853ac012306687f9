"""When a failed classification is tried again."""

from random import SystemRandom

from ticketapp.ai.failures import Failure, FailureKind

_MINUTE = 60.0
_HOUR = 60 * _MINUTE

DELAYS_SECONDS: tuple[float, ...] = (
    30.0,
    2 * _MINUTE,
    10 * _MINUTE,
    30 * _MINUTE,
    *(hours * _HOUR for hours in (1, 1, 2, 3, 4, 5)),
    *(9 * (6 * _HOUR,)),
)
# Where the provider is at fault the breaker does the waiting, and whoever is back should not wait for hours.
LONGEST_OF_THE_PROVIDERS_SECONDS = 30 * _MINUTE
# These may be a text's own fault after all, one that is too long to be answered in time.
LAST_WHERE_THE_TEXT_MAY_BE_AT_FAULT = 150
JITTER = 0.2
MOST_ADDED_SECONDS = 600.0
_dice = SystemRandom()


def counted_with(kind: FailureKind) -> tuple[FailureKind, ...]:
    """The kinds whose tries are counted together with those of this one: they are given up after as many, if ever."""
    return tuple(other for other in FailureKind if _last_try(other) == _last_try(kind))


def retry_delay_seconds(tries: int, failure: Failure) -> float | None:
    """Seconds to wait after so many tries that failed in this way (the first is 1); None: never try again.

    Tries count that failed by a kind ``counted_with`` this one.
    30 s, 2 min, 10 min, 30 min, 1 h, 1 h, 2 h, 3 h, 4 h, 5 h, then 6 h nine times: the twentieth try, a
    little under three days (70.7 h) after the first, is the last. Where the provider is at fault, no delay is
    longer than 30 min: about three days of them after an error or silence of its own, without an end where no text
    can be the reason, as with a lost connection. Where an admin has to mend something the try is the last: see
    ``fresh_start_seconds``. Each delay is spread by ±20 %, so that a backlog which failed together does not come
    back together. What the provider asked for in Retry-After is a floor, spread upwards only, by ten minutes at
    most. Raises ValueError for a number below 1.
    """
    if tries < 1:
        raise ValueError(f"tries are counted from 1, not {tries}")
    if not failure.retryable or failure.kind.awaits_an_admin or tries >= _last_try(failure.kind):
        return None
    usual = _usual_seconds(tries, failure.kind) * _dice.uniform(1 - JITTER, 1 + JITTER)
    asked_for = failure.retry_after_seconds or 0.0
    return max(usual, asked_for + _dice.uniform(0, min(asked_for * JITTER, MOST_ADDED_SECONDS)))


def fresh_start_seconds(waited_seconds: float, failure: Failure) -> float | None:
    """Seconds after which a question that was given up is put anew, as if it had not been; None: never.

    Only where an admin has to mend something, which says nothing of the question. It is as long as the question has
    waited already, 30 s at least and 30 min at most, spread by ±20 %, so that it finds out soon after a mistake that
    was mended soon.
    """
    if not failure.kind.awaits_an_admin:
        return None
    usual = min(max(waited_seconds, DELAYS_SECONDS[0]), LONGEST_OF_THE_PROVIDERS_SECONDS)
    return max(usual * _dice.uniform(1 - JITTER, 1 + JITTER), failure.retry_after_seconds or 0.0)


def _last_try(kind: FailureKind) -> float:
    if not kind.is_providers:
        return len(DELAYS_SECONDS) + 1
    may_be_the_text = kind in (FailureKind.UNAVAILABLE, FailureKind.TIMED_OUT)
    return LAST_WHERE_THE_TEXT_MAY_BE_AT_FAULT if may_be_the_text else float("inf")


def _usual_seconds(tries: int, kind: FailureKind) -> float:
    usual = DELAYS_SECONDS[min(tries, len(DELAYS_SECONDS)) - 1]
    return min(usual, LONGEST_OF_THE_PROVIDERS_SECONDS) if kind.is_providers else usual
