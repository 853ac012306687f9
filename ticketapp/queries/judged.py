"""First verdicts with what people made of them, and finished runs: the rows behind every accuracy figure."""

from datetime import UTC, datetime, time, timedelta
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from ticketapp.measuring import BINS
from ticketapp.models import ChosenBy, ClassificationRun, RunState, Ticket
from ticketapp.queries.accuracy_filter import AccuracyFilter, JudgedField, Outcome
from ticketapp.queries.classification import NOT_ASKED

NEWEST = 20_000
Statement: TypeAlias = Select[*tuple[Any, ...]]
Run: TypeAlias = type[ClassificationRun]


def recent_verdicts(narrowed: AccuracyFilter, now: datetime) -> Run:
    """The newest 20,000 verdicts of the period, as runs; with them, what is looked up for each stays bounded."""
    return aliased(ClassificationRun, _verdicts(select(ClassificationRun), narrowed, now).subquery())


def recent_runs(narrowed: AccuracyFilter, now: datetime) -> Run:
    """The newest 20,000 runs of the period that put a question to the model and ended, as runs.

    Those that took the verdict on the same text from another run asked nobody.
    """
    return aliased(ClassificationRun, _runs(select(ClassificationRun), narrowed, now).subquery())


def number_of_verdicts(narrowed: AccuracyFilter, now: datetime) -> ColumnElement[int]:
    """How many ``recent_verdicts`` there are, whatever they are narrowed to; 20,000 where there may be more."""
    return _number(_verdicts(select(ClassificationRun.id), narrowed, now))


def number_of_runs(narrowed: AccuracyFilter, now: datetime) -> ColumnElement[int]:
    """How many ``recent_runs`` there are, whatever they are narrowed to; 20,000 where there may be more."""
    return _number(_runs(select(ClassificationRun.id), narrowed, now))


def of_first_verdicts(statement: Statement, run: Run, narrowed: AccuracyFilter) -> Statement:
    """``statement`` over those of these verdicts that are their ticket's first, the ticket joined, narrowed."""
    any_verdict = aliased(ClassificationRun)
    first = (
        select(func.min(any_verdict.id))
        .where(any_verdict.ticket_id == run.ticket_id, any_verdict.state == RunState.SUCCEEDED)
        .scalar_subquery()
    )
    return (
        statement.select_from(run)
        .join(Ticket, Ticket.id == run.ticket_id)
        .where(run.id == first, *_narrowing(run, narrowed), *_part(run, narrowed))
    )


def of_runs(statement: Statement, run: Run, narrowed: AccuracyFilter) -> Statement:
    """``statement`` over these runs, narrowed."""
    where = _narrowing(run, narrowed)
    if narrowed.failure:
        where.append(run.error_kind == narrowed.failure)
    if narrowed.slower_ms is not None:
        where += [run.state == RunState.SUCCEEDED, run.latency_ms >= narrowed.slower_ms]
    return statement.select_from(run).where(*where)


def is_decided(field: JudgedField) -> ColumnElement[bool]:
    """Whether a person decided this field of the ticket."""
    column = Ticket.category_by if field == JudgedField.CATEGORY else Ticket.priority_by
    return column == ChosenBy.PERSON


def is_right(run: Run, field: JudgedField) -> ColumnElement[bool]:
    """Whether the verdict says of this field what the ticket says now."""
    return run.category == Ticket.category if field == JudgedField.CATEGORY else run.priority == Ticket.priority


def _verdicts(columns: Statement, narrowed: AccuracyFilter, now: datetime) -> Statement:
    return _newest(columns, narrowed, now).where(ClassificationRun.state == RunState.SUCCEEDED)


def _runs(columns: Statement, narrowed: AccuracyFilter, now: datetime) -> Statement:
    was_needed = or_(ClassificationRun.error_kind.is_(None), ClassificationRun.error_kind.not_in(NOT_ASKED))
    return _newest(columns, narrowed, now).where(was_needed, ClassificationRun.copied_from_id.is_(None))


def _newest(columns: Statement, narrowed: AccuracyFilter, now: datetime) -> Statement:
    since = narrowed.since(now)
    newest = (
        columns.where(ClassificationRun.finished_at.is_not(None))
        .order_by(ClassificationRun.finished_at.desc(), ClassificationRun.id.desc())
        .limit(NEWEST)
    )
    return newest if since is None else newest.where(ClassificationRun.finished_at >= since)


def _number(statement: Statement) -> ColumnElement[int]:
    return select(func.count()).select_from(statement.subquery()).scalar_subquery()


def _narrowing(run: Run, narrowed: AccuracyFilter) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if narrowed.model:
        where.append(run.model == narrowed.model)
    if narrowed.prompt:
        where.append(run.prompt_version == narrowed.prompt)
    if narrowed.week is not None:
        monday = datetime.combine(narrowed.week, time(), UTC)
        where += [run.finished_at >= monday, run.finished_at < monday + timedelta(days=7)]
    return where


def _part(run: Run, narrowed: AccuracyFilter) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if narrowed.confidence is not None:
        where += [is_decided(field) for field in JudgedField]
        where.append(run.confidence >= narrowed.confidence / BINS)
        if narrowed.confidence < BINS - 1:
            where.append(run.confidence < (narrowed.confidence + 1) / BINS)
    field = narrowed.field
    if field is not None and narrowed.outcome is not None:
        where.append(_outcome(run, field) == narrowed.outcome.value)
    if field is not None and narrowed.machine:
        where.append(getattr(run, field) == narrowed.machine)
    if field is not None and narrowed.person:
        where.append(and_(is_decided(field), getattr(Ticket, field) == narrowed.person))
    return where


def _outcome(run: Run, field: JudgedField) -> ColumnElement[str]:
    return case(
        (~is_decided(field), Outcome.UNTOUCHED.value),
        (is_right(run, field), Outcome.CONFIRMED.value),
        else_=Outcome.CORRECTED.value,
    )
