"""What every new ticket begins as, and opening one for a message that is there already."""

from datetime import datetime

from sqlalchemy.orm import Session

from ticketapp.actions import fields
from ticketapp.actions.mail_words import description_of, title_of
from ticketapp.actions.requesters import find_or_add
from ticketapp.models import (
    Category,
    ChosenBy,
    ClassificationState,
    EventKind,
    Message,
    Priority,
    Source,
    Status,
    Ticket,
    TicketEvent,
    User,
)
from ticketapp.models.ticket import search_document


def open_for_message(session: Session, message: Message, *, by: User, now: datetime) -> int:
    """A ticket that says what a mail says, whose requester is its sender, created when it arrived, within the
    caller's transaction; its number. The message itself stays where it is."""
    title = title_of(message.subject)
    description = description_of(message.text)
    address = message.author_email.strip().lower()
    known = {address: message.author_name} if 0 < len(address) <= fields.ADDRESS_LIMIT else {}
    ticket = undecided_ticket(title, description, source=Source.EMAIL, created_at=message.created_at, now=now)
    ticket.requester_id = find_or_add(session, known, now=now).get(address)
    session.add(ticket)
    session.flush()
    reason = f"Split from ticket #{message.ticket_id}."
    session.add(TicketEvent(ticket_id=ticket.id, at=now, actor_id=by.id, kind=EventKind.OPENED, new=reason))
    return ticket.id


def undecided_ticket(title: str, description: str, *, source: Source, created_at: datetime, now: datetime) -> Ticket:
    """An open ticket that waits for the machine, category and priority being defaults; not in a session yet."""
    return Ticket(
        title=title,
        description=description,
        search_document=search_document(title, description),
        category=Category.GENERAL,
        category_by=ChosenBy.DEFAULT,
        priority=Priority.MEDIUM,
        priority_by=ChosenBy.DEFAULT,
        classification_state=ClassificationState.QUEUED,
        status=Status.OPEN,
        source=source,
        created_at=created_at,
        updated_at=now,
    )
