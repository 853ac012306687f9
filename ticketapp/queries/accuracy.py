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
    String,
    and_,
    case,
    cast,
    func,
    literal,
    select,
    type_coerce,
    union_all,
)

from ticketapp.db import db
from ticketapp.measuring import Bin, Confusion, bins, expected_calibration_error
from ticketapp.models import Ticket
from ticketapp.queries.accuracy_filter import AccuracyFilter, JudgedField
from ticketapp.queries.judged import (
    NEWEST,
    Run,
    Statement,
    is_decided,
    is_right,
    number_of_verdicts,
    of_first_verdicts,
    recent_verdicts,
)

ENOUGH = 30


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
    """The verdicts of one week, or of one model and prompt version, judged by field."""

    week: date | None
    model: str
    prompt: str
    category: Judged
    priority: Judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """The figures about verdicts. ``is_bounded``: there are more verdicts than the newest that were counted."""

    category: Judged
    priority: Judged
    weeks: tuple[Slice, ...]
    makers: tuple[Slice, ...]
    category_confusion: Confusion
    priority_confusion: Confusion
    calibration: tuple[Bin, ...]
    is_bounded: bool

    @property
    def verdicts(self) -> int:
        """How many verdicts were counted."""
        return self.category.verdicts

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
        category=sum((day.category for day in days), NONE),
        priority=sum((day.priority for day in days), NONE),
        weeks=tuple(sorted(_by_week(days), key=lambda each: str(each.week))),
        makers=tuple(sorted(_by_maker(days), key=lambda each: (each.model, each.prompt))),
        category_confusion=_confusion(JudgedField.CATEGORY, rows["category"]),
        priority_confusion=_confusion(JudgedField.PRIORITY, rows["priority"]),
        calibration=bins(_stated(rows["confidence"])),
        is_bounded=rows["all"][0].number >= NEWEST,
    )


def _statement(narrowed: AccuracyFilter, now: datetime) -> CompoundSelect[*tuple[Any, ...]]:
    run = recent_verdicts(narrowed, now)
    columns = select(
        *(_day_of(run.finished_at).label("day"), run.model, func.coalesce(run.prompt_version, "").label("prompt")),
        run.confidence,
        *(column for field in JudgedField for column in _judgement(run, field)),
    )
    judged = of_first_verdicts(columns, run, narrowed).cte("judged")
    no_words, no_sums = [literal(""), literal("")], [literal(0) for _ in range(4)]
    number = number_of_verdicts(narrowed, now)
    every = select(literal("all"), *no_words, _no_day(), _no_confidence(), number, *no_sums)
    return union_all(_days(judged), *(_pairs(judged, field) for field in JudgedField), _confidences(judged), every)


def _judgement(run: Run, field: JudgedField) -> Iterator[ColumnElement[Any]]:
    """What was said and what is right of one field, and as 0 or 1 whether it was decided, confirmed, right."""
    yield type_coerce(getattr(run, field), String).label(f"{field}_said")
    yield type_coerce(getattr(Ticket, field), String).label(f"{field}_right")
    yield _one_if(is_decided(field)).label(f"{field}_decided")
    yield _one_if(and_(is_decided(field), is_right(run, field))).label(f"{field}_confirmed")


def _days(judged: CTE) -> Statement:
    sums = [func.sum(judged.c[f"{field}_{part}"]) for field in JudgedField for part in ("confirmed", "decided")]
    return select(
        literal("day").label("kind"),
        judged.c.model.label("one"),
        judged.c.prompt.label("other"),
        judged.c.day.label("day"),
        _no_confidence().label("confidence"),
        func.count().label("number"),
        *(each.label(f"sum_{at}") for at, each in enumerate(sums)),
    ).group_by(judged.c.model, judged.c.prompt, judged.c.day)


def _pairs(judged: CTE, field: JudgedField) -> Statement:
    right, said = judged.c[f"{field}_right"], judged.c[f"{field}_said"]
    no_sums = [literal(0) for _ in range(4)]
    return (
        select(literal(str(field)), right, said, _no_day(), _no_confidence(), func.count(), *no_sums)
        .where(judged.c[f"{field}_decided"] == 1)
        .group_by(right, said)
    )


def _confidences(judged: CTE) -> Statement:
    no_words, no_sums = [literal(""), literal("")], [literal(0) for _ in range(3)]
    hits = func.sum(judged.c.category_confirmed * judged.c.priority_confirmed)
    return (
        select(literal("confidence"), *no_words, _no_day(), judged.c.confidence, func.count(), hits, *no_sums)
        .where(judged.c.confidence.is_not(None), *(judged.c[f"{field}_decided"] == 1 for field in JudgedField))
        .group_by(judged.c.confidence)
    )


def _one_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


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
        category=Judged(row.number, row.sum_0, row.sum_1 - row.sum_0),
        priority=Judged(row.number, row.sum_2, row.sum_3 - row.sum_2),
    )


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
    )


def _confusion(field: JudgedField, rows: Iterable[Row[Any]]) -> Confusion:
    return Confusion(field.words, Counter({(row.one, row.other): row.number for row in rows}))


def _stated(rows: Iterable[Row[Any]]) -> Iterator[tuple[float, bool]]:
    for row in rows:
        yield from [(row.confidence, True)] * row.sum_0
        yield from [(row.confidence, False)] * (row.number - row.sum_0)
