"""The tickets and runs behind an accuracy figure: keyset pages, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Row, literal, select, tuple_

from ticketapp.db import db
from ticketapp.models import Category, ChosenBy, Priority, RunState, Ticket
from ticketapp.queries.accuracy_filter import AccuracyFilter
from ticketapp.queries.judged import Run, Statement, of_first_verdicts, of_runs, recent_runs, recent_verdicts
from ticketapp.queries.paging import Cursor

PAGE_SIZE = 50
Line = TypeVar("Line", bound="VerdictLine | RunLine")


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictLine:
    """A ticket's first verdict beside what the ticket says now."""

    run_id: int
    ticket_id: int
    title: str
    finished_at: datetime
    model: str
    prompt_version: str | None
    confidence: float | None
    said_category: Category
    said_priority: Priority
    category: Category
    category_by: ChosenBy
    priority: Priority
    priority_by: ChosenBy


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """A finished run with its ticket."""

    run_id: int
    ticket_id: int
    title: str
    finished_at: datetime
    model: str | None
    prompt_version: str | None
    state: RunState
    attempt: int
    error: str | None
    error_detail: str | None
    latency_ms: int | None
    tokens_in: int | None
    tokens_out: int | None


@dataclass(frozen=True, slots=True)
class Lines(Generic[Line]):
    """One page of a list; ``older`` is where the next one begins, None on the last."""

    rows: tuple[Line, ...]
    older: Cursor | None


def verdicts(narrowed: AccuracyFilter, now: datetime, *, after: Cursor | None = None) -> Lines[VerdictLine]:
    """The first verdicts that a figure counts, from a cursor on."""
    run = recent_verdicts(narrowed, now)
    statement = select(
        *(run.id.label("run_id"), run.ticket_id, Ticket.title, run.finished_at, run.model, run.prompt_version),
        *(run.confidence, run.category.label("said_category"), run.priority.label("said_priority")),
        *(Ticket.category, Ticket.category_by, Ticket.priority, Ticket.priority_by),
    )
    found = _page(of_first_verdicts(statement, run, narrowed), run, after)
    return _lines([VerdictLine(**row._mapping) for row in found])


def runs(narrowed: AccuracyFilter, now: datetime, *, after: Cursor | None = None) -> Lines[RunLine]:
    """The finished runs that a figure counts, from a cursor on."""
    run = recent_runs(narrowed, now)
    statement = select(
        *(run.id.label("run_id"), run.ticket_id, Ticket.title, run.finished_at, run.model, run.prompt_version),
        *(run.state, run.attempt, run.error, run.error_detail, run.latency_ms, run.tokens_in, run.tokens_out),
    )
    joined = of_runs(statement, run, narrowed).join(Ticket, Ticket.id == run.ticket_id)
    return _lines([RunLine(**row._mapping) for row in _page(joined, run, after)])


def _page(statement: Statement, run: Run, after: Cursor | None) -> Sequence[Row[Any]]:
    if after is not None:
        place = literal(after.created_at, run.finished_at.type), literal(after.row_id, run.id.type)
        statement = statement.where(tuple_(run.finished_at, run.id) < tuple_(*place))
    newest_first = statement.order_by(run.finished_at.desc(), run.id.desc())
    return db.session.execute(newest_first.limit(PAGE_SIZE + 1)).all()


def _lines(found: list[Line]) -> Lines[Line]:
    rows = tuple(found[:PAGE_SIZE])
    last = rows[-1] if len(found) > PAGE_SIZE else None
    return Lines(rows, None if last is None else Cursor(last.finished_at, last.run_id))
