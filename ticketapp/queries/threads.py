"""Whose ticket is it: where a mail belongs, in the order of evidence, with the reason in a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from ticketapp.db import db
from ticketapp.models import ThreadReference, Ticket, TicketParticipant, User
from ticketapp.models.ticket import thread_key

CANDIDATES_READ = 20


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a mail belongs: on ``ticket_id``, or on a new ticket where that is None; ``reason`` is a sentence."""

    ticket_id: int | None
    reason: str


def place(sender: str, *, answered: Sequence[str], numbers: Sequence[int]) -> Placement:
    """Find the ticket a mail belongs to, by the lower-cased address of who wrote it.

    First the Message-IDs it answers (``answered``), also those of ancestors that we never saw, then a ticket number
    in its subject; each only if the sender takes part in that ticket or is staff. Nobody gets into a stranger's
    ticket by its number.
    """
    evidence = (
        (_by_references(answered), "It answers a message of this ticket."),
        (_by_number(numbers), "Its subject names this ticket."),
    )
    stranger_to: int | None = None
    for candidates, reason in evidence:
        for ticket_id in candidates:
            if _takes_part(sender, ticket_id):
                return Placement(ticket_id, reason)
            stranger_to = stranger_to or ticket_id
    if stranger_to is not None:
        who = sender or "the sender"
        return Placement(None, f"It points to ticket #{stranger_to}, in which {who} does not take part.")
    return Placement(None, "")


def _by_references(answered: Sequence[str]) -> list[int]:
    if not answered:
        return []
    statement = (
        select(ThreadReference.ticket_id)
        .where(ThreadReference.reference.in_([thread_key(name) for name in answered]))
        .group_by(ThreadReference.ticket_id)
        .order_by(ThreadReference.ticket_id.desc())
    )
    return list(db.session.scalars(statement.limit(CANDIDATES_READ)))


def _by_number(numbers: Sequence[int]) -> list[int]:
    possible = [number for number in numbers if number < 2**63]
    if not possible:
        return []
    statement = select(Ticket.id).where(Ticket.id.in_(possible)).order_by(Ticket.id.desc())
    return list(db.session.scalars(statement.limit(CANDIDATES_READ)))


def _takes_part(sender: str, ticket_id: int) -> bool:
    if not sender:
        return False
    participant = select(TicketParticipant.email).where(
        TicketParticipant.ticket_id == ticket_id, TicketParticipant.email == sender
    )
    staff = select(User.email).where(User.email == sender, User.is_active)
    return db.session.scalar(participant.union_all(staff).limit(1)) is not None
