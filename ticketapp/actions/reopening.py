"""What an answer to a finished ticket does: open that again, join what goes on in its place, or open a new one."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ticketapp.actions.intake_rules import IntakeRules
from ticketapp.actions.landing import keepable
from ticketapp.mail import InboundEmail
from ticketapp.models import EventKind, ThreadReference, Ticket, TicketEvent, TicketParticipant
from ticketapp.models.ticket import successor_key
from ticketapp.models.words import FINISHED
from ticketapp.queries import threads
from ticketapp.queries.merged import goes_on_in


def placement_now(
    session: Session, placement: threads.Placement, email: InboundEmail, rules: IntakeRules, *, now: datetime
) -> threads.Placement:
    """The placement, or where the ticket that it names was finished longer ago than it may be reopened, the one in
    which that goes on for the sender, or else a new one."""
    sender, seen = keepable(email.sender.email), set[int]()
    ticket_id = placement.ticket_id
    while ticket_id is not None and _is_over(session, ticket_id, rules, now=now):
        seen.add(ticket_id)
        following = _successor_of(session, ticket_id, sender)
        if following is not None:
            following = goes_on_in([following]).get(following, following)
        if following is None or following in seen:
            return threads.Placement(None, _reason(ticket_id, rules), instead_of=ticket_id)
        placement = threads.Placement(following, f"{_reason(ticket_id, rules)} That goes on here.")
        ticket_id = following
    return placement


def _is_over(session: Session, ticket_id: int, rules: IntakeRules, *, now: datetime) -> bool:
    finished_at = _finished_at(session, ticket_id)
    return finished_at is not None and now - finished_at > timedelta(days=rules.reopen_days)


def _reason(ticket_id: int, rules: IntakeRules) -> str:
    return f"It answers ticket #{ticket_id}, finished more than {rules.reopen_days} days ago."


def _successor_of(session: Session, ticket_id: int, address: str) -> int | None:
    """The newest ticket that was opened instead of a finished one and in which this address takes part."""
    statement = (
        select(func.max(ThreadReference.ticket_id))
        .join(TicketParticipant, TicketParticipant.ticket_id == ThreadReference.ticket_id)
        .where(ThreadReference.reference == successor_key(ticket_id), TicketParticipant.email == address)
    )
    return session.scalar(statement)


def _finished_at(session: Session, ticket_id: int) -> datetime | None:
    """When the ticket was resolved or closed; None while it is neither."""
    status = session.scalar(select(Ticket.status).where(Ticket.id == ticket_id))
    if status not in FINISHED:
        return None
    statement = select(TicketEvent.at).where(TicketEvent.ticket_id == ticket_id, TicketEvent.kind == EventKind.STATUS)
    return session.scalar(statement.order_by(TicketEvent.id.desc()).limit(1))
