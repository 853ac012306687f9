"""Times until which something is somebody's, as conditions in the database."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import InstrumentedAttribute

from ticketapp.clock import CLOCK_STEP_SECONDS


def is_over(
    until: InstrumentedAttribute[datetime | None], moment: datetime, *, at_most_seconds: float
) -> ColumnElement[bool]:
    """That there is no such time or it has come; or that it lies further ahead than it can have been set, and so was
    set before the clock was put back."""
    latest = moment + timedelta(seconds=at_most_seconds + CLOCK_STEP_SECONDS)
    return or_(until.is_(None), until <= moment, until > latest)
