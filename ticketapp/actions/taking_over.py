"""Bulk jobs that come to the same ticket: the later one takes over its run, and gives it back when it is undone."""

from datetime import datetime

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from ticketapp.actions import verdicts
from ticketapp.models import (
    AskedFor,
    BulkJob,
    BulkUndo,
    ClassificationRun,
    ClassificationState,
    RunState,
    Ticket,
)
from ticketapp.queries.classification import BY_JOBS, TAKEN_OVER
from ticketapp.queries.standing import counts

TAKEN = "A later bulk job took this over before the model was asked."
LINED_UP = "It was being read for another bulk job already when this one came to it."


def take_over(session: Session, run: ClassificationRun, job: BulkJob, *, now: datetime) -> ClassificationRun:
    """Inside the caller's transaction: let a job have the run of a ticket, both locked; the run that waits then.

    What waits without a job becomes due and is counted, no more. What waits for another job is ended as it is, and a
    like one is queued for this. What is being read for another job is left to it, and lined up for this one.
    """
    is_anothers = run.asked_for in BY_JOBS and run.bulk_job_id not in (None, job.id)
    if not is_anothers:
        return _count(session, run, job, now=now)
    if run.lease_until is not None and run.lease_until >= now:
        _line_up(session, run, job, now=now)
        return run
    mine = verdicts.new_run(run.ticket_id, AskedFor.BULK, by=job.asked_by, now=now)
    mine.bulk_job_id, mine.attempt = job.id, run.attempt
    _end(run, TAKEN, now=now)
    session.flush()  # the ended run must be out of the way of the one outstanding run a ticket may have
    session.add(mine)
    return mine


def give_back(session: Session, ticket: Ticket) -> None:
    """Inside the caller's transaction, the ticket locked: queue again what a job that is undone now had taken over.

    That is the newest that was taken over from a job which is not undone, unless something ended since which stands,
    or people decided both values.
    """
    if ticket.is_decided_by_people:
        return
    run = ClassificationRun
    is_undone = exists().where(BulkUndo.bulk_job_id == run.bulk_job_id)
    stands = or_(run.error_kind.is_(None), run.error_kind != TAKEN_OVER, ~is_undone)
    newest = session.scalar(
        select(run)
        .where(run.ticket_id == ticket.id, run.undone_at.is_(None), stands)
        .order_by(run.finished_at.desc().nulls_first(), run.id.desc())
        .limit(1)
    )
    if newest is not None and newest.error_kind == TAKEN_OVER:
        session.add(verdicts.like(newest, attempt=newest.attempt, due_at=newest.due_at))


def restate(session: Session, ticket: Ticket) -> None:
    """Inside the caller's transaction: say where the classification stands, by the newest run that still counts."""
    run = ClassificationRun
    session.flush()
    newest = session.scalar(select(run).where(run.ticket_id == ticket.id, counts()).order_by(run.id.desc()).limit(1))
    # Written whatever the object says: triggers may have made something else of it meanwhile.
    state = update(Ticket).where(Ticket.id == ticket.id).values(classification_state=_state(ticket, newest))
    session.execute(state)


def _count(session: Session, run: ClassificationRun, job: BulkJob, *, now: datetime) -> ClassificationRun:
    """A run that is no job's may be counted by one job, until that is undone."""
    if run.asked_for == AskedFor.RETRY:  # from before tries kept what they were asked for; it would be the job's
        run.asked_for = AskedFor.OPENED
    if run.state == RunState.QUEUED:
        run.due_at = now
    if run.bulk_job_id is None or session.get(BulkUndo, run.bulk_job_id) is not None:
        run.bulk_job_id = job.id
    return run


def _line_up(session: Session, run: ClassificationRun, job: BulkJob, *, now: datetime) -> None:
    """Note that the job wanted it too, for when the other one is undone."""
    wish = verdicts.new_run(run.ticket_id, AskedFor.BULK, by=job.asked_by, now=now)
    wish.bulk_job_id = job.id
    _end(wish, LINED_UP, now=now)
    session.add(wish)
    restate(session, session.get_one(Ticket, run.ticket_id, populate_existing=True))


def _end(run: ClassificationRun, error: str, *, now: datetime) -> None:
    run.state, run.lease_until, run.finished_at = RunState.GAVE_UP, None, now
    run.error_kind, run.error = TAKEN_OVER, error


def _state(ticket: Ticket, newest: ClassificationRun | None) -> ClassificationState:
    if newest is not None and newest.state in (RunState.QUEUED, RunState.RUNNING):
        return ClassificationState.QUEUED if newest.attempt == 1 else ClassificationState.FAILED
    if newest is None:
        return ClassificationState.NOT_ASKED if ticket.is_unclassified else ClassificationState.DONE
    is_done = ticket.is_decided_by_people or newest.state == RunState.SUCCEEDED
    return ClassificationState.DONE if is_done else ClassificationState.GIVEN_UP
