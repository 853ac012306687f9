"""Which classification runs there are: due ones for the worker, recent ones for admins, bulk jobs with progress."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Exists, TextClause, and_, case, exists, func, or_, select, text
from sqlalchemy.orm import InstrumentedAttribute, aliased, joinedload

from ticketapp.ai import FailureKind
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
from ticketapp.models.classification import NO_JOBS, OF_JOB, OUTSTANDING, WITHOUT_JOB

# Told otherwise, SQLite takes the state for what narrows most, and sorts all that is outstanding for each question.
WITHOUT_JOB_ON_SQLITE = text(f"likely({OUTSTANDING}) AND {NO_JOBS}")
PAGE_SIZE = 50
EVENTS_LOOKED_AT = 10_000
BY_JOBS = (AskedFor.BULK, AskedFor.RETRY)
NOT_NEEDED = "not_needed"
WITHDRAWN = "withdrawn"
TAKEN_OVER = "taken_over"
# A run that was called off before anybody was asked says nothing about the machine.
NOT_ASKED = (NOT_NEEDED, WITHDRAWN, TAKEN_OVER)
# A run that was given up for one of these has left another, which waits.
ASKED_ANEW = tuple(kind for kind in FailureKind if kind.awaits_an_admin)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a bulk job has got: of ``total`` tickets, ``done`` classified, ``failed`` for good, ``waiting`` after a
    failure to be tried again, and ``left`` to another job that took them over or to people who decided them.

    Of the classified ``anyway`` had been waiting for the machine when the job came: undoing leaves them as they are.
    """

    job: BulkJob
    total: int
    done: int
    failed: int
    waiting: int
    left: int
    anyway: int

    @property
    def settled(self) -> int:
        """For how many tickets the job has nothing more to do."""
        return self.done + self.failed + self.left

    @property
    def is_finished(self) -> bool:
        """Whether nothing of the job is outstanding any more."""
        return self.job.queued_at is not None and self.settled >= self.total


def due(now: datetime, *, limit: int) -> list[int]:
    """The ids of runs that can be done now, what no bulk job asked for first: queued and due, or left behind by a
    worker that died. What a paused job holds is not even looked at."""
    return _earliest(_is_due(now), limit=limit)


def next_due(now: datetime, *, limit: int) -> list[int]:
    """The ids of those to do next: of what bulk jobs asked for only where nothing else is due."""
    return _without_job(_is_due(now), limit=limit) or _of_jobs(_is_due(now), limit=limit)


def due_later(now: datetime, *, limit: int) -> list[int]:
    """The ids of runs that wait for a later try, in the order of ``due``, without what a paused job holds."""
    run = ClassificationRun
    return _earliest(and_(run.due_at > now, run.lease_until.is_(None)), limit=limit)


def being_asked(now: datetime) -> int:
    """How many runs somebody is at now: no more than there are workers."""
    run = ClassificationRun
    is_at_work = and_(run.state == RunState.RUNNING, run.lease_until >= now)
    return db.session.scalars(select(func.count()).where(is_at_work)).one()


def is_anything_waiting() -> bool:
    """Whether any ticket waits for the machine, now or later, other than what a paused bulk job holds.

    A look at two indexes that hold only what is outstanding, however many tickets there are.
    """
    run = ClassificationRun
    without_job = select(run.id).where(WITHOUT_JOB).order_by(run.due_at, run.id).limit(1)
    return db.session.scalar(without_job) is not None or bool(_jobs_with_work())


def is_free(now: datetime) -> ColumnElement[bool]:
    """That an outstanding run can be done now: queued and due, or left by a dead worker; and no paused job holds it.

    What somebody asked for by hand since is not held, nor what had waited without the job.
    """
    run = ClassificationRun
    is_paused = exists().where(BulkJob.id == run.bulk_job_id, BulkJob.paused_at.is_not(None))
    return and_(_is_due(now), ~and_(run.asked_for.in_(BY_JOBS), is_paused))


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
    """Tickets whose first reply by a person landed since then and which no run has read for that, oldest first.

    What a machine wrote before, such as a note of absence, is no reply. Looked for among the newest 10,000 events,
    so that the cost does not grow with the number of tickets.
    """
    earlier, wrote = aliased(TicketEvent), TicketEvent.kind == EventKind.MESSAGE
    newest = select(func.max(TicketEvent.id) - EVENTS_LOOKED_AT).scalar_subquery()
    arrived_at = (
        select(func.min(Message.created_at))
        .where(
            Message.ticket_id == Ticket.id,
            Message.direction == Direction.INBOUND,
            Message.is_automatic.is_(False),
            Message.created_at > Ticket.created_at,
        )
        .correlate(Ticket)
        .scalar_subquery()
    )
    is_first = ~exists().where(
        earlier.ticket_id == TicketEvent.ticket_id,
        earlier.kind == EventKind.MESSAGE,
        earlier.id < TicketEvent.id,
        earlier.at >= arrived_at,
    )
    is_read = _is_reply_read(TicketEvent.ticket_id)
    statement = (
        select(TicketEvent.ticket_id)
        .join(Ticket, Ticket.id == TicketEvent.ticket_id)
        .where(
            wrote, TicketEvent.id > newest, TicketEvent.at >= since, TicketEvent.at >= arrived_at, is_first, ~is_read
        )
    )
    return list(db.session.scalars(statement.order_by(TicketEvent.id).limit(limit)))


