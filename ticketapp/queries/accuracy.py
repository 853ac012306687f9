"""How right the machine is: every figure about verdicts and what people made of them, from one statement."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    Date,
    Float,
    Row,
    cast,
    func,
    literal,
    select,
    union_all,
)

from ticketapp.db import db
from ticketapp.measuring import Bin, Confusion, bins, expected_calibration_error
from ticketapp.queries.accuracy_filter import FLOOR, AccuracyFilter, Among, JudgedField
from ticketapp.queries.judged import (
    JUDGED,
    NEWEST,
    Statement,
    judged_verdicts,
    number_of_verdicts,
    of_verdicts,
)

ENOUGH = 30
PARTS = ("judged", "decided", "confirmed")
SUMS = tuple(f"{name}_{part}" for name in JUDGED for part in PARTS)
CALIBRATED = AccuracyFilter(among=Among.CALIBRATED)


@dataclass(frozen=True, slots=True)
class Judged:
    """What people made of ``verdicts`` values of one field."""

    verdicts: int
    confirmed: int
    corrected: int

    @property
    def decided(self) -> int:
        """How many a person decided on."""
        return self.confirmed + self.corrected

    @property
    def untouched(self) -> int:
        """How many are as the machine left them."""
        return self.verdicts - self.decided

    @property
    def missing(self) -> int:
        """How many more decisions it takes until shares are shown."""
        return max(0, ENOUGH - self.decided)

    @property
    def agreement(self) -> float | None:
        """The share that people confirmed of those they decided on; None below ``ENOUGH`` decisions."""
        return None if self.missing else self.confirmed / self.decided

    def __add__(self, other: "Judged") -> "Judged":
        return Judged(
            self.verdicts + other.verdicts, self.confirmed + other.confirmed, self.corrected + other.corrected
        )


NONE = Judged(0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """The verdicts of one week, or of one model and prompt version, judged by field; ``floor`` are raised priorities,
    set against what they were raised to."""

    week: date | None
    model: str
    prompt: str
    category: Judged
    priority: Judged
    floor: Judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """The figures about verdicts: so many ``verdicts`` that category, priority or both are judged by. ``is_bounded``:
    there are more than the newest that were counted."""

    verdicts: int
    category: Judged
    priority: Judged
    floor: Judged
    weeks: tuple[Slice, ...]
    makers: tuple[Slice, ...]
    category_confusion: Confusion
    priority_confusion: Confusion
    calibration: tuple[Bin, ...]
    is_bounded: bool

    @property
    def calibration_cases(self) -> int:
        """How many verdicts stated a confidence and were decided on in both fields."""
        return sum(each.number for each in self.calibration)

    @property
    def calibration_error(self) -> float | None:
        """The expected calibration error, 0 to 1; None below ``ENOUGH`` cases."""
        return expected_calibration_error(self.calibration) if self.calibration_cases >= ENOUGH else None


def accuracy(narrowed: AccuracyFilter, now: datetime) -> Accuracy:
    """The figures of the period as of ``now``, from one statement over its newest 20,000 verdicts.

    In a confusion the person's word is the right one (row), the machine's what was said.
    """
    rows: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in db.session.execute(_statement(narrowed.whole, now)):
        rows[row.kind].append(row)
    days = [_slice(row) for row in rows["day"]]
    return Accuracy(
        verdicts=sum(row.number for row in rows["day"]),
        category=sum((day.category for day in days), NONE),
        priority=sum((day.priority for day in days), NONE),
        floor=sum((day.floor for day in days), NONE),
        weeks=tuple(sorted(_by_week(days), key=lambda each: str(each.week))),
        makers=tuple(sorted(_by_maker(days), key=lambda each: (each.model, each.prompt))),
        category_confusion=_confusion(JudgedField.CATEGORY, rows["category"]),
        priority_confusion=_confusion(JudgedField.PRIORITY, rows["priority"]),
        calibration=bins(_stated(rows["confidence"])),
        is_bounded=rows["all"][0].number > NEWEST,
    )


def _statement(narrowed: AccuracyFilter, now: datetime) -> CompoundSelect[*tuple[Any, ...]]:
    judged = judged_verdicts(narrowed, now)
    number = number_of_verdicts(narrowed, now)
    every = select(literal("all"), literal(""), literal(""), _no_day(), _no_confidence(), number, *_no_sums())
    return union_all(_days(judged), *(_pairs(judged, field) for field in JudgedField), _confidences(judged), every)


def _days(judged: CTE) -> Statement:
    day = _day_of(judged.c.finished_at)
    return select(
        literal("day").label("kind"),
        judged.c.model.label("one"),
        judged.c.prompt.label("other"),
        day.label("day"),
        _no_confidence().label("confidence"),
        func.count().label("number"),
        *(func.sum(judged.c[name]).label(name) for name in SUMS),
    ).group_by(judged.c.model, judged.c.prompt, day)


def _pairs(judged: CTE, field: JudgedField) -> Statement:
    right, said = judged.c[f"{field}_is"], judged.c[f"{field}_said"]
    return (
        select(literal(str(field)), right, said, _no_day(), _no_confidence(), func.count(), *_no_sums())
        .where(judged.c[f"{field}_decided"] == 1)
        .group_by(right, said)
    )


def _confidences(judged: CTE) -> Statement:
    hits = func.sum(judged.c.category_confirmed * judged.c.priority_confirmed)
    columns = (literal("confidence"), literal(""), literal(""), _no_day(), judged.c.confidence, func.count())
    calibrated = of_verdicts(select(*columns, hits, *_no_sums()[1:]), judged, CALIBRATED)
    return calibrated.group_by(judged.c.confidence)


def _no_sums() -> list[ColumnElement[Any]]:
    return [literal(0) for _ in SUMS]


def _no_day() -> ColumnElement[Any]:
    return cast(None, Date())  # PostgreSQL wants every NULL typed


def _no_confidence() -> ColumnElement[Any]:
    return cast(None, Float())


def _day_of(moment: Any) -> ColumnElement[date]:
    is_postgres = db.engine.dialect.name == "postgresql"
    return func.date(func.timezone("UTC", moment) if is_postgres else moment, type_=Date)


def _slice(row: Row[Any]) -> Slice:
    return Slice(
        week=row.day - timedelta(days=row.day.weekday()),
        model=row.one,
        prompt=row.other,
        category=_judged(row, "category"),
        priority=_judged(row, "priority"),
        floor=_judged(row, FLOOR),
    )


def _judged(row: Row[Any], name: str) -> Judged:
    verdicts, decided, confirmed = (row._mapping[f"{name}_{part}"] for part in PARTS)
    return Judged(verdicts, confirmed, decided - confirmed)


def _by_week(days: Sequence[Slice]) -> Iterator[Slice]:
    for week in {day.week for day in days}:
        yield _added(week, "", "", [day for day in days if day.week == week])


def _by_maker(days: Sequence[Slice]) -> Iterator[Slice]:
    for model, prompt in {(day.model, day.prompt) for day in days}:
        yield _added(None, model, prompt, [day for day in days if (day.model, day.prompt) == (model, prompt)])


def _added(week: date | None, model: str, prompt: str, days: Sequence[Slice]) -> Slice:
    return Slice(
        week=week,
        model=model,
        prompt=prompt,
        category=sum((day.category for day in days), NONE),
        priority=sum((day.priority for day in days), NONE),
        floor=sum((day.floor for day in days), NONE),
    )


def _confusion(field: JudgedField, rows: Iterable[Row[Any]]) -> Confusion:
    return Confusion(field.words, Counter({(row.one, row.other): row.number for row in rows}))


def _stated(rows: Iterable[Row[Any]]) -> Iterator[tuple[float, bool]]:
    for row in rows:
        yield from [(row.confidence, True)] * row.category_judged
        yield from [(row.confidence, False)] * (row.number - row.category_judged)
