"""The clock: one place that says what time it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_told: ContextVar[datetime | None] = ContextVar("told", default=None)


def utc_now() -> datetime:
    """The time now, aware and in UTC; inside ``at`` the time told there."""
    return _told.get() or datetime.now(UTC)


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
