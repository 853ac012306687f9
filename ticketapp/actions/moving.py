"""Moving a message to another ticket, or into one of its own, with what leads and belongs to it."""

import re
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import Session

from ticketapp.actions import fields, first_runs, landing, opening
from ticketapp.actions.merging import has_messages, lock_tickets, set_status, shows_nothing
from ticketapp.clock import utc_now
from ticketapp.db import add_missing, transaction
from ticketapp.errors import Conflict, InvalidInput, NotFound
from ticketapp.mail import parse
from ticketapp.models import (
    Direction,
    EventKind,
    InboundMail,
    Message,
    Source,
    Status,
    ThreadReference,
    Ticket,
    TicketEvent,
    TicketParticipant,
    User,
)
from ticketapp.models.ticket import successor_key, thread_key
from ticketapp.models.words import FINISHED
from ticketapp.queries.merged import goes_on_in

HEADER_READ_BYTES = 1_000_000
END_OF_HEADER = re.compile(rb"\r?\n\r?\n")


def move_message(ticket_id: int, message_id: int, *, to: int, by: User, is_ours: Callable[[str], bool]) -> None:
    """Move a message to the ticket ``to``; moving it back undoes it. ``is_ours`` tells our own addresses.

    On a merged ticket it is shown where that goes on, and leaves with it when they are separated. What was mailed to
    a requester goes only to tickets of the same one. A mailed ticket that shows no message any more is closed and
    leads on to where the last one went; it is open again when a message comes back. Where it was not finished, the
    ticket that shows the message now is not finished any more. Raises ``NotFound``, ``InvalidInput``, ``Conflict``.
    """
    if to == ticket_id:
        raise InvalidInput("to", f"The message is on ticket {to} already.")
    with transaction() as session:
        shown_on = _goes_on_in(to)
        tickets = lock_tickets(session, {ticket_id, to, shown_on})
        if ticket_id not in tickets:
            raise NotFound(f"There is no ticket {ticket_id}.")
        if _goes_on_in(to) != shown_on:
            raise Conflict(f"Ticket {to} was merged or separated at this moment. Look at it, and move again.")
        if to not in tickets:
            raise InvalidInput("to", f"There is no ticket {to} to move the message to.")
        message = _message(session, ticket_id, message_id)
        if message.direction == Direction.OUTBOUND and tickets[to].requester_id != tickets[ticket_id].requester_id:
            raise Conflict("This answer was written to another requester than the one of that ticket.")
        old, new, shown = tickets[ticket_id], tickets[to], tickets[shown_on]
        _move(session, message, old, new, shown, by=by, is_ours=is_ours, now=utc_now())


def split_message(ticket_id: int, message_id: int, *, by: User, is_ours: Callable[[str], bool]) -> tuple[int, int]:
    """Open a ticket of its own for a mail that came in; the numbers of that ticket and of its classification run.

    Its requester is who wrote the mail. Raises ``NotFound``, ``Conflict``.
    """
    now = utc_now()
    with transaction() as session:
        if ticket_id not in lock_tickets(session, {ticket_id}):
            raise NotFound(f"There is no ticket {ticket_id}.")
        message = _message(session, ticket_id, message_id)
        if message.direction != Direction.INBOUND or message.is_automatic:
            raise Conflict("Only a mail that a person sent can become a ticket of its own.")
        new_id = opening.open_for_message(session, message, by=by, now=now)
        (run_id,) = first_runs.queue_many(session, [new_id], now=now)
        tickets = lock_tickets(session, {ticket_id, new_id})
        old, new = tickets[ticket_id], tickets[new_id]
        _move(session, message, old, new, new, by=by, is_ours=is_ours, now=now)
    return new_id, run_id


def _goes_on_in(ticket_id: int) -> int:
    return goes_on_in([ticket_id]).get(ticket_id, ticket_id) if 0 < ticket_id < 2**63 else ticket_id


def _message(session: Session, ticket_id: int, message_id: int) -> Message:
    statement = select(Message).where(Message.id == message_id, Message.ticket_id == ticket_id)
    message = session.scalar(statement.with_for_update(of=Message).execution_options(populate_existing=True))
    if message is None:
        raise NotFound("There is no such message on this ticket.")
    return message


