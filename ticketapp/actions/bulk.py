"""Reclassifying many tickets at once: a job row first, then pages of runs queued by the worker; started, paused."""

import random
from datetime import timedelta
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from ticketapp.actions.classification import ask
from ticketapp.actions.tickets import PRESSED_TWICE_SECONDS
from ticketapp.ai import Classifier
from ticketapp.clock import utc_now
from ticketapp.db import db, transaction
from ticketapp.errors import Conflict, InvalidInput, NotFound
from ticketapp.models import AskedFor, BulkJob, BulkSample, BulkUndo, ChosenBy, RunState, Ticket, User
from ticketapp.queries import classification_settings
from ticketapp.queries.bulk_trials import basis
from ticketapp.queries.ticket_filter import TicketFilter, conditions

PAGE_SIZE = 200
SAMPLE_SIZE = 20
SAMPLED_FROM = 2_000
NONE = "No ticket is on this list."
NONE_UNCLASSIFIED = "No unclassified ticket is on this list."
ALL_DECIDED = "On this list people decided every ticket; the machine could change none."
SETTINGS_CHANGED = "Settings were changed since you opened this page: nothing was started. Press again to start."
PAUSED_SINCE = (
    "This job was started and paused since you opened this page, and stays paused until somebody lets it go on."
)
STARTED_BEFORE = "The job was started before this was read."


def draft_bulk(narrowed: TicketFilter, *, by: User) -> BulkJob:
    """Try on a sample what asking the machine again would change on a filtered list; nothing is applied.

    The sample is 20 tickets drawn from the newest 2,000 on which people have not decided both values. A second press
    within seconds gets the job of the first, unless settings were changed in between. Raises ``InvalidInput`` where
    there is no such ticket.
    """
    job = _draft(narrowed, by=by)
    newest = select(Ticket.id).where(*_touched(job)).order_by(Ticket.created_at.desc(), Ticket.id.desc())
    found = db.session.scalars(newest.limit(SAMPLED_FROM)).all()
    drawn = random.sample(found, min(SAMPLE_SIZE, len(found)))
    with transaction() as session:
        session.get(User, by.id, with_for_update={"key_share": True})  # The second press waits for the first.
        if (repeated := _just_drafted(session, job)) is not None:
            return repeated
        session.add(job)
        session.flush()
        session.add_all(
            BulkSample(bulk_job_id=job.id, ticket_id=ticket_id, state=RunState.QUEUED)
            for ticket_id in sorted(drawn)  # whoever touches several tickets does so in this order
        )
    return job


def start(job_id: int) -> None:
    """Let a job that was tried begin, or one that was paused go on. Doing it twice changes nothing.

    What its sample has not read yet is withdrawn with that, since nobody would look at it. Raises ``NotFound``,
    ``Conflict`` where the job was undone.
    """
    with transaction() as session:
        job = _changeable(session, job_id)
        if job.started_at is None:
            _begin(session, job)
        job.paused_at = None


def start_tried(job_id: int, *, seen: str, classifier: Classifier) -> None:
    """Let a job begin as ``start`` does, from the page of its trial: one that somebody paused since stays paused.

    ``seen`` is the ``basis`` that whoever begins it knows of. Doing it twice changes nothing. Raises ``NotFound``,
    ``Conflict`` where the job was undone, where it was begun and paused, or where it is to begin and would go by
    something else by now.
    """
    with transaction() as session:
        job = _changeable(session, job_id)
        if job.started_at is None and seen != str(basis(classifier)):
            raise Conflict(SETTINGS_CHANGED)
        if job.started_at is None:
            _begin(session, job)
        elif job.paused_at is not None:
            raise Conflict(PAUSED_SINCE)


def pause(job_id: int) -> None:
    """Hold a job: no more of its tickets are read, except those being read now. Doing it twice changes nothing.

    Raises ``NotFound``, ``Conflict`` where the job was not started, or was undone.
    """
    with transaction() as session:
        job = _changeable(session, job_id)
        if job.started_at is None:
            raise Conflict("This job was not started, so there is nothing to pause.")
        job.paused_at = job.paused_at or utc_now()


