"""The clock: one place that says what time it is."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The time now, aware and in UTC."""
    return datetime.now(UTC)
