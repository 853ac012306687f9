"""Reclassifying many tickets at once: a job row first, then pages of runs queued by the worker."""

from urllib.parse import parse_qsl, urlencode

from sqlalchemy import func, select

from ticketapp.actions.classification import ask
from ticketapp.clock import utc_now
from ticketapp.db import db, transaction
from ticketapp.errors import InvalidInput
from ticketapp.models import AskedFor, BulkJob, Ticket, User
from ticketapp.queries.ticket_filter import TicketFilter, conditions

PAGE_SIZE = 200


def start_bulk(narrowed: TicketFilter, *, by: User) -> BulkJob:
    """Ask for all unclassified tickets of a filtered list to be classified again, as a background job.

    Raises ``InvalidInput`` where no ticket matches.
    """
    unclassified = TicketFilter.from_args(narrowed.as_args(is_unclassified=True))
    total = db.session.scalar(select(func.count()).select_from(Ticket).where(*conditions(unclassified))) or 0
    if not total:
        raise InvalidInput("filter", "No unclassified ticket is on this list.")
    with transaction() as session:
        job = BulkJob(
            asked_by_id=by.id, filter_query=urlencode(unclassified.as_args()), total=total, created_at=utc_now()
        )
        session.add(job)
    return job


def queue_bulk_page(job_id: int) -> bool:
    """Queue the next 200 tickets of a job, committed; True while there are more. Doing it twice changes nothing."""
    now = utc_now()
    with transaction() as session:
        job = session.scalars(
            select(BulkJob)
            .where(BulkJob.id == job_id)
            .with_for_update(of=BulkJob)
            .execution_options(populate_existing=True)
        ).one()
        if job.queued_at is not None:
            return False
        narrowed = TicketFilter.from_args(dict(parse_qsl(job.filter_query)))
        statement = select(Ticket.id).where(*conditions(narrowed), Ticket.created_at <= job.created_at)
        if job.cursor_id is not None:
            statement = statement.where(Ticket.id < job.cursor_id)
        locked = statement.order_by(Ticket.id.desc()).limit(PAGE_SIZE).with_for_update(of=Ticket)
        ticket_ids = list(session.scalars(locked))
        for ticket_id in ticket_ids:
            ask(session, ticket_id, AskedFor.BULK, by=job.asked_by, now=now, job=job)
        job.queued += len(ticket_ids)
        if len(ticket_ids) < PAGE_SIZE:
            job.queued_at = now
        else:
            job.cursor_id = ticket_ids[-1]
    return job.queued_at is None
