"""Where a mail lands: the ticket, message, attachments and references written inside the intake's transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ticketapp.actions import classification, fields
from ticketapp.actions.requesters import find_or_add
from ticketapp.mail import InboundAttachment, InboundEmail
from ticketapp.models import (
    Attachment,
    Category,
    ChosenBy,
    ClassificationRun,
    Delivery,
    Direction,
    EventKind,
    Message,
    Priority,
    RunState,
    Source,
    Status,
    ThreadReference,
    Ticket,
    TicketEvent,
    TicketParticipant,
    User,
)
from ticketapp.models.ticket import DESCRIPTION_LIMIT, TITLE_LIMIT, search_document, thread_key
from ticketapp.queries.threads import Placement

NO_SUBJECT = "(no subject)"
NO_TEXT = "(no text)"
COPIED_LIMIT = 50
REFERENCES_READ = 50
FINISHED = (Status.RESOLVED, Status.CLOSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail that was read and placed, ready to be written."""

    email: InboundEmail
    placement: Placement
    is_automatic: bool
    arrived_at: datetime
    support_address: str

    @property
    def text(self) -> str:
        """What the mail says, never blank."""
        return self.email.text if self.email.text.strip() else NO_TEXT


def land(session: Session, letter: Letter, *, now: datetime) -> tuple[Message, int | None]:
    """Write the mail as the first message of a new ticket, or as a message of the one it belongs to.

    Returns the message, and the id of the classification run it asks for where it opened a ticket.
    """
    run_id = None
    if letter.placement.ticket_id is None:
        ticket = _open(session, letter, now=now)
        classification.queue_new(session, ticket, by=None, now=now, proposal=None)
    else:
        ticket = classification.lock_ticket(session, letter.placement.ticket_id)
        _receive(session, ticket, letter, now=now)
    message = _message(session, ticket, letter)
    session.add(message)
    session.flush()
    _remember(session, ticket, letter)
    if letter.placement.ticket_id is None:
        run_id = session.scalar(
            select(ClassificationRun.id).where(
                ClassificationRun.ticket_id == ticket.id, ClassificationRun.state == RunState.QUEUED
            )
        )
    return message, run_id


def answered(email: InboundEmail) -> tuple[str, ...]:
    """The Message-IDs a mail answers: In-Reply-To and the nearest 50 References.

    Its own Message-ID is no evidence: whoever uses a known one again has sent a new message.
    """
    named = (email.in_reply_to, *email.references[-REFERENCES_READ:])
    return tuple(dict.fromkeys(name for name in named if name))


def finished_at(session: Session, ticket_id: int) -> datetime | None:
    """When the ticket was resolved or closed; None while it is neither."""
    status = session.scalar(select(Ticket.status).where(Ticket.id == ticket_id))
    if status not in FINISHED:
        return None
    statement = select(TicketEvent.at).where(TicketEvent.ticket_id == ticket_id, TicketEvent.kind == EventKind.STATUS)
    return session.scalar(statement.order_by(TicketEvent.id.desc()).limit(1))


def _open(session: Session, letter: Letter, *, now: datetime) -> Ticket:
    email, address = letter.email, letter.email.sender.email.lower()
    title = email.subject.strip()[:TITLE_LIMIT].strip() or NO_SUBJECT
    description = letter.text[:DESCRIPTION_LIMIT].strip() or NO_TEXT
    requester = None
    if address and len(address) <= fields.ADDRESS_LIMIT:
        requester = find_or_add(session, address, email.sender.name, now=now)
    ticket = Ticket(
        title=title,
        description=description,
        search_document=search_document(title, description),
        category=Category.GENERAL,
        category_by=ChosenBy.DEFAULT,
        priority=Priority.MEDIUM,
        priority_by=ChosenBy.DEFAULT,
        status=Status.OPEN,
        source=Source.EMAIL,
        requester_id=requester.id if requester else None,
        created_at=letter.arrived_at,
        updated_at=now,
    )
    session.add(ticket)
    session.flush()
    session.add(TicketEvent(ticket_id=ticket.id, at=now, kind=EventKind.OPENED, new=letter.placement.reason or None))
    return ticket


def _receive(session: Session, ticket: Ticket, letter: Letter, *, now: datetime) -> None:
    ticket.updated_at = now
    session.add(TicketEvent(ticket_id=ticket.id, at=now, kind=EventKind.MESSAGE, new=letter.email.sender.email[:200]))
    if ticket.status in FINISHED and not letter.is_automatic:
        session.add(
            TicketEvent(ticket_id=ticket.id, at=now, kind=EventKind.STATUS, old=ticket.status, new=Status.OPEN)
        )
        ticket.status = Status.OPEN


def _message(session: Session, ticket: Ticket, letter: Letter) -> Message:
    email = letter.email
    staff = select(User.id).where(User.email == email.sender.email.lower(), User.is_active)
    return Message(
        ticket_id=ticket.id,
        direction=Direction.INBOUND,
        author_id=session.scalar(staff),
        author_name=email.sender.name,
        author_email=email.sender.email,
        subject=email.subject,
        text=letter.text,
        html=email.html,
        has_html=bool(email.html),
        message_id=email.message_id,
        in_reply_to=email.in_reply_to,
        references=" ".join(email.references),
        thread_reason=letter.placement.reason,
        is_automatic=letter.is_automatic,
        created_at=letter.arrived_at,
        delivery=Delivery.NONE,
        send_attempts=0,
        attachments=[_attachment(n, part) for n, part in enumerate(email.attachments)],
    )


def _attachment(position: int, part: InboundAttachment) -> Attachment:
    return Attachment(
        position=position,
        filename=part.filename,
        original_filename=part.original_filename,
        content_type=part.content_type[:255],
        size=part.size,
        sha256=part.sha256,
        content_id=part.content_id,
        is_inline=part.inline,
    )


def _remember(session: Session, ticket: Ticket, letter: Letter) -> None:
    """Keep who takes part and which Message-IDs lead here. Mail of a stranger to this ticket never gets this far."""
    names = (letter.email.message_id, *answered(letter.email))
    keys = [
        {"reference": key, "ticket_id": ticket.id}
        for key in dict.fromkeys(thread_key(name) for name in names if name)
    ]
    people = [{"ticket_id": ticket.id, "email": address} for address in _participants(letter)]
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    if keys:
        session.execute(insert(ThreadReference).values(keys).on_conflict_do_nothing())
    if people:
        session.execute(insert(TicketParticipant).values(people).on_conflict_do_nothing())


def _participants(letter: Letter) -> Iterable[str]:
    email = letter.email
    copied = (*email.to, *email.cc)[:COPIED_LIMIT]
    addresses = dict.fromkeys(person.email.strip().lower() for person in (email.sender, *copied))
    return (a for a in addresses if a and len(a) <= fields.ADDRESS_LIMIT and a != letter.support_address)
