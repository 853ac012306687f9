"""Identical text within an hour is asked about once: whoever comes later takes the verdict, or waits for it."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ticketapp.ai import Failure, FailureKind, Suggestion, Verdict
from ticketapp.clock import utc_now
from ticketapp.db import transaction
from ticketapp.models import AskedFor, ChosenBy, ClassificationRun, RunState, Ticket

GOOD_FOR = timedelta(hours=1)
WAIT_SECONDS = 1.0
EXPLICIT = (AskedFor.RECLASSIFY, AskedFor.BULK)


class BeingAsked(Exception):
    """The same text is being asked about at this moment, for another ticket."""


class LostClaim(Exception):
    """The run is not ours any more: its lease ran out, or its words have changed."""


def earlier(run_id: int, lease_until: datetime, digest: str) -> ClassificationRun | None:
    """The run whose verdict this claimed one may take; None: the question is this run's to put, and only its own.

    Committed. Raises ``BeingAsked``, where whoever asks is not known to be dead, and ``LostClaim``; which of two
    comes first is for the unique index on running runs to say.
    """
    try:
        with transaction(wait_for_disk=False) as session:
            _forget_the_dead(session, digest)
            run = session.scalar(
                update(ClassificationRun)
                .where(ClassificationRun.id == run_id, ClassificationRun.lease_until == lease_until)
                .values(question_digest=digest)
                .returning(ClassificationRun)
                .execution_options(populate_existing=True)
            )
            if run is None:
                raise LostClaim
            # Looked for only now: whoever held the digest until a moment ago has committed the verdict by then.
            return _found(session, run, digest)
    except IntegrityError as error:
        raise BeingAsked from error


def verdict_of(run: ClassificationRun) -> Verdict:
    """What the model said to that run, before any severity word, as a verdict that took no time and no tokens."""
    if run.state == RunState.GAVE_UP:
        failure = replace(Failure.of(FailureKind.BLOCKED, run.error_detail or ""), sentence=run.error or "")
        return Verdict(
            suggestion=None,
            failure=failure,
            model=run.model or "",
            prompt_version=run.prompt_version or "",
            latency_ms=0,
        )
    priority = run.priority_before or run.priority
    assert run.category is not None
    assert priority is not None
    return Verdict(
        suggestion=Suggestion(run.category, priority, run.reason or "", run.confidence),
        failure=None,
        model=run.model or "",
        prompt_version=run.prompt_version or "",
        latency_ms=0,
    )


def _forget_the_dead(session: Session, digest: str) -> None:
    """A run that a worker left behind blocks nobody, however long it is until somebody may take it over."""
    run = ClassificationRun
    session.execute(
        update(run)
        .where(run.question_digest == digest, run.state == RunState.RUNNING, run.lease_until < utc_now())
        .values(question_digest=None)
        .execution_options(synchronize_session=False)
    )


def _found(session: Session, run: ClassificationRun, digest: str) -> ClassificationRun | None:
    """The newest verdict on this text that the model gave for another ticket, on which nobody decided otherwise, or
    its word that it answers no such text."""
    since = utc_now() - GOOD_FOR
    if run.asked_for in EXPLICIT:  # somebody wants a fresh look: what was said before they asked is none
        since = max(since, run.asked_at)
    is_undisputed = and_(
        ClassificationRun.state == RunState.SUCCEEDED,
        ClassificationRun.undone_at.is_(None),
        or_(Ticket.category_by != ChosenBy.PERSON, Ticket.category == ClassificationRun.category),
        or_(Ticket.priority_by != ChosenBy.PERSON, Ticket.priority == ClassificationRun.priority),
    )
    is_blocked = and_(
        ClassificationRun.state == RunState.GAVE_UP, ClassificationRun.error_kind == FailureKind.BLOCKED
    )
    statement = (
        select(ClassificationRun)
        .join(Ticket, Ticket.id == ClassificationRun.ticket_id)
        .where(
            ClassificationRun.question_digest == digest,
            ClassificationRun.finished_at >= since,
            or_(is_undisputed, is_blocked),
            ClassificationRun.copied_from_id.is_(None),
            ClassificationRun.ticket_id != run.ticket_id,
        )
        .order_by(ClassificationRun.finished_at.desc())
        .limit(1)
    )
    return session.scalar(statement)
