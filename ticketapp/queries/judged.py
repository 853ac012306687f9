"""Verdicts with what people made of them: the rows behind every figure of how right the machine is."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any, TypeAlias

from sqlalchemy import CTE, ColumnElement, Select, String, case, func, select, true, type_coerce
from sqlalchemy.orm import aliased

from ticketapp.measuring import BINS
from ticketapp.models import ClassificationRun, RunState, Ticket
from ticketapp.queries.accuracy_filter import FLOOR, AccuracyFilter, JudgedField, Outcome
from ticketapp.queries.judging import is_chosen, judged_run

NEWEST = 20_000
JUDGED = (*map(str, JudgedField), FLOOR)
Statement: TypeAlias = Select[*tuple[Any, ...]]
Run: TypeAlias = type[ClassificationRun]


def recent_verdicts(narrowed: AccuracyFilter, now: datetime) -> Run:
    """The newest 20,000 verdicts of the period, as runs; with them, what is looked up for each stays bounded."""
    return aliased(ClassificationRun, _verdicts(select(ClassificationRun), narrowed, now, limit=NEWEST).subquery())


def number_of_verdicts(narrowed: AccuracyFilter, now: datetime) -> ColumnElement[int]:
    """How many ``recent_verdicts`` there are, whatever they are narrowed to; 20,001 where there are more."""
    found = _verdicts(select(ClassificationRun.id), narrowed, now, limit=NEWEST + 1)
    return select(func.count()).select_from(found.subquery()).scalar_subquery()


def judged_verdicts(narrowed: AccuracyFilter, now: datetime) -> CTE:
    """The newest 20,000 verdicts of the period that some field of their ticket is judged by, narrowed, one row each.

    Of each field: what the machine ``said`` (of the priority before any floor), what ``is`` now, and as 0 or 1
    whether it is ``judged`` by this verdict, ``decided``, and ``confirmed``. ``floor_*`` says the same of priorities
    that a severity word raised, set against the raised one.
    """
    run = recent_verdicts(narrowed, now)
    facts = (run.id.label("run_id"), run.ticket_id, run.finished_at, run.model, run.confidence, run.floor_word)
    found = (
        select(
            *(*facts, func.coalesce(run.prompt_version, "").label("prompt")),
            *(
                run.category.label("category_said"),
                func.coalesce(run.priority_before, run.priority).label("priority_said"),
            ),
            *(Ticket.category.label("category_is"), Ticket.priority.label("priority_is")),
            run.priority.label("floor_said"),
            *(_one_if(is_chosen(field)).label(f"{field}_chosen") for field in JudgedField),
            *(_one_if(judged_run(field) == run.id).label(f"{field}_judged") for field in JudgedField),
        )
        .select_from(run)
        .join(Ticket, Ticket.id == run.ticket_id)
        .where(*_narrowing(run, narrowed))
        .cte("found")
        .prefix_with("MATERIALIZED", dialect="postgresql")  # so that each lookup is made once
    )
    return (
        select(*_facts_of(found), *(part for name in JUDGED for part in _judgement(found, name)))
        .where(found.c.category_judged + found.c.priority_judged > 0)
        .cte("judged")
    )


def of_verdicts(statement: Statement, judged: CTE, narrowed: AccuracyFilter) -> Statement:
    """``statement`` over those of ``judged_verdicts`` that are the part behind a figure."""
    return statement.where(*_part(judged, narrowed))


def _verdicts(columns: Statement, narrowed: AccuracyFilter, now: datetime, *, limit: int) -> Statement:
    since = narrowed.since(now)
    newest = (
        columns.where(ClassificationRun.finished_at.is_not(None), ClassificationRun.state == RunState.SUCCEEDED)
        .order_by(ClassificationRun.finished_at.desc(), ClassificationRun.id.desc())
        .limit(limit)
    )
    return newest if since is None else newest.where(ClassificationRun.finished_at >= since)


def _narrowing(run: Run, narrowed: AccuracyFilter) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if narrowed.model:
        where.append(run.model == narrowed.model)
    if narrowed.prompt:
        where.append(run.prompt_version == narrowed.prompt_version)
    if narrowed.week is not None:
        monday = datetime.combine(narrowed.week, time(), UTC)
        where += [run.finished_at >= monday, run.finished_at < monday + timedelta(days=7)]
    return where


def _facts_of(found: CTE) -> list[ColumnElement[Any]]:
    names = ("run_id", "ticket_id", "finished_at", "model", "confidence", "floor_word", "prompt")
    return [found.c[name] for name in names]


def _judgement(found: CTE, name: str) -> Iterator[ColumnElement[Any]]:
    field = JudgedField.PRIORITY if name == FLOOR else JudgedField(name)
    said, now_is = type_coerce(found.c[f"{name}_said"], String), type_coerce(found.c[f"{field}_is"], String)
    is_meant = found.c.floor_word.is_not(None) if name == FLOOR else true()
    judged = found.c[f"{field}_judged"] * _one_if(is_meant)
    decided = judged * found.c[f"{field}_chosen"]
    yield said.label(f"{name}_said")
    yield now_is.label(f"{name}_is")
    yield judged.label(f"{name}_judged")
    yield decided.label(f"{name}_decided")
    yield (decided * _one_if(said == now_is)).label(f"{name}_confirmed")


def _part(judged: CTE, narrowed: AccuracyFilter) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if narrowed.is_calibrated:
        where += [judged.c[f"{field}_decided"] == 1 for field in JudgedField]
        where.append(judged.c.confidence.is_not(None))
    if narrowed.confidence is not None:
        where.append(judged.c.confidence >= narrowed.confidence / BINS)
        if narrowed.confidence < BINS - 1:
            where.append(judged.c.confidence < (narrowed.confidence + 1) / BINS)
    name = narrowed.judged
    if name:
        where.append(judged.c[f"{name}_judged"] == 1)
        if narrowed.machine:
            where.append(judged.c[f"{name}_said"] == narrowed.machine)
        if narrowed.person:
            where += [judged.c[f"{name}_decided"] == 1, judged.c[f"{name}_is"] == narrowed.person]
        where += _outcome(judged, name, narrowed.outcome)
    return where


def _outcome(judged: CTE, name: str, outcome: Outcome | None) -> list[ColumnElement[bool]]:
    decided, confirmed = judged.c[f"{name}_decided"], judged.c[f"{name}_confirmed"]
    if outcome is None:
        return []
    return {
        Outcome.UNTOUCHED: [decided == 0],
        Outcome.CONFIRMED: [confirmed == 1],
        Outcome.CORRECTED: [decided == 1, confirmed == 0],
        Outcome.DECIDED: [decided == 1],
    }[outcome]


def _one_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)
