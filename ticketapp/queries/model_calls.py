"""Calls of the model: the rows behind every figure of what asking costs."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased

from ticketapp.models import ModelCall, Purpose
from ticketapp.queries.accuracy_filter import AccuracyFilter, Among
from ticketapp.queries.judged import NEWEST, Statement

Call = type[ModelCall]


def recent_calls(narrowed: AccuracyFilter, now: datetime) -> Call:
    """The newest 20,000 calls of the period."""
    return aliased(ModelCall, _newest(select(ModelCall), narrowed, now, limit=NEWEST).subquery())


def number_of_calls(narrowed: AccuracyFilter, now: datetime) -> ColumnElement[int]:
    """How many ``recent_calls`` there are, whatever they are narrowed to; 20,001 where there are more."""
    newest = _newest(select(ModelCall.id), narrowed, now, limit=NEWEST + 1)
    return select(func.count()).select_from(newest.subquery()).scalar_subquery()


def of_calls(statement: Statement, call: Call, narrowed: AccuracyFilter) -> Statement:
    """``statement`` over these calls, narrowed. Slow ones are looked for among verdicts on tickets alone."""
    where: list[ColumnElement[bool]] = []
    if narrowed.model:
        where.append(call.model == narrowed.model)
    if narrowed.prompt:
        where.append(call.prompt_version == narrowed.prompt_version)
    if narrowed.purpose:
        where.append(call.purpose == narrowed.purpose)
    if narrowed.failure:
        where.append(call.error_kind == narrowed.failure)
    if narrowed.among == Among.FAILED:
        where.append(call.error_kind.is_not(None))
    if narrowed.slower_ms is not None:
        where += [call.purpose == Purpose.TICKET, call.error_kind.is_(None), call.latency_ms >= narrowed.slower_ms]
    return statement.select_from(call).where(*where)


def _newest(columns: Select[*tuple[Any, ...]], narrowed: AccuracyFilter, now: datetime, *, limit: int) -> Statement:
    since = narrowed.since(now)
    newest = columns.order_by(ModelCall.at.desc(), ModelCall.id.desc()).limit(limit)
    return newest if since is None else newest.where(ModelCall.at >= since)
