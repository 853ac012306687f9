"""Merging a ticket into another, and taking it apart again. Messages stay where they are and are shown together."""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from ticketapp.clock import utc_now
from ticketapp.db import add_missing, transaction
from ticketapp.errors import Conflict, InvalidInput, NotFound
from ticketapp.models import (
    EventKind,
    Message,
    Source,
    Status,
    ThreadReference,
    Ticket,
    TicketEvent,
    TicketParticipant,
    User,
)
from ticketapp.models.ticket import successor_key
from ticketapp.models.words import FINISHED


def merge_ticket(ticket_id: int, *, into: int, by: User) -> None:
    """Let a ticket go on in ``into``: it is closed, what answers it arrives there, and its messages are shown there.
    Where it was not finished, the other one is not finished any more; who takes part in it takes part there.

    Only tickets of the same requester can be merged, since one requester gets the answers. Raises ``NotFound``,
    ``InvalidInput``, ``Conflict``.
    """
    if into == ticket_id:
        raise InvalidInput("into", f"Ticket {ticket_id} cannot be merged into itself: give the number of another.")
    now = utc_now()
    with transaction() as session:
        tickets = lock_tickets(session, {ticket_id, into})
        ticket, target = tickets.get(ticket_id), tickets.get(into)
        if ticket is None:
            raise NotFound(f"There is no ticket {ticket_id}.")
        refuse_merged(ticket)
        if target is None:
            raise InvalidInput("into", f"There is no ticket {into} to merge into.")
        if target.merged_into_id is not None:
            raise InvalidInput(
                "into", f"Ticket {into} was merged into ticket {target.merged_into_id}: merge into that."
            )
        _refuse_strangers(ticket, target)
        if ticket.status not in FINISHED and target.status in FINISHED:
            set_status(session, target, ticket.status, by=by, now=now)
        set_status(session, ticket, Status.CLOSED, by=by, now=now)
        _add_participants(session, ticket, target)
        ticket.merged_into_id = target.id
        _tell(session, EventKind.MERGED, ticket, target, by=by, now=now)


def separate_ticket(ticket_id: int, *, by: User) -> Ticket:
    """Take a ticket out of the one into which it was merged: its status is what it was, and it gets its own answers.

    What arrived meanwhile stays where it arrived. Of both a mailed ticket that shows no message then, its last one
    having been moved away, is closed and leads on to where that went. Raises ``NotFound``, ``Conflict``.
    """
    now = utc_now()
    with transaction() as session:
        ticket, target = _lock_merged(session, ticket_id)
        _tell(session, EventKind.SEPARATED, ticket, target, by=by, now=now)
        ticket.merged_into_id = None
        session.flush()
        if shows_nothing(session, ticket):
            _lead_on(session, ticket)
        else:
            _reopen(session, ticket, by=by, now=now)
        if target.merged_into_id is None and shows_nothing(session, target):
            _lead_on(session, target)
            set_status(session, target, Status.CLOSED, by=by, now=now)
    return ticket


def refuse_merged(ticket: Ticket) -> None:
    """Raise ``Conflict`` where the ticket goes on in another, so that nothing new is to happen on it."""
    if ticket.merged_into_id is not None:
        raise Conflict(
            f"Ticket {ticket.id} was merged into ticket {ticket.merged_into_id} and goes on there. "
            "Separate it first, or work on that one."
        )


def lock_tickets(session: Session, ticket_ids: set[int]) -> dict[int, Ticket]:
    """These tickets as they are now, by number, locked until the caller's transaction ends; those that there are.

    The lowest is locked first. Whoever writes to several tickets locks them all by this, once and before anything
    else, so that no two wait for each other.
    """
    possible = [ticket_id for ticket_id in ticket_ids if 0 < ticket_id < 2**63]
    statement = (
        select(Ticket).where(Ticket.id.in_(possible)).order_by(Ticket.id).with_for_update(of=Ticket, key_share=True)
    )
    return {ticket.id: ticket for ticket in session.scalars(statement.execution_options(populate_existing=True))}


def has_messages(session: Session, ticket_id: int) -> bool:
    """Whether any message is on this ticket itself."""
    return bool(session.scalar(select(exists().where(Message.ticket_id == ticket_id))))


