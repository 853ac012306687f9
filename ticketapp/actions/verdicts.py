"""What a verdict does to a run and its ticket, inside a transaction of the classification.

A person's choice is never overwritten: a verdict sets a value only where the database says, at that moment, that
no person chose it.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from ticketapp.ai import Failure, Verdict, counted_with, fresh_start_seconds, retry_delay_seconds
from ticketapp.models import (
    AskedFor,
    Category,
    ChosenBy,
    ClassificationRun,
    ClassificationState,
    EventKind,
    Priority,
    RunState,
    Ticket,
    TicketEvent,
    User,
)


def new_run(ticket_id: int, asked_for: AskedFor, *, by: User | None, now: datetime) -> ClassificationRun:
    """A run that is due now; adding it to the session is the caller's."""
    return ClassificationRun(
        ticket_id=ticket_id,
        asked_for=asked_for,
        asked_by_id=by.id if by else None,
        asked_at=now,
        attempt=1,
        state=RunState.QUEUED,
        due_at=now,
    )


def like(run: ClassificationRun, *, attempt: int, due_at: datetime) -> ClassificationRun:
    """A run that is queued for what another one was asked for; adding it to the session is the caller's."""
    return ClassificationRun(
        ticket_id=run.ticket_id,
        asked_for=run.asked_for,
        asked_by_id=run.asked_by_id,
        asked_at=run.asked_at,
        occasion=run.occasion,
        bulk_job_id=run.bulk_job_id,
        attempt=attempt,
        state=RunState.QUEUED,
        due_at=due_at,
    )


def record_success(
    session: Session, ticket: Ticket, run: ClassificationRun, verdict: Verdict, *, now: datetime
) -> None:
    """Inside the caller's transaction, the ticket locked: finish the run, and set what no person chose."""
    suggestion = verdict.suggestion
    assert suggestion is not None
    _finish(run, verdict, RunState.SUCCEEDED, now=now)
    ticket.classification_state = ClassificationState.DONE  # in one write with the values, before the trigger asks
    run.category, run.priority = Category(suggestion.category), Priority(suggestion.priority)
    run.reason, run.confidence = suggestion.reason, suggestion.confidence
    if verdict.floor is not None:
        run.floor_word, run.priority_before = verdict.floor.word, Priority(verdict.floor.priority_before)
    run.applied_category = _apply(session, ticket, run, EventKind.CATEGORY, now=now)
    run.applied_priority = _apply(session, ticket, run, EventKind.PRIORITY, now=now)


def _apply(session: Session, ticket: Ticket, run: ClassificationRun, field: EventKind, *, now: datetime) -> bool:
    """Set one value unless a person chose it. The ticket's row is locked, so nobody can choose in between."""
    if getattr(ticket, f"{field}_by") == ChosenBy.PERSON:
        return False
    old, new = getattr(ticket, field), getattr(run, field)
    setattr(ticket, field, new)
    setattr(ticket, f"{field}_by", ChosenBy.MACHINE)
    ticket.note_change(now)
    session.add(TicketEvent(ticket_id=ticket.id, at=now, run_id=run.id, kind=field, old=old, new=new))
    return True


def record_answers(session: Session, ticket: Ticket, run: ClassificationRun, *, by: User, now: datetime) -> None:
    """Inside the caller's transaction: note that ``by`` had seen this verdict when they chose what they chose."""
    for field in (EventKind.CATEGORY, EventKind.PRIORITY):
        if getattr(ticket, f"{field}_by") == ChosenBy.PERSON:
            kept = {"kind": EventKind.CONFIRMED, "old": str(field), "new": getattr(ticket, field)}
            session.add(TicketEvent(ticket_id=ticket.id, at=now, actor_id=by.id, run_id=run.id, **kept))


def is_last_try(session: Session, run: ClassificationRun, failure: Failure) -> bool:
    """Whether a run that failed so is given up only because it was tried often enough."""
    may_pass = failure.retryable and not failure.kind.awaits_an_admin
    return may_pass and retry_delay_seconds(_tries(session, run, failure), failure) is None


def record_failure(
    session: Session, run: ClassificationRun, verdict: Verdict, failure: Failure, *, now: datetime
) -> None:
    """Inside the caller's transaction: finish the run with its cause, and queue the next try where one may help.

    The next try is asked for what the failed one was, by whoever wanted that, at that time and on that occasion. What
    an admin has to mend has the run given up at once and a like one queued, which has lost no try. An outage of the
    provider's, however long, brings no nearer that the ticket is given up for answers that cannot be used.
    """
    delay = retry_delay_seconds(_tries(session, run, failure), failure)
    _finish(run, verdict, RunState.GAVE_UP if delay is None else RunState.FAILED, now=now)
    run.error_kind, run.error, run.error_detail = failure.kind, failure.sentence, failure.detail
    fresh = fresh_start_seconds((now - run.asked_at).total_seconds(), failure)
    if delay is None and fresh is None:
        return
    session.flush()  # the finished run must be out of the way of the one outstanding run a ticket may have
    if delay is not None:
        session.add(like(run, attempt=run.attempt + 1, due_at=now + timedelta(seconds=delay)))
    elif fresh is not None:
        session.add(like(run, attempt=run.attempt, due_at=now + timedelta(seconds=fresh)))


def _tries(session: Session, run: ClassificationRun, failure: Failure) -> int:
    """How many tries failed in this way since the ticket was asked about anew, this one included."""
    each, first = ClassificationRun, aliased(ClassificationRun)
    since = select(first.id).where(first.ticket_id == run.ticket_id, first.attempt == 1, first.id <= run.id)
    failed = select(func.count()).where(
        each.ticket_id == run.ticket_id,
        each.id >= since.order_by(first.id.desc()).limit(1).scalar_subquery(),
        each.id < run.id,
        each.state == RunState.FAILED,
        each.error_kind.in_(counted_with(failure.kind)),
    )
    return 1 + session.scalars(failed).one()


def _finish(run: ClassificationRun, verdict: Verdict, state: RunState, *, now: datetime) -> None:
    run.state, run.lease_until, run.finished_at = state, None, now
    run.model, run.prompt_version, run.latency_ms = verdict.model, verdict.prompt_version, verdict.latency_ms
    run.tokens_in, run.tokens_out = verdict.tokens_in, verdict.tokens_out
    run.example_ids = list(verdict.examples) or None
