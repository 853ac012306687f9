"""Undoing a bulk job: the machine's values and the defaults that it changed come back; a person's never change.

A field comes back only where the job's run was the last to set it: not where a person or a later run has since.
"""

from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from ticketapp.actions import taking_over
from ticketapp.actions.bulk import free_job, locked_job
from ticketapp.clock import utc_now
from ticketapp.db import transaction
from ticketapp.errors import Conflict
from ticketapp.models import (
    BulkJob,
    BulkUndo,
    Category,
    ChosenBy,
    ClassificationRun,
    EventKind,
    InboundMail,
    Mailbox,
    Priority,
    RunState,
    Ticket,
    TicketEvent,
    User,
)
from ticketapp.queries.classification import BY_JOBS, WITHDRAWN
from ticketapp.queries.standing import counts, run_behind

PAGE_SIZE = 50
Row = TypeVar("Row")
DEFAULTS = {"category": Category.GENERAL, "priority": Priority.MEDIUM}


def undo(job_id: int, *, by: User) -> None:
    """Ask for a job to be undone, as background work; what it has not read yet is not read. Twice changes nothing.

    Raises ``NotFound``, ``Conflict`` where the job was not started.
    """
    now = utc_now()
    with transaction() as session:
        job = locked_job(session, job_id)
        if job.started_at is None:
            raise Conflict("This job was not started, so there is nothing to undo.")
        job.paused_at = job.paused_at or now
        if session.get(BulkUndo, job_id, populate_existing=True) is None:
            session.add(BulkUndo(bulk_job_id=job_id, asked_by_id=by.id, asked_at=now))


def undo_page(job_id: int) -> bool:
    """Undo the next 50 runs of a job, committed; True while there are more. Doing it twice changes nothing.

    It is finished when nothing is left and no run of the job was outstanding; until then the next sweep goes on. What
    another undoing gave back to the job at the very moment it was undone is withdrawn afterwards. Nothing, and False,
    where somebody else has the job at this moment.
    """
    now = utc_now()
    with transaction() as session:
        job = free_job(session, job_id)
        if job is None:
            return False
        undoing = session.get_one(BulkUndo, job_id, populate_existing=True)
        # Asked first: what is taken or saved between the two looks is seen by one of them.
        is_outstanding = session.scalar(select(_is_outstanding(job)))
        found = _locked_runs(session, job)
        for ticket, run in found:
            undoing.tickets += _take_back(session, ticket, run, by_id=undoing.asked_by_id, now=now)
        if undoing.finished_at is None and not found and not is_outstanding:
            undoing.finished_at = now
    return bool(found)


def _locked_runs(session: Session, job: BulkJob) -> list[tuple[Ticket, ClassificationRun]]:
    """The next runs to undo with their tickets; tickets are locked before runs, in order, as everybody does."""
    ticket_ids = session.scalars(_undoable(job, select(ClassificationRun.ticket_id)).limit(PAGE_SIZE)).all()
    tickets = session.scalars(
        select(Ticket)
        .where(Ticket.id.in_(ticket_ids))
        .order_by(Ticket.id)
        .with_for_update(of=Ticket, key_share=True)
        .execution_options(populate_existing=True)
    )
    by_id = {ticket.id: ticket for ticket in tickets}
    runs = session.scalars(
        _undoable(job, select(ClassificationRun))
        .where(ClassificationRun.ticket_id.in_(by_id))
        .with_for_update(of=ClassificationRun)
        .execution_options(populate_existing=True)
    )
    return [(by_id[run.ticket_id], run) for run in runs]


def _undoable(job: BulkJob, statement: Select[Row]) -> Select[Row]:
    run = ClassificationRun
    is_left = and_(run.state == RunState.RUNNING, run.lease_until < utc_now())  # whoever read it has died
    is_over = run.state.in_((RunState.SUCCEEDED, RunState.FAILED, RunState.GAVE_UP))
    is_to_do = or_(run.state == RunState.QUEUED, is_left, and_(is_over, counts()))
    is_kept = run.undone_at.is_(None)
    return statement.where(run.bulk_job_id == job.id, is_kept, _is_the_jobs(), is_to_do).order_by(run.id.desc())