def queue_bulk_page(job_id: int) -> bool:
    """Queue the next 200 tickets of a job, committed; True while there are more. Doing it twice changes nothing.

    Nothing, and False, where somebody else has the job at this moment: whoever queues it goes on with it.
    """
    now = utc_now()
    with transaction() as session:
        job = free_job(session, job_id)
        if job is None or job.started_at is None or job.paused_at is not None or job.queued_at is not None:
            return False
        statement = select(Ticket.id).where(*_touched(job), Ticket.created_at <= job.created_at)
        if job.cursor_id is not None:
            statement = statement.where(Ticket.id < job.cursor_id)
        page = list(session.scalars(statement.order_by(Ticket.id.desc()).limit(PAGE_SIZE)))
        # Locked lowest first, as everybody does, and only if they are still to be asked about.
        locked = select(Ticket.id).where(*_touched(job), Ticket.id.in_(page)).order_by(Ticket.id)
        ticket_ids = list(session.scalars(locked.with_for_update(of=Ticket, key_share=True)))
        for ticket_id in reversed(ticket_ids):
            ask(session, ticket_id, AskedFor.BULK, by=job.asked_by, now=now, job=job)
        job.queued += len(ticket_ids)
        if len(page) < PAGE_SIZE:
            job.queued_at = now
        else:
            job.cursor_id = page[-1]
    return job.queued_at is None


def locked_job(session: Session, job_id: int) -> BulkJob:
    """The job as it is now, its row locked until the transaction ends. Raises ``NotFound``.

    Whoever locks a job goes on to its tickets; a worker that holds such a ticket may still add runs of the job.
    """
    job = _locked(session, job_id, skip_locked=False)
    if job is None:
        raise NotFound(f"There is no bulk job {job_id}.")
    return job


def free_job(session: Session, job_id: int) -> BulkJob | None:
    """As ``locked_job``, without waiting: None where somebody else has the row locked, or there is no such job."""
    return _locked(session, job_id, skip_locked=True)


def _locked(session: Session, job_id: int, *, skip_locked: bool) -> BulkJob | None:
    statement = select(BulkJob).where(BulkJob.id == job_id).execution_options(populate_existing=True)
    return session.scalar(statement.with_for_update(of=BulkJob, key_share=True, skip_locked=skip_locked))


def _begin(session: Session, job: BulkJob) -> None:
    job.started_at = utc_now()
    _withdraw_sample(session, job)


def _withdraw_sample(session: Session, job: BulkJob) -> None:
    session.execute(
        update(BulkSample)
        .where(BulkSample.bulk_job_id == job.id, BulkSample.state.in_((RunState.QUEUED, RunState.RUNNING)))
        .values(state=RunState.GAVE_UP, lease_until=None, finished_at=job.started_at, error=STARTED_BEFORE)
        .execution_options(synchronize_session=False)
    )


def _draft(narrowed: TicketFilter, *, by: User) -> BulkJob:
    job = BulkJob(asked_by_id=by.id, filter_query=urlencode(narrowed.as_args()), queued=0, created_at=utc_now())
    job.total = db.session.scalar(select(func.count()).select_from(Ticket).where(*_touched(job))) or 0
    if not job.total:
        raise InvalidInput("filter", _why_none(narrowed))
    return job


def _why_none(narrowed: TicketFilter) -> str:
    if narrowed.is_unclassified:
        return NONE_UNCLASSIFIED
    any_id = db.session.scalar(select(Ticket.id).where(*conditions(narrowed)).limit(1))
    return NONE if any_id is None else ALL_DECIDED


def _just_drafted(session: Session, job: BulkJob) -> BulkJob | None:
    """The same person's job for the same list some seconds ago, not started yet: a button pressed twice.

    None where settings were changed since: its sample tells of those before.
    """
    repeated = session.scalar(
        select(BulkJob)
        .where(
            BulkJob.asked_by_id == job.asked_by_id,
            BulkJob.filter_query == job.filter_query,
            BulkJob.started_at.is_(None),
            BulkJob.created_at > job.created_at - timedelta(seconds=PRESSED_TWICE_SECONDS),
        )
        .order_by(BulkJob.id.desc())
        .limit(1)
    )
    is_outdated = repeated is not None and classification_settings.is_changed_since(repeated.created_at)
    return None if is_outdated else repeated


def _touched(job: BulkJob) -> list[ColumnElement[bool]]:
    """What the filter leaves, without the tickets on which people decided both values."""
    narrowed = TicketFilter.from_query(job.filter_query)
    is_open = or_(Ticket.category_by != ChosenBy.PERSON, Ticket.priority_by != ChosenBy.PERSON)
    return [*conditions(narrowed), is_open]


def _changeable(session: Session, job_id: int) -> BulkJob:
    job = locked_job(session, job_id)
    if session.get(BulkUndo, job_id, populate_existing=True) is not None:
        raise Conflict("This job was undone; it cannot go on.")
    return job
