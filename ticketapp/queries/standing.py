"""Where the classification of tickets stands: as a filter, as a column of lists, and for one ticket with its cause.

The ticket keeps its state, except that a run is being done: that stands with the few runs that are, so that taking
a run writes no ticket.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Exists,
    ScalarSelect,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    true,
)

from ticketapp.db import db
from ticketapp.models import (
    CLASSIFIED,
    BulkJob,
    ChosenBy,
    ClassificationRun,
    ClassificationState,
    EventKind,
    RunState,
    Ticket,
    TicketEvent,
)
from ticketapp.queries.classification import BY_JOBS, NOT_ASKED

OUTSTANDING = (RunState.QUEUED, RunState.RUNNING)
DECISIONS = (EventKind.CONFIRMED, EventKind.CATEGORY, EventKind.PRIORITY)
EDITS = (EventKind.TITLE, EventKind.DESCRIPTION)
WAITING = (ClassificationState.QUEUED, ClassificationState.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where one ticket's classification stands. ``error`` is why the newest attempt that counts and ended without a
    verdict did; ``attempt`` and ``due_at`` are those of the run that waits or is being done; ``is_asked_anew`` says
    that it is for the same wish as the one that failed. ``held_by_id`` is the paused bulk job that holds it.
    ``category_run_id`` and ``priority_run_id`` name the run that set the machine's value last."""

    state: ClassificationState
    error: str | None
    attempt: int | None
    due_at: datetime | None
    is_asked_anew: bool
    held_by_id: int | None
    category_run_id: int | None
    priority_run_id: int | None


@dataclass(frozen=True, slots=True)
class Contested:
    """What a verdict would set where a person chose otherwise: the value by the name of the field.

    ``is_outdated`` says that somebody edited the title or description after the words were put to the model. Where a
    severity word raised the priority, ``floor_word`` is that and ``priority_before`` what the model had said.
    """

    run_id: int
    reason: str
    values: dict[str, str]
    is_outdated: bool
    floor_word: str | None
    priority_before: str | None


def column() -> ColumnElement[ClassificationState]:
    """The state of each selected ticket."""
    is_running = and_(Ticket.classification_state.in_(WAITING), _is_being_read())
    running = literal(ClassificationState.RUNNING, Ticket.classification_state.type)
    return case((is_running, running), else_=Ticket.classification_state)


def holder() -> ColumnElement[int | None]:
    """The paused bulk job that holds each selected ticket, looked for only where one waits; NULL: none does."""
    run = ClassificationRun
    is_held = and_(run.ticket_id == Ticket.id, run.state.in_(OUTSTANDING), run.asked_for.in_(BY_JOBS))
    job = select(BulkJob.id).join(run, run.bulk_job_id == BulkJob.id).where(is_held, BulkJob.paused_at.is_not(None))
    return case((Ticket.classification_state.in_(WAITING), job.correlate(Ticket).scalar_subquery()))


def is_in(state: ClassificationState) -> ColumnElement[bool]:
    """That a ticket is in this state, as a condition that an index answers."""
    if state == ClassificationState.RUNNING:
        return Ticket.id.in_(select(ClassificationRun.ticket_id).where(ClassificationRun.state == RunState.RUNNING))
    kept = Ticket.classification_state == state
    return and_(kept, ~_is_being_read()) if state in WAITING else kept


def states(ticket_ids: Sequence[int]) -> dict[int, ClassificationState]:
    """The state of each of these tickets, by number."""
    statement = select(Ticket.id, column().label("state")).where(Ticket.id.in_(ticket_ids))
    return {row.id: row.state for row in db.session.execute(statement)}


def held_by(ticket_ids: Sequence[int]) -> dict[int, int | None]:
    """The paused bulk job that holds each of these tickets, by number; None: none does."""
    statement = select(Ticket.id, holder().label("job_id")).where(Ticket.id.in_(ticket_ids))
    return {row.id: row.job_id for row in db.session.execute(statement)}