def is_reply_read(ticket_id: int) -> bool:
    """Whether a run of this ticket was asked for after its first reply, be it done or not."""
    return bool(db.session.scalar(select(_is_reply_read(ticket_id))))


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
    """How far a bulk job has got. Raises ``NotFound``."""
    job = db.session.scalar(select(BulkJob).where(BulkJob.id == job_id).options(joinedload(BulkJob.asked_by)))
    if job is None:
        raise NotFound(f"There is no bulk job {job_id}.")
    run = ClassificationRun
    is_outstanding = run.state.in_((RunState.QUEUED, RunState.RUNNING))
    is_retry = run.attempt > 1
    is_over = or_(run.error_kind.is_(None), run.error_kind.not_in((*NOT_ASKED, *ASKED_ANEW)))
    counted = db.session.execute(
        select(
            _tickets(run.state == RunState.SUCCEEDED).label("done"),
            _tickets(and_(run.state == RunState.SUCCEEDED, run.asked_for.not_in(BY_JOBS))).label("anyway"),
            _tickets(and_(run.state == RunState.GAVE_UP, is_over)).label("failed"),
            _tickets(and_(is_outstanding, is_retry)).label("waiting"),
            _tickets(and_(is_outstanding, ~is_retry)).label("to_come"),
        ).where(run.bulk_job_id == job_id)
    ).one()
    total = job.total if job.queued_at is None else job.queued
    left = max(0, job.queued - counted.done - counted.failed - counted.waiting - counted.to_come)
    figures = {name: getattr(counted, name) for name in ("done", "failed", "waiting", "anyway")}
    return Progress(job, total, left=left, **figures)


def _is_reply_read(ticket_id: int | InstrumentedAttribute[int]) -> Exists:
    return exists().where(ClassificationRun.ticket_id == ticket_id, ClassificationRun.occasion == Occasion.REPLY)


def _earliest(when: ColumnElement[bool], *, limit: int) -> list[int]:
    without_job = _without_job(when, limit=limit)
    return without_job + _of_jobs(when, limit=limit - len(without_job))


def _without_job(when: ColumnElement[bool], *, limit: int) -> list[int]:
    is_sqlite = db.engine.dialect.name == "sqlite"
    return _by_due_at(when, WITHOUT_JOB_ON_SQLITE if is_sqlite else WITHOUT_JOB, limit=limit)


def _of_jobs(when: ColumnElement[bool], *, limit: int) -> list[int]:
    """Job by job, the oldest first, so that no more is read than what is due of those that go on."""
    found: list[int] = []
    for job_id in _jobs_with_work() if limit > 0 else []:
        found += _by_due_at(when, OF_JOB, ClassificationRun.bulk_job_id == job_id, limit=limit - len(found))
        if len(found) >= limit:
            break
    return found


def _jobs_with_work() -> list[int]:
    has_work = exists().where(OF_JOB, ClassificationRun.bulk_job_id == BulkJob.id)
    going_on = select(BulkJob.id).where(BulkJob.started_at.is_not(None), BulkJob.paused_at.is_(None), has_work)
    return list(db.session.scalars(going_on.order_by(BulkJob.id)))


def _by_due_at(*which: ColumnElement[bool] | TextClause, limit: int) -> list[int]:
    """By an index on ``due_at``, whose end is what is not due yet."""
    run = ClassificationRun
    return list(db.session.scalars(select(run.id).where(*which).order_by(run.due_at, run.id).limit(limit)))


def _is_due(now: datetime) -> ColumnElement[bool]:
    """That an outstanding run can be done now; only who is at it has a lease."""
    run = ClassificationRun
    return and_(run.due_at <= now, or_(run.lease_until.is_(None), run.lease_until < now))


def _tickets(counts: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((counts, ClassificationRun.ticket_id)).distinct())
