"""The tickets and calls behind an accuracy figure: keyset pages, newest first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Row, literal, select, tuple_

from ticketapp.db import db
from ticketapp.models import ClassificationRun, Purpose, Ticket
from ticketapp.queries.accuracy_filter import FLOOR, AccuracyFilter
from ticketapp.queries.judged import Statement, judged_verdicts, of_verdicts
from ticketapp.queries.model_calls import of_calls, recent_calls
from ticketapp.queries.paging import Cursor

PAGE_SIZE = 50
Line = TypeVar("Line", bound="VerdictLine | CallLine")


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
class CallLine:
    """A call of the model, with the ticket where it was made for one."""

    call_id: int
    at: datetime
    purpose: Purpose
    run_id: int | None
    ticket_id: int | None
    title: str | None
    model: str
    prompt_version: str | None
    error_kind: str | None
    latency_ms: int
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
    lines = [VerdictLine(**row._mapping) for row in found]
    return _lines(lines, lambda last: Cursor(last.finished_at, last.run_id))


def calls(narrowed: AccuracyFilter, now: datetime, *, after: Cursor | None = None) -> Lines[CallLine]:
    """The calls that a figure counts, from a cursor on."""
    call = recent_calls(narrowed, now)
    statement = select(
        *(call.id.label("call_id"), call.at, call.purpose, call.run_id, Ticket.id.label("ticket_id"), Ticket.title),
        *(call.model, call.prompt_version, call.error_kind, call.latency_ms, call.tokens_in, call.tokens_out),
    )
    joined = (
        of_calls(statement, call, narrowed)
        .outerjoin(ClassificationRun, ClassificationRun.id == call.run_id)
        .outerjoin(Ticket, Ticket.id == ClassificationRun.ticket_id)
    )
    found = [CallLine(**row._mapping) for row in _page(joined, call.at.expression, call.id.expression, after)]
    return _lines(found, lambda last: Cursor(last.at, last.call_id))


def _page(
    statement: Statement, at: ColumnElement[Any], row_id: ColumnElement[Any], after: Cursor | None
) -> Sequence[Row[Any]]:
    if after is not None:
        place = literal(after.created_at, at.type), literal(after.row_id, row_id.type)
        statement = statement.where(tuple_(at, row_id) < tuple_(*place))
    newest_first = statement.order_by(at.desc(), row_id.desc())
    return db.session.execute(newest_first.limit(PAGE_SIZE + 1)).all()


def _lines(found: list[Line], place: Callable[[Line], Cursor]) -> Lines[Line]:
    rows = tuple(found[:PAGE_SIZE])
    return Lines(rows, place(rows[-1]) if len(found) > PAGE_SIZE else None)
