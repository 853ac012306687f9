"""Identical text within an hour is asked about once: whoever comes later takes the verdict, or waits for it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from psycopg2.errors import LockNotAvailable
from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session, aliased

from ticketapp.ai import Failure, FailureKind, Suggestion, Verdict
from ticketapp.clock import utc_now
from ticketapp.db import db, transaction
from ticketapp.models import AskedFor, BulkJob, ChosenBy, ClassificationRun, RunState, Ticket

GOOD_FOR = timedelta(hours=1)
# So long what failed by its text is taken to fail alike: many of one text would fail one after another, each in its
# time, and seem to be as many failures of the provider.
FAILED_FOR = timedelta(seconds=10)
WAIT_SECONDS = 1.0
LOCK_MILLISECONDS = 200
EXPLICIT = (AskedFor.RECLASSIFY, AskedFor.BULK)


class BeingAsked(Exception):
    """The same text is being asked about at this moment, for another ticket."""


class LostClaim(Exception):
    """The run is not ours any more: its lease ran out, or its words have changed."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was said to a text before: the ``run`` whose verdict may be taken, or that no run knows the text.

    ``failed`` is the run that asked about it in vain a moment ago, where nothing newer answered the text.
    ``is_new``: no other ticket's run was answered to it within the hour, also none that was saved with a form's
    proposal, and nobody wants a fresh look. What a form was answered will do then, as nobody can have corrected it.
    """

    run: ClassificationRun | None = None
    failed: ClassificationRun | None = None
    is_new: bool = False


def earlier(run_id: int, lease_until: datetime, digest: str) -> Earlier:
    """What this claimed run may take; without a run, the question is this one's to put, and only its own.

    Committed. Raises ``BeingAsked``, where whoever asks is not known to be dead, and ``LostClaim``; which of two
    comes first is for the unique index on running runs to say. Also ``BeingAsked`` where a bulk job's page has that
    run: waiting for it with a run of one's own is a deadlock where the page comes to that next.
    """
    try:
        with transaction(wait_for_disk=False) as session:
            _wait_briefly(session)
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
            return _earlier(session, run, digest)
    except IntegrityError as error:
        raise BeingAsked from error
    except OperationalError as error:
        if isinstance(error.orig, LockNotAvailable):
            raise BeingAsked from error
        raise


def lately(digest: str) -> ClassificationRun | None:
    """The run whose verdict a form may take that asks about this text."""
    return db.session.scalar(_on(digest, since=utc_now() - GOOD_FOR).where(_is_to_be_taken()))


def verdict_of(run: ClassificationRun) -> Verdict:
    """What came of that run, before any severity word, as a verdict that took no time and no tokens.

    What failed is not to be tried before the ticket of that run is.
    """
    if run.state != RunState.SUCCEEDED:
        return Verdict(
            suggestion=None,
            failure=_failure_of(run),
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


def _failure_of(run: ClassificationRun) -> Failure:
    assert run.error_kind is not None
    kind, next_run = FailureKind(run.error_kind), ClassificationRun
    next_try = select(next_run.due_at).where(next_run.ticket_id == run.ticket_id, next_run.state == RunState.QUEUED)
    due_at = db.session.scalar(next_try) if kind.may_be_the_texts else None
    seconds = None if due_at is None else max(0.0, (due_at - utc_now()).total_seconds())
    return replace(
        Failure.of(kind, run.error_detail or "", retry_after_seconds=seconds), sentence=run.error or kind.sentence
    )


def _wait_briefly(session: Session) -> None:
    """Far shorter than the second after which PostgreSQL looks for deadlocks."""
    if db.engine.dialect.name == "postgresql":
        session.execute(text(f"SET LOCAL lock_timeout = {LOCK_MILLISECONDS}"))


def _forget_the_dead(session: Session, digest: str) -> None:
    """A run that a worker left behind blocks nobody, however long it is until somebody may take it over."""
    run = ClassificationRun
    session.execute(
        update(run)
        .where(run.question_digest == digest, run.state == RunState.RUNNING, run.lease_until < utc_now())
        .values(question_digest=None)
        .execution_options(synchronize_session=False)
    )


def _earlier(session: Session, run: ClassificationRun, digest: str) -> Earlier:
    is_fresh = run.asked_for in EXPLICIT  # what was said before somebody asked for a fresh look is none
    since = max(utc_now() - GOOD_FOR, _wanted_at(session, run)) if is_fresh else utc_now() - GOOD_FOR
    others = _on(digest, since=since).where(ClassificationRun.ticket_id != run.ticket_id)
    if found := session.scalar(others.where(_is_to_be_taken())):
        return Earlier(found)
    answered = session.scalar(others.where(ClassificationRun.category.is_not(None)))
    just_now = utc_now() - FAILED_FOR
    newest = max(just_now, (answered and answered.finished_at) or just_now)
    failed = session.scalar(others.where(_has_just_failed(), ClassificationRun.finished_at > newest))
    return Earlier(failed=failed, is_new=not is_fresh and answered is None)


def _wanted_at(session: Session, run: ClassificationRun) -> datetime:
    """When the fresh look was asked for; a bulk job's tickets come to their runs page by page."""
    job = session.get(BulkJob, run.bulk_job_id) if run.asked_for == AskedFor.BULK and run.bulk_job_id else None
    return (job and job.started_at) or run.asked_at


def _on(digest: str, *, since: datetime) -> Select[ClassificationRun]:
    """The newest run on a text that ended since then."""
    run = ClassificationRun
    ended = select(run).join(Ticket, Ticket.id == run.ticket_id)
    return (
        ended.where(run.question_digest == digest, run.finished_at >= since).order_by(run.finished_at.desc()).limit(1)
    )


def _is_to_be_taken() -> ColumnElement[bool]:
    """That the model itself gave a verdict, and nobody decided otherwise on its ticket, nor on one that was given a
    verdict on the same text since then; or its word that it answers no such text."""
    run, since, its_ticket = ClassificationRun, aliased(ClassificationRun), aliased(Ticket)
    is_corrected = exists().where(
        since.question_digest == run.question_digest,
        since.finished_at >= run.finished_at,
        since.category.is_not(None),
        since.ticket_id == its_ticket.id,
        or_(
            and_(its_ticket.category_by == ChosenBy.PERSON, its_ticket.category != run.category),
            and_(its_ticket.priority_by == ChosenBy.PERSON, its_ticket.priority != run.priority),
        ),
    )
    is_good = and_(run.state == RunState.SUCCEEDED, run.undone_at.is_(None), ~is_corrected)
    is_blocked = and_(run.state == RunState.GAVE_UP, run.error_kind == FailureKind.BLOCKED)
    return and_(or_(is_good, is_blocked), run.copied_from_id.is_(None))


def _has_just_failed() -> ColumnElement[bool]:
    """That it was asked in vain, and that may be the text's own fault."""
    run = ClassificationRun
    is_over = run.state.in_((RunState.FAILED, RunState.GAVE_UP))
    kinds = [kind for kind in FailureKind if kind.may_be_the_texts]
    return and_(is_over, run.error_kind.in_(kinds), run.copied_from_id.is_(None))
