"""What asking costs: latency, failures by cause, tokens, from one statement over the calls of a period."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, CompoundSelect, Row, String, func, literal, select, type_coerce, union_all

from ticketapp.db import RowId, db
from ticketapp.models import Purpose
from ticketapp.queries.accuracy_filter import AccuracyFilter
from ticketapp.queries.judged import NEWEST, Statement
from ticketapp.queries.model_calls import number_of_calls, of_calls, recent_calls

PERCENTS = (50, 95)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """What a number of calls took; those that gave no usable answer are ``failed``."""

    calls: int = 0
    failed: int = 0
    tokens_in: int = 0
    tokens_out: int = 0

    @property
    def tokens(self) -> int:
        """What was sent and received."""
        return self.tokens_in + self.tokens_out

    def __add__(self, other: "Calls") -> "Calls":
        return Calls(
            calls=self.calls + other.calls,
            failed=self.failed + other.failed,
            tokens_in=self.tokens_in + other.tokens_in,
            tokens_out=self.tokens_out + other.tokens_out,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFigures:
    """The figures about calls, in all and by purpose. Latencies are of ``timed`` verdicts on tickets; ``failures``
    are (cause, how many), the most frequent first. ``is_bounded``: there are more than those that were counted."""

    all: Calls
    purposes: tuple[tuple[Purpose, Calls], ...]
    timed: int
    p50_ms: int | None
    p95_ms: int | None
    failures: tuple[tuple[str, int], ...]
    is_bounded: bool


def call_figures(narrowed: AccuracyFilter, now: datetime) -> CallFigures:
    """The figures of the period as of ``now``, from one statement over its newest 20,000 calls."""
    rows: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in db.session.execute(_statement(narrowed.whole, now)):
        rows[row.kind].append(row)
    purposes, failures = defaultdict[str, Calls](Calls), Counter[str]()
    for row in rows["calls"]:
        purposes[row.purpose] += _calls(row)
        failures[row.cause] += row.number
    timed = sum(row.number for row in rows["calls"] if row.purpose == Purpose.TICKET and not row.cause)
    latencies = {row.number: row.one for row in rows["latency"]}
    return CallFigures(
        all=sum(purposes.values(), Calls()),
        purposes=tuple((purpose, purposes[purpose]) for purpose in Purpose if purpose in purposes),
        timed=timed,
        p50_ms=latencies.get(50),
        p95_ms=latencies.get(95),
        failures=tuple(sorted(((k, n) for k, n in failures.items() if k), key=lambda each: (-each[1], each[0]))),
        is_bounded=rows["all"][0].number > NEWEST,
    )


def _calls(row: Row[Any]) -> Calls:
    failed = row.number if row.cause else 0
    return Calls(calls=row.number, failed=failed, tokens_in=row.one, tokens_out=row.other)


def _statement(narrowed: AccuracyFilter, now: datetime) -> CompoundSelect[*tuple[Any, ...]]:
    call = recent_calls(narrowed, now)
    columns = select(
        type_coerce(call.purpose, String).label("purpose"),
        func.coalesce(call.error_kind, "").label("cause"),
        *(call.latency_ms, call.tokens_in, call.tokens_out),
    )
    asked = of_calls(columns, call, narrowed).cte("asked")
    number = number_of_calls(narrowed, now)
    every = select(literal("all"), literal(""), literal(""), number, literal(0), literal(0))
    return union_all(_groups(asked), *(_latency(asked, percent) for percent in PERCENTS), every)


def _groups(asked: CTE) -> Statement:
    return select(
        literal("calls").label("kind"),
        asked.c.purpose,
        asked.c.cause,
        func.count().label("number"),
        func.coalesce(func.sum(asked.c.tokens_in), 0).label("one"),
        func.coalesce(func.sum(asked.c.tokens_out), 0).label("other"),
    ).group_by(asked.c.purpose, asked.c.cause)


def _latency(asked: CTE, percent: int) -> Statement:
    """The value of the nearest rank, which both databases can tell: the same as ``measuring.nearest_rank``."""
    ranked = (
        select(
            asked.c.latency_ms,
            func.row_number().over(order_by=asked.c.latency_ms).label("rank"),
            func.count().over().label("number"),
        )
        .where(asked.c.purpose == Purpose.TICKET.value, asked.c.cause == "")
        .subquery()
    )
    nearest = type_coerce((ranked.c.number * percent + 99) // 100, RowId)
    columns = (literal("latency"), literal(""), literal(""), literal(percent), ranked.c.latency_ms, literal(0))
    return select(*columns).where(ranked.c.rank == nearest)
