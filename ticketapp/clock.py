"""The clock: one place that says what time it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

# A time that lies further ahead than it can have been set was set before the clock was put back: nobody waits for it.
CLOCK_STEP_SECONDS = 60
_told: ContextVar[datetime | None] = ContextVar("told", default=None)


def utc_now() -> datetime:
    """The time now, aware and in UTC; inside ``at`` the time told there."""
    return _told.get() or datetime.now(UTC)


def is_over(until: datetime | None, moment: datetime, *, at_most_seconds: float) -> bool:
    """Whether a time that was set to lie ``at_most_seconds`` ahead has come, or cannot be right any more."""
    latest = moment + timedelta(seconds=at_most_seconds + CLOCK_STEP_SECONDS)
    return until is None or until <= moment or until > latest


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Everything done inside happens at ``moment`` (aware): for a demo that tells of past weeks, and for tests."""
    if moment.tzinfo is None:
        raise ValueError("the clock needs a time zone")
    token = _told.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _told.reset(token)