def _is_the_jobs() -> ColumnElement[bool]:
    """What the job asked for; a run that somebody asked for by hand since is theirs."""
    return ClassificationRun.asked_for.in_(BY_JOBS)


def _is_outstanding(job: BulkJob) -> ColumnElement[bool]:
    run = ClassificationRun
    outstanding = run.state.in_((RunState.QUEUED, RunState.RUNNING))
    return exists().where(run.bulk_job_id == job.id, _is_the_jobs(), outstanding)


def _take_back(session: Session, ticket: Ticket, run: ClassificationRun, *, by_id: int, now: datetime) -> bool:
    """Whether the ticket got a value back."""
    restored: list[str] = []
    if run.state in (RunState.QUEUED, RunState.RUNNING):
        _withdraw(run, now=now)
    else:
        restored = [name for name in DEFAULTS if _restore(session, ticket, run, name, by_id=by_id, now=now)]
    run.undone_at = now
    session.flush()
    taking_over.give_back(session, ticket)
    taking_over.restate(session, ticket)
    return bool(restored)


def _withdraw(run: ClassificationRun, *, now: datetime) -> None:
    run.state, run.lease_until, run.finished_at = RunState.GAVE_UP, None, now
    run.error_kind, run.error = WITHDRAWN, "The bulk job was undone before the model was asked."


def _restore(
    session: Session, ticket: Ticket, run: ClassificationRun, name: str, *, by_id: int, now: datetime
) -> bool:
    """Whether the field has another value now, or another origin."""
    is_machines = getattr(ticket, f"{name}_by") == ChosenBy.MACHINE
    if not is_machines or run_behind(ticket.id, name) != run.id:
        return False
    earlier = run_behind(ticket.id, name, before_id=run.id)
    before = _opened_with(session, ticket, name) if earlier is None else _said(session, earlier, name)
    is_default = earlier is None and before == DEFAULTS[name] and before != _mailbox_category(session, ticket, name)
    if before == getattr(ticket, name) and not is_default:
        return False
    setattr(ticket, name, before)
    setattr(ticket, f"{name}_by", ChosenBy.DEFAULT if is_default else ChosenBy.MACHINE)
    ticket.note_change(now)
    event = TicketEvent(ticket_id=ticket.id, at=now, actor_id=by_id, run_id=run.id, kind=EventKind.UNDONE)
    event.old, event.new = name, before
    session.add(event)
    return True


def _mailbox_category(session: Session, ticket: Ticket, name: str) -> Category | None:
    """What the mailbox of a ticket's first mail stands for, which is the machine's choice and no default."""
    if name != "category":
        return None
    of_mail = select(Mailbox.default_category).join(InboundMail, InboundMail.mailbox_id == Mailbox.id)
    return session.scalar(of_mail.where(InboundMail.ticket_id == ticket.id).order_by(InboundMail.id).limit(1))


def _said(session: Session, run_id: int, name: str) -> str:
    """What a run set. What the history has before a later run may be a value that was itself taken back since."""
    said: Category | Priority = getattr(session.get_one(ClassificationRun, run_id), name)
    return said


def _opened_with(session: Session, ticket: Ticket, name: str) -> str:
    """The value that no run had set yet, which no person chose either: else no run had set one."""
    first = (
        select(TicketEvent.old)
        .where(
            TicketEvent.ticket_id == ticket.id,
            TicketEvent.run_id.is_not(None),
            TicketEvent.kind == EventKind(name),
            TicketEvent.actor_id.is_(None),
        )
        .order_by(TicketEvent.id)
        .limit(1)
    )
    return type(DEFAULTS[name])(str(session.scalars(first).one()))