def standing(ticket_id: int) -> Standing:
    """Where the classification of this ticket stands, by one statement over its runs."""
    run = ClassificationRun
    newest = select(run).where(run.ticket_id == ticket_id).order_by(run.id.desc()).limit(1)
    waiting = newest.where(run.state.in_(OUTSTANDING)).subquery()
    failed = newest.where(run.error.is_not(None), counts()).subquery()
    row = db.session.execute(
        select(
            column().label("state"),
            select(failed.c.error).scalar_subquery().label("error"),
            select(waiting.c.attempt).scalar_subquery().label("attempt"),
            select(waiting.c.due_at).scalar_subquery().label("due_at"),
            exists().where(failed.c.asked_at == waiting.c.asked_at).label("is_asked_anew"),
            holder().label("held_by_id"),
            _last_set(ticket_id, run.applied_category).label("category_run_id"),
            _last_set(ticket_id, run.applied_priority).label("priority_run_id"),
        ).where(Ticket.id == ticket_id)
    ).one()
    return Standing(**row._mapping)


def contested(ticket: Ticket) -> Contested | None:
    """What the newest verdict proposes against people's choices, unless somebody has answered it, however long ago.

    An answer is every choice of a person for the field since the verdict, and one made in view of it.
    """
    run = _newest_verdict(ticket.id)
    if run is None:
        return None
    values = {
        name: getattr(run, name)
        for name in CLASSIFIED
        if getattr(ticket, f"{name}_by") == ChosenBy.PERSON and getattr(ticket, name) != getattr(run, name)
    }
    since = _since(run) if values else set()
    left = {name: value for name, value in values.items() if name not in since}
    if not left:
        return None
    return Contested(
        run_id=run.id,
        reason=run.reason or "",
        values=left,
        is_outdated=not since.isdisjoint(EDITS),
        floor_word=run.floor_word,
        priority_before=run.priority_before,
    )


def verdicts(run_ids: Sequence[int]) -> list[ClassificationRun]:
    """These runs, oldest first."""
    statement = select(ClassificationRun).where(ClassificationRun.id.in_(run_ids)).order_by(ClassificationRun.id)
    return list(db.session.scalars(statement)) if run_ids else []


def counts() -> ColumnElement[bool]:
    """That a run says something of its ticket: it was not called off, nor undone with its bulk job."""
    run = ClassificationRun
    return and_(run.undone_at.is_(None), or_(run.error_kind.is_(None), run.error_kind.not_in(NOT_ASKED)))


def run_behind(ticket_id: int, field: str, *, before_id: int | None = None) -> int | None:
    """The run that set the machine's value of ``category`` or ``priority`` last, among those before ``before_id``."""
    is_applied = {"category": ClassificationRun.applied_category, "priority": ClassificationRun.applied_priority}
    is_earlier = true() if before_id is None else ClassificationRun.id < before_id
    return db.session.scalar(select(_last_set(ticket_id, and_(is_applied[field], is_earlier))))


def _newest_verdict(ticket_id: int) -> ClassificationRun | None:
    run = ClassificationRun
    is_verdict = and_(run.ticket_id == ticket_id, run.state == RunState.SUCCEEDED, run.undone_at.is_(None))
    newest = select(run).where(is_verdict).order_by(run.id.desc()).limit(1)
    # As it is now: the page may have read it a moment ago, when it was still being asked.
    return db.session.scalar(newest.execution_options(populate_existing=True))


def _since(run: ClassificationRun) -> set[str | None]:
    """The fields on which people decided since the verdict or in view of it, and what was edited since it was asked.

    It was asked before the time that the call took: somebody may have edited them while the model read.
    """
    event = TicketEvent
    asked_at = run.finished_at and run.finished_at - timedelta(milliseconds=run.latency_ms or 0)
    is_decision = and_(event.kind.in_(DECISIONS), or_(event.run_id == run.id, event.at > run.finished_at))
    is_edit = and_(event.kind.in_(EDITS), event.at > asked_at)
    rows = db.session.execute(
        select(event.kind, case((event.kind == EventKind.CONFIRMED, event.old)).label("old"))
        .where(event.ticket_id == run.ticket_id, event.actor_id.is_not(None), or_(is_decision, is_edit))
        .distinct()
    )
    return {row.old if row.kind == EventKind.CONFIRMED else str(row.kind) for row in rows}


def _last_set(ticket_id: int, is_applied: Any) -> ScalarSelect[int | None]:
    run = ClassificationRun
    newest = select(func.max(run.id)).where(run.ticket_id == ticket_id, is_applied, run.undone_at.is_(None))
    return newest.scalar_subquery()


def _is_being_read() -> Exists:
    return exists().where(ClassificationRun.ticket_id == Ticket.id, ClassificationRun.state == RunState.RUNNING)
