"""The tickets and runs behind an accuracy figure: keyset pages, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Row, literal, select, tuple_

from ticketapp.db import db
from ticketapp.models import RunState, Ticket
from ticketapp.queries.accuracy_filter import FLOOR, AccuracyFilter
from ticketapp.queries.judged import Statement, judged_verdicts, of_runs, of_verdicts, recent_runs
from ticketapp.queries.paging import Cursor

PAGE_SIZE = 50
Line = TypeVar("Line", bound="VerdictLine | RunLine")


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictLine:
    """A verdict beside what its ticket says now. Of a field: whether it is ``judged`` by this verdict, ``decided``,
    and ``confirmed``, each 0 or 1. The priority said is the machine's own; ``floor_said`` what it was raised to."""

    run_id: int
    ticket_id: int
    title: str
    finished_at: datetime
    model: str
    prompt: str
    confidence: float | None
    floor_word: str | None
    floor_said: str
    category_said: str
    category_is: str
    category_judged: int
    category_decided: int
    category_confirmed: int
    priority_said: str
    priority_is: str
    priority_judged: int
    priority_decided: int
    priority_confirmed: int


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
    """The verdicts that a figure counts, from a cursor on."""
    judged = judged_verdicts(narrowed, now)
    columns = [each for each in judged.c if not each.name.startswith(FLOOR + "_") or each.name == "floor_word"]
    statement = select(*columns, judged.c.floor_said, Ticket.title).join(Ticket, Ticket.id == judged.c.ticket_id)
    found = _page(of_verdicts(statement, judged, narrowed), judged.c.finished_at, judged.c.run_id, after)
    return _lines([VerdictLine(**row._mapping) for row in found])


def runs(narrowed: AccuracyFilter, now: datetime, *, after: Cursor | None = None) -> Lines[RunLine]:
    """The finished runs that a figure counts, from a cursor on."""
    run = recent_runs(narrowed, now)
    statement = select(
        *(run.id.label("run_id"), run.ticket_id, Ticket.title, run.finished_at, run.model, run.prompt_version),
        *(run.state, run.attempt, run.error, run.error_detail, run.latency_ms, run.tokens_in, run.tokens_out),
    )
    joined = of_runs(statement, run, narrowed).join(Ticket, Ticket.id == run.ticket_id)
    return _lines(
        [RunLine(**row._mapping) for row in _page(joined, run.finished_at.expression, run.id.expression, after)]
    )


def _page(
    statement: Statement, at: ColumnElement[Any], row_id: ColumnElement[Any], after: Cursor | None
) -> Sequence[Row[Any]]:
    if after is not None:
        place = literal(after.created_at, at.type), literal(after.row_id, row_id.type)
        statement = statement.where(tuple_(at, row_id) < tuple_(*place))
    newest_first = statement.order_by(at.desc(), row_id.desc())
    return db.session.execute(newest_first.limit(PAGE_SIZE + 1)).all()


def _lines(found: list[Line]) -> Lines[Line]:
    rows = tuple(found[:PAGE_SIZE])
    last = rows[-1] if len(found) > PAGE_SIZE else None
    return Lines(rows, None if last is None else Cursor(last.finished_at, last.run_id))
