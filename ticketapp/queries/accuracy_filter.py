"""The filter of the accuracy figures and of the lists behind them, which round-trips the URL."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from ticketapp.errors import InvalidInput
from ticketapp.measuring import BINS
from ticketapp.models import Category, Priority, Purpose
from ticketapp.queries import parameters

LONGEST_MS = 10**9
FLOOR = "floor"
NO_PROMPT = "none"


class Period(StrEnum):
    """How far back the figures go: so many UTC days, today being the last, or as far as there is anything."""

    MONTH = "30"
    QUARTER = "90"
    YEAR = "365"
    ALL = "all"


class JudgedField(StrEnum):
    """What of a verdict people judge."""

    CATEGORY = "category"
    PRIORITY = "priority"

    @property
    def words(self) -> tuple[str, ...]:
        """What it may be."""
        return tuple(map(str, Category if self == JudgedField.CATEGORY else Priority))


class Outcome(StrEnum):
    """What people made of a value in a verdict; *decided* is confirmed or corrected."""

    CONFIRMED = "confirmed"
    CORRECTED = "corrected"
    UNTOUCHED = "untouched"
    DECIDED = "decided"


class Among(StrEnum):
    """Which alone: priorities that a severity word raised, what the calibration counts, or calls that failed."""

    RAISED = "raised"
    CALIBRATED = "calibrated"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccuracyFilter:
    """What is counted. Period, model and prompt narrow every figure; the rest names the part behind one of them.

    ``prompt`` *none* takes what names no prompt version.
    ``outcome``, ``machine`` and ``person`` are about ``field``, or with ``among`` *raised* about the raised priority.
    ``week`` is a Monday. ``confidence`` is the number of a bin of the calibration, 0 to 9; like ``among``
    *calibrated* it takes verdicts alone on whose category and priority people decided. ``purpose``, ``failure``,
    ``slower_ms`` and ``among`` *failed* narrow lists of calls.
    """

    period: Period = Period.MONTH
    model: str = ""
    prompt: str = ""
    field: JudgedField | None = None
    outcome: Outcome | None = None
    machine: str = ""
    person: str = ""
    week: date | None = None
    confidence: int | None = None
    among: Among | None = None
    purpose: Purpose | None = None
    failure: str = ""
    slower_ms: int | None = None

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "AccuracyFilter":
        """Read a query string; blank values count as absent. Raises ``InvalidInput`` naming the bad parameter."""
        field = parameters.word(args, "field", JudgedField)
        outcome = parameters.word(args, "outcome", Outcome)
        among = parameters.word(args, "among", Among)
        about = JudgedField.PRIORITY if among == Among.RAISED else field
        machine, person = _word_of(args, "machine", about), _word_of(args, "person", about)
        if about is None and (outcome or machine or person):
            raise InvalidInput("field", f"field must be one of {', '.join(JudgedField)}.")
        return cls(
            period=parameters.word(args, "period", Period) or Period.MONTH,
            model=parameters.text(args, "model"),
            prompt=parameters.text(args, "prompt"),
            field=field,
            outcome=outcome,
            machine=machine,
            person=person,
            week=_monday(args),
            confidence=_whole(args, "confidence", most=BINS - 1),
            among=among,
            purpose=parameters.word(args, "purpose", Purpose),
            failure=parameters.text(args, "failure"),
            slower_ms=_whole(args, "slower_ms", most=LONGEST_MS),
        )

    def as_args(self, **changes: Any) -> dict[str, str]:
        """The query string of this filter with fields changed, for links; ``from_args`` reads it back."""
        changed = replace(self, **changes)
        args = {name: getattr(changed, name) for name in self.__slots__}
        return {name: str(value) for name, value in args.items() if value not in (None, "")}

    @property
    def whole(self) -> "AccuracyFilter":
        """What the figures are narrowed to, without the part behind one of them."""
        return AccuracyFilter(period=self.period, model=self.model, prompt=self.prompt)

    @property
    def prompt_version(self) -> str | None:
        """What the prompt version is narrowed to, where it is narrowed."""
        return None if self.prompt == NO_PROMPT else self.prompt

    @property
    def judged(self) -> str:
        """What of the verdict is judged: a field, the floor, or nothing in particular ("")."""
        return FLOOR if self.among == Among.RAISED else str(self.field or "")

    @property
    def is_calibrated(self) -> bool:
        """Whether only what the calibration counts is taken."""
        return self.among == Among.CALIBRATED or self.confidence is not None

    def since(self, now: datetime) -> datetime | None:
        """The beginning of the period, a midnight in UTC; None where it has none."""
        if self.period == Period.ALL:
            return None
        midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight - timedelta(days=int(self.period) - 1)


def _word_of(args: Mapping[str, str], name: str, field: JudgedField | None) -> str:
    value = parameters.text(args, name)
    if value and field is not None and value not in field.words:
        raise InvalidInput(name, f"{name} must be one of {', '.join(field.words)}.")
    return value


def _monday(args: Mapping[str, str]) -> date | None:
    value = args.get("week", "").strip()
    if not value:
        return None
    try:
        day = date.fromisoformat(value)
    except ValueError:
        day = None
    if day is None or day.weekday() != 0 or not 1970 <= day.year < 9999:
        raise InvalidInput("week", "week must be the date of a Monday, like 2026-11-16.")
    return day


def _whole(args: Mapping[str, str], name: str, *, most: int) -> int | None:
    value = args.get(name, "").strip()
    if not value:
        return None
    if not (value.isascii() and value.isdecimal() and len(value) <= 10 and int(value) <= most):
        raise InvalidInput(name, f"{name} must be a whole number from 0 to {most}.")
    return int(value)