def _move(
    session: Session,
    message: Message,
    old: Ticket,
    new: Ticket,
    shown: Ticket,
    *,
    by: User,
    is_ours: Callable[[str], bool],
    now: datetime,
) -> None:
    was_empty, left = not has_messages(session, new.id), old.status
    message.ticket_id = new.id
    _give_reason(message, old.id, new.id, by=by)
    session.flush()
    session.execute(update(InboundMail).where(InboundMail.message_id == message.id).values(ticket_id=new.id))
    _move_references(session, message, old.id, new.id)
    _move_sender(session, message, old, new)
    _add_copied(session, message, new, is_ours)
    for ticket in (old, new):
        ticket.note_change(now)
        session.add(
            TicketEvent(
                ticket_id=ticket.id, at=now, actor_id=by.id, kind=EventKind.MOVED, old=str(old.id), new=str(new.id)
            )
        )
    is_emptied = old.merged_into_id is None and shows_nothing(session, old)
    if is_emptied:
        add_missing(session, ThreadReference, [{"reference": successor_key(old.id), "ticket_id": new.id}])
        set_status(session, old, Status.CLOSED, by=by, now=now)
    session.execute(delete(ThreadReference).where(ThreadReference.reference == successor_key(new.id)))
    comes_back = was_empty and new.source == Source.EMAIL and (shown is new or left not in FINISHED)
    if shown.status in FINISHED and (comes_back or (is_emptied and left not in FINISHED)):
        set_status(session, shown, Status.OPEN if comes_back else left, by=by, now=now)


def _give_reason(message: Message, old_id: int, new_id: int, *, by: User) -> None:
    """Say who moved it; where it landed in the first place it has its first reason again."""
    if message.landed_on is None:
        message.landed_on, message.landed_reason = old_id, message.thread_reason
    if message.landed_on == new_id:
        message.thread_reason = message.landed_reason or ""
        message.landed_on = message.landed_reason = None
    else:
        message.thread_reason = f"{by.name} moved it here from ticket #{old_id}."


def _move_references(session: Session, message: Message, old_id: int, new_id: int) -> None:
    """Its Message-IDs lead to the new ticket, and to the old one only if a message that stayed names them too."""
    moved = _keys(message.message_id, message.in_reply_to, message.references)
    columns = select(Message.message_id, Message.in_reply_to, Message.references)
    stayed = {key for row in session.execute(columns.where(Message.ticket_id == old_id)) for key in _keys(*row)}
    own = _keys(message.message_id, None, "")
    gone = (moved - stayed) | own
    session.execute(
        delete(ThreadReference).where(ThreadReference.ticket_id == old_id, ThreadReference.reference.in_(gone))
    )
    add_missing(session, ThreadReference, [{"reference": key, "ticket_id": new_id} for key in sorted(moved)])


def _keys(message_id: str | None, in_reply_to: str | None, references: str) -> set[str]:
    named = (message_id, in_reply_to, *references.split())
    return {thread_key(name) for name in named if name and name.strip()}


def _move_sender(session: Session, message: Message, old: Ticket, new: Ticket) -> None:
    """Who wrote a mail takes part where it is, and no more where nothing else of theirs is."""
    address = message.author_email.strip().lower()
    if message.direction != Direction.INBOUND or message.is_automatic or not 0 < len(address) <= fields.ADDRESS_LIMIT:
        return
    add_missing(session, TicketParticipant, [{"ticket_id": new.id, "email": address}])
    others = exists().where(Message.ticket_id == old.id, func.lower(Message.author_email) == address)
    is_requester = old.requester is not None and old.requester.email == address
    if not is_requester and not session.scalar(select(others)):
        session.execute(
            delete(TicketParticipant).where(TicketParticipant.ticket_id == old.id, TicketParticipant.email == address)
        )


def _add_copied(session: Session, message: Message, new: Ticket, is_ours: Callable[[str], bool]) -> None:
    """Whom a mail was copied to takes part where it is, so that they can answer it; and still where it was, since
    another mail there may have been copied to them too."""
    if message.direction != Direction.INBOUND or message.is_automatic:
        return
    kept = select(func.substr(func.coalesce(InboundMail.header, InboundMail.raw), 1, HEADER_READ_BYTES))
    header = session.scalar(kept.where(InboundMail.message_id == message.id).limit(1))
    if header is None:
        return
    people = landing.copied(parse(END_OF_HEADER.split(header, maxsplit=1)[0]))
    rows = [{"ticket_id": new.id, "email": address} for address in sorted(people) if not is_ours(address)]
    add_missing(session, TicketParticipant, rows)