def shows_nothing(session: Session, ticket: Ticket) -> bool:
    """Whether a mailed ticket has no message left, its own or one of a ticket that goes on in it."""
    if ticket.source != Source.EMAIL or has_messages(session, ticket.id):
        return False
    return not session.scalar(select(exists().where(Ticket.merged_into_id == ticket.id)))


def set_status(session: Session, ticket: Ticket, status: Status, *, by: User, now: datetime) -> None:
    """Inside the caller's transaction: give a locked ticket this status, with an event where that is another."""
    if ticket.status == status:
        return
    session.add(
        TicketEvent(ticket_id=ticket.id, at=now, actor_id=by.id, kind=EventKind.STATUS, old=ticket.status, new=status)
    )
    ticket.status = status


def _lock_merged(session: Session, ticket_id: int) -> tuple[Ticket, Ticket]:
    """A merged ticket and the one into which it was merged. Raises ``NotFound``, ``Conflict``."""
    into = session.scalar(select(Ticket.merged_into_id).where(Ticket.id == ticket_id)) if ticket_id < 2**63 else None
    tickets = lock_tickets(session, {ticket_id} if into is None else {ticket_id, into})
    if ticket_id not in tickets:
        raise NotFound(f"There is no ticket {ticket_id}.")
    target = tickets.get(tickets[ticket_id].merged_into_id or 0)
    if target is None:  # or it was merged into yet another one at this very moment
        raise Conflict(f"Ticket {ticket_id} is not merged into another.")
    return tickets[ticket_id], target


def _refuse_strangers(ticket: Ticket, target: Ticket) -> None:
    if ticket.requester is None or ticket.requester_id == target.requester_id:
        return
    other = target.requester.email if target.requester else "nobody"
    raise Conflict(
        f"Ticket {ticket.id} is of {ticket.requester.email}, ticket {target.id} of {other}, who alone would get the "
        "answers. Only tickets of the same requester can be merged; single messages can be moved."
    )


def _add_participants(session: Session, ticket: Ticket, target: Ticket) -> None:
    addresses = session.scalars(select(TicketParticipant.email).where(TicketParticipant.ticket_id == ticket.id))
    rows = [{"ticket_id": target.id, "email": address} for address in sorted(addresses)]
    add_missing(session, TicketParticipant, rows)


def _reopen(session: Session, ticket: Ticket, *, by: User, now: datetime) -> None:
    """Undo the change of status that the merge made, or that was made when its last message left before, if any."""
    of_ticket = select(TicketEvent).where(TicketEvent.ticket_id == ticket.id).order_by(TicketEvent.id.desc()).limit(1)
    merged = session.scalars(
        of_ticket.where(TicketEvent.kind == EventKind.MERGED, TicketEvent.old == str(ticket.id))
    ).one()
    closed = session.scalar(of_ticket.where(TicketEvent.kind == EventKind.STATUS))
    if closed is None or closed.old is None:
        return
    left = of_ticket.where(
        TicketEvent.kind == EventKind.MOVED, TicketEvent.old == str(ticket.id), TicketEvent.at == closed.at
    )
    if closed.at == merged.at or session.scalar(left) is not None:
        set_status(session, ticket, Status(closed.old), by=by, now=now)


def _lead_on(session: Session, ticket: Ticket) -> None:
    """Have answers to a ticket that holds nothing any more go where its last message went."""
    left = select(TicketEvent.new).where(
        TicketEvent.ticket_id == ticket.id, TicketEvent.kind == EventKind.MOVED, TicketEvent.old == str(ticket.id)
    )
    went_to = session.scalars(left.order_by(TicketEvent.id.desc()).limit(1)).one()
    reference = {"reference": successor_key(ticket.id), "ticket_id": int(went_to or 0)}
    add_missing(session, ThreadReference, [reference])


def _tell(session: Session, kind: EventKind, ticket: Ticket, target: Ticket, *, by: User, now: datetime) -> None:
    for each in (ticket, target):
        each.note_change(now)
        session.add(
            TicketEvent(ticket_id=each.id, at=now, actor_id=by.id, kind=kind, old=str(ticket.id), new=str(target.id))
        )
