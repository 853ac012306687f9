"""The staff's side of a conversation: replies that are mailed, notes that are not, and what became of the mail."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from ticketapp.actions import fields
from ticketapp.actions.classification import lock_ticket
from ticketapp.actions.merging import refuse_merged
from ticketapp.actions.tickets import PRESSED_TWICE_SECONDS
from ticketapp.clock import utc_now
from ticketapp.db import transaction
from ticketapp.errors import Conflict
from ticketapp.mail import Address, OutboundEmail, ThreadTokens
from ticketapp.models import (
    Delivery,
    Direction,
    EventKind,
    Message,
    Status,
    ThreadReference,
    Ticket,
    TicketEvent,
    User,
)
from ticketapp.models.ticket import thread_key
from ticketapp.queries import merged

TEXT_LIMIT = 100_000
SEND_LEASE_SECONDS = 600
SEND_DELAYS_SECONDS = (30, 120, 600, 1800, 3600, 3600, 7200, 14400, 21600, 43200, 43200)
REFERENCES_KEPT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """Who we are in a mail, and how the answers to it find back."""

    name: str
    address: str
    tokens: ThreadTokens

    @property
    def domain(self) -> str:
        """The domain of our address, which our Message-IDs carry."""
        return self.address.rpartition("@")[2]


def reply(ticket_id: int, text: str, *, by: User, support: Support, status: str | None = None) -> Message:
    """Answer the requester: the message is queued to be mailed, and the ticket takes ``status`` where given.

    Raises ``NotFound``, ``InvalidInput``, ``Conflict`` where the ticket has no requester to write to, or goes on in
    another.
    """
    now = utc_now()
    body = fields.required_text("text", text, limit=TEXT_LIMIT)
    wanted = fields.one_of("status", status, Status) if status else None
    with transaction() as session:
        ticket = lock_ticket(session, ticket_id)
        refuse_merged(ticket)
        if ticket.requester is None:
            raise Conflict("This ticket has no requester with a mail address, so there is nobody to answer.")
        if (repeated := _just_written(session, ticket, Direction.OUTBOUND, body, by=by, now=now)) is not None:
            return repeated
        message = _outbound(session, ticket, body, by=by, support=support, now=now)
        session.add(ThreadReference(reference=thread_key(message.message_id or ""), ticket_id=ticket.id))
        session.add(TicketEvent(ticket_id=ticket.id, at=now, actor_id=by.id, kind=EventKind.REPLY))
        if wanted and wanted != ticket.status:
            session.add(
                TicketEvent(
                    ticket_id=ticket.id,
                    at=now,
                    actor_id=by.id,
                    kind=EventKind.STATUS,
                    old=ticket.status,
                    new=wanted,
                )
            )
            ticket.status = wanted
        ticket.note_change(now)
    return message


def add_note(ticket_id: int, text: str, *, by: User) -> Message:
    """Keep a note that only staff can see. Raises ``NotFound``, ``InvalidInput``, ``Conflict`` on a merged ticket."""
    now = utc_now()
    body = fields.required_text("text", text, limit=TEXT_LIMIT)
    with transaction() as session:
        ticket = lock_ticket(session, ticket_id)
        refuse_merged(ticket)
        if (repeated := _just_written(session, ticket, Direction.NOTE, body, by=by, now=now)) is not None:
            return repeated
        message = Message(
            ticket_id=ticket.id,
            direction=Direction.NOTE,
            author_id=by.id,
            author_name=by.name,
            author_email=by.email,
            text=body,
            created_at=now,
            delivery=Delivery.NONE,
            send_attempts=0,
        )
        session.add_all([message, TicketEvent(ticket_id=ticket.id, at=now, actor_id=by.id, kind=EventKind.NOTE)])
        ticket.note_change(now)
    return message


def claim_to_send() -> int | None:
    """The id of an outbound message that is due, ours alone for ten minutes, longer than handing it over can take;
    None where none is due. A worker that dies leaves it due again."""
    now = utc_now()
    with transaction() as session:
        message = session.scalar(
            select(Message)
            .where(Message.send_due_at <= now)
            .order_by(Message.send_due_at)
            .limit(1)
            .with_for_update(skip_locked=True, of=Message)
            .execution_options(populate_existing=True)
        )
        if message is None:
            return None
        message.send_due_at = now + timedelta(seconds=SEND_LEASE_SECONDS)
        return message.id


def letter(message_id: int, *, support: Support) -> OutboundEmail | None:
    """The mail of an outbound message that is still to be sent; None where it was sent meanwhile."""
    with transaction() as session:
        message = session.scalar(
            select(Message)
            .where(Message.id == message_id, Message.delivery == Delivery.PENDING)
            .options(joinedload(Message.ticket).joinedload(Ticket.requester))
        )
        if message is None or message.ticket.requester is None or message.message_id is None:
            return None
        requester = message.ticket.requester
        reply_address = support.tokens.reply_address(message.ticket_id)
        return OutboundEmail(
            message_id=message.message_id,
            sender=Address(support.name, support.address),
            to=(Address(requester.name, requester.email),),
            reply_to=(Address(support.name, reply_address),) if reply_address else (),
            subject=message.subject,
            text=message.text,
            in_reply_to=message.in_reply_to,
            references=tuple(message.references.split()),
            auto_submitted=message.is_automatic,
            date=message.created_at,
        )


def record_sent(message_id: int) -> None:
    """The mail server took the message."""
    with transaction() as session:
        message = session.get_one(Message, message_id, with_for_update=True, populate_existing=True)
        message.send_attempts += 1
        if message.delivery == Delivery.PENDING:  # else it has come back already
            message.delivery, message.send_due_at, message.sent_at = Delivery.SENT, None, utc_now()
            message.delivery_error = None


def record_not_sent(message_id: int, cause: str, *, for_good: bool) -> None:
    """The message could not be sent: tried again with growing delays, or failed for good; the cause is kept."""
    with transaction() as session:
        message = session.get_one(Message, message_id, with_for_update=True, populate_existing=True)
        message.delivery_error = cause.replace("\0", " ").encode(errors="replace").decode()[:1000]
        message.send_attempts += 1
        if for_good or message.send_attempts > len(SEND_DELAYS_SECONDS):
            message.delivery, message.send_due_at = Delivery.FAILED, None
        else:
            delay = SEND_DELAYS_SECONDS[message.send_attempts - 1]
            message.send_due_at = utc_now() + timedelta(seconds=delay)


def send_again(ticket_id: int, message_id: int) -> None:
    """Put a reply that failed or came back in the outbox again. Raises ``Conflict`` where it did neither."""
    with transaction() as session:
        message = session.scalar(
            select(Message)
            .where(Message.id == message_id, Message.ticket_id == ticket_id)
            .with_for_update(of=Message)
        )
        if message is None or not message.was_not_delivered:
            raise Conflict("Only a reply that could not be sent or came back can be sent again.")
        message.bounced_at = None
        message.delivery, message.send_due_at, message.send_attempts = Delivery.PENDING, utc_now(), 0


def _just_written(
    session: Session, ticket: Ticket, direction: Direction, text: str, *, by: User, now: datetime
) -> Message | None:
    """The same words of the same person some seconds ago: a button pressed twice. The ticket is locked, so the
    second press sees what the first one wrote."""
    return session.scalar(
        select(Message)
        .where(
            Message.ticket_id == ticket.id,
            Message.direction == direction,
            Message.author_id == by.id,
            Message.created_at > now - timedelta(seconds=PRESSED_TWICE_SECONDS),
            Message.text == text,
        )
        .limit(1)
    )


def _outbound(session: Session, ticket: Ticket, text: str, *, by: User, support: Support, now: datetime) -> Message:
    answered = session.scalar(
        select(Message)
        .where(
            Message.ticket_id.in_([ticket.id, *(part.ticket_id for part in merged.parts(ticket.id))]),
            Message.message_id.is_not(None),
            Message.direction != Direction.NOTE,
            Message.is_automatic.is_(False),
        )
        .order_by(Message.created_at.desc(), Message.id.desc())
        .limit(1)
    )
    earlier = [*answered.references.split(), answered.message_id or ""] if answered else []
    message = Message(
        ticket_id=ticket.id,
        direction=Direction.OUTBOUND,
        author_id=by.id,
        author_name=by.name,
        author_email=by.email,
        subject=f"Re: {ticket.title} [#{ticket.id}]",
        text=text,
        message_id=support.tokens.message_id(support.domain, ticket.id),
        in_reply_to=answered.message_id if answered else None,
        references=" ".join(dict.fromkeys(earlier[:1] + earlier[1:][-REFERENCES_KEPT:])),
        created_at=now,
        delivery=Delivery.PENDING,
        send_attempts=0,
        send_due_at=now,
    )
    session.add(message)
    session.flush()
    return message
