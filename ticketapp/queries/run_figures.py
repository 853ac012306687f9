"""What asking costs: latency, failures by cause, tokens, from one statement over the finished runs of a period."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    CompoundSelect,
    Row,
    String,
    func,
    literal,
    select,
    type_coerce,
    union_all,
)

from ticketapp.db import RowId, db
from ticketapp.models import RunState
from ticketapp.queries.accuracy_filter import AccuracyFilter
from ticketapp.queries.judged import NEWEST, Statement, number_of_runs, of_runs, recent_runs

PERCENTS = (50, 95)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFigures:
    """The figures about runs that ended. Latencies are of those that succeeded; ``failures`` are (cause, how many),
    the most frequent first. ``is_bounded``: there are more runs than the newest that were counted."""

    runs: int
    succeeded: int
    p50_ms: int | None
    p95_ms: int | None
    failures: tuple[tuple[str, int], ...]
    tokens_in: int
    tokens_out: int
    is_bounded: bool

    @property
    def failed(self) -> int:
        """How many did not succeed."""
        return self.runs - self.succeeded


def run_figures(narrowed: AccuracyFilter, now: datetime) -> RunFigures:
    """The figures of the period as of ``now``, from one statement over its newest 20,000 finished runs."""
    rows: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in db.session.execute(_statement(narrowed.whole, now)):
        rows[row.kind].append(row)
    causes = rows["cause"]
    latencies = {row.number: row.one for row in rows["latency"]}
    failures = [(row.cause, row.number) for row in causes if row.cause]
    runs = sum(row.number for row in causes)
    return RunFigures(
        runs=runs,
        succeeded=sum(row.number for row in causes if not row.cause),
        p50_ms=latencies.get(50),
        p95_ms=latencies.get(95),
        failures=tuple(sorted(failures, key=lambda each: (-each[1], each[0]))),
        tokens_in=sum(row.one for row in causes),
        tokens_out=sum(row.other for row in causes),
        is_bounded=rows["all"][0].number >= NEWEST,
    )


def _statement(narrowed: AccuracyFilter, now: datetime) -> CompoundSelect[*tuple[Any, ...]]:
    run = recent_runs(narrowed, now)
    columns = select(
        type_coerce(run.state, String).label("state"),
        func.coalesce(run.error_kind, "").label("cause"),
        *(run.latency_ms, run.tokens_in, run.tokens_out),
    )
    asked = of_runs(columns, run, narrowed).cte("asked")
    every = select(literal("all"), literal(""), number_of_runs(narrowed, now), literal(0), literal(0))
    return union_all(_causes(asked), *(_latency(asked, percent) for percent in PERCENTS), every)


def _causes(asked: CTE) -> Statement:
    return select(
        literal("cause").label("kind"),
        asked.c.cause,
        func.count().label("number"),
        func.coalesce(func.sum(asked.c.tokens_in), 0).label("one"),
        func.coalesce(func.sum(asked.c.tokens_out), 0).label("other"),
    ).group_by(asked.c.cause)


def _latency(asked: CTE, percent: int) -> Statement:
    """The value of the nearest rank, which both databases can tell: the same as ``measuring.nearest_rank``."""
    ranked = (
        select(
            asked.c.latency_ms,
            func.row_number().over(order_by=asked.c.latency_ms).label("rank"),
            func.count().over().label("number"),
        )
        .where(asked.c.state == RunState.SUCCEEDED.value, asked.c.latency_ms.is_not(None))
        .subquery()
    )
    nearest = type_coerce((ranked.c.number * percent + 99) // 100, RowId)
    return select(literal("latency"), literal(""), literal(percent), ranked.c.latency_ms, literal(0)).where(
        ranked.c.rank == nearest
    )
