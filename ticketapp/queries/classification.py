"""Which classification runs there are: due ones for the worker, recent ones for admins, bulk jobs with progress."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from ticketapp.db import db
from ticketapp.errors import NotFound
from ticketapp.models import (
    AskedFor,
    BulkJob,
    ClassificationRun,
    Direction,
    EventKind,
    Message,
    Occasion,
    RunState,
    Ticket,
    TicketEvent,
)

PAGE_SIZE = 50
EVENTS_LOOKED_AT = 10_000
BY_JOBS = (AskedFor.BULK, AskedFor.RETRY)
NOT_NEEDED = "not_needed"
WITHDRAWN = "withdrawn"
# A run that was called off before anybody was asked says nothing about the machine.
NOT_ASKED = (NOT_NEEDED, WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a bulk job has got: of ``total`` tickets, ``done`` classified and ``failed`` given up or waiting."""

    job: BulkJob
    total: int
    done: int
    failed: int

    @property
    def is_finished(self) -> bool:
        """Whether nothing of the job is outstanding any more."""
        return self.job.queued_at is not None and self.done + self.failed >= self.total


def due(now: datetime, *, limit: int) -> list[int]:
    """The ids of runs that can be done now: queued and due, or left behind by a worker that died."""
    outstanding = ClassificationRun.state.in_((RunState.QUEUED, RunState.RUNNING))
    statement = select(ClassificationRun.id).where(outstanding, is_free(now))
    return list(db.session.scalars(statement.order_by(ClassificationRun.due_at, ClassificationRun.id).limit(limit)))


def is_free(now: datetime) -> ColumnElement[bool]:
    """That a run can be done now: queued and due, or left behind by a worker that died; and not held by a paused job.

    What somebody asked for by hand since is not held.
    """
    run = ClassificationRun
    is_due = or_(
        and_(run.state == RunState.QUEUED, run.due_at <= now),
        and_(run.state == RunState.RUNNING, run.lease_until < now),
    )
    is_paused = exists().where(BulkJob.id == run.bulk_job_id, BulkJob.paused_at.is_not(None))
    return and_(is_due, ~and_(run.asked_for.in_(BY_JOBS), is_paused))


def outstanding(ticket_id: int) -> int | None:
    """The id of the run of this ticket that is queued or running, if any."""
    return db.session.scalar(
        select(ClassificationRun.id).where(
            ClassificationRun.ticket_id == ticket_id,
            ClassificationRun.state.in_((RunState.QUEUED, RunState.RUNNING)),
        )
    )


def recent(
    *, state: RunState | None = None, before_id: int | None = None, limit: int = PAGE_SIZE
) -> list[ClassificationRun]:
    """Runs with ticket and who asked, newest first, below ``before_id``."""
    statement = select(ClassificationRun).options(
        joinedload(ClassificationRun.ticket), joinedload(ClassificationRun.asked_by)
    )
    if state is not None:
        statement = statement.where(ClassificationRun.state == state)
    if before_id is not None:
        statement = statement.where(ClassificationRun.id < before_id)
    return list(db.session.scalars(statement.order_by(ClassificationRun.id.desc()).limit(limit)))


def first_replies(*, since: datetime, limit: int = 100) -> list[int]:
    """Tickets whose requester wrote for the first time since then and which no run has read for that, oldest first.

    Looked for among the newest 10,000 events, so that the cost does not grow with the number of tickets.
    """
    earlier, wrote = aliased(TicketEvent), TicketEvent.kind == EventKind.MESSAGE
    newest = select(func.max(TicketEvent.id) - EVENTS_LOOKED_AT).scalar_subquery()
    is_first = ~exists().where(
        earlier.ticket_id == TicketEvent.ticket_id, earlier.kind == EventKind.MESSAGE, earlier.id < TicketEvent.id
    )
    is_read = exists().where(
        ClassificationRun.ticket_id == TicketEvent.ticket_id, ClassificationRun.occasion == Occasion.REPLY
    )
    by_person = exists().where(
        Message.ticket_id == TicketEvent.ticket_id,
        Message.direction == Direction.INBOUND,
        Message.is_automatic.is_(False),
        Message.created_at > Ticket.created_at,
    )
    statement = (
        select(TicketEvent.ticket_id)
        .join(Ticket, Ticket.id == TicketEvent.ticket_id)
        .where(wrote, TicketEvent.id > newest, TicketEvent.at >= since, is_first, ~is_read, by_person)
    )
    return list(db.session.scalars(statement.order_by(TicketEvent.id).limit(limit)))


def unfinished_bulk_jobs() -> list[int]:
    """The ids of bulk jobs that were started, are not paused, and still have tickets to queue."""
    is_going_on = and_(BulkJob.started_at.is_not(None), BulkJob.paused_at.is_(None), BulkJob.queued_at.is_(None))
    return list(db.session.scalars(select(BulkJob.id).where(is_going_on).order_by(BulkJob.id)))


def recent_bulk_jobs(limit: int = 10) -> list[BulkJob]:
    """The newest bulk jobs that were started, with who asked."""
    statement = (
        select(BulkJob)
        .where(BulkJob.started_at.is_not(None))
        .options(joinedload(BulkJob.asked_by))
        .order_by(BulkJob.id.desc())
    )
    return list(db.session.scalars(statement.limit(limit)))


def progress(job_id: int) -> Progress:
    """How far a bulk job has got. A ticket that waits to be tried again counts as failed. Raises ``NotFound``."""
    job = db.session.scalar(select(BulkJob).where(BulkJob.id == job_id).options(joinedload(BulkJob.asked_by)))
    if job is None:
        raise NotFound(f"There is no bulk job {job_id}.")
    by_state: dict[RunState, int] = {
        row.state: row.tickets
        for row in db.session.execute(
            select(ClassificationRun.state, func.count(ClassificationRun.ticket_id.distinct()).label("tickets"))
            .where(ClassificationRun.bulk_job_id == job_id)
            .group_by(ClassificationRun.state)
        )
    }
    done = by_state.get(RunState.SUCCEEDED, 0)
    outstanding_first = db.session.scalar(
        select(func.count()).where(
            ClassificationRun.bulk_job_id == job_id,
            ClassificationRun.state.in_((RunState.QUEUED, RunState.RUNNING)),
            ClassificationRun.asked_for != AskedFor.RETRY,
        )
    )
    total = job.total if job.queued_at is None else job.queued
    failed = max(0, job.queued - done - (outstanding_first or 0))
    return Progress(job, total, done, failed)
