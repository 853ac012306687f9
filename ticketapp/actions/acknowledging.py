"""Acknowledgements: the first mail of a new ticket is answered by the system itself, so that machines never loop."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from ticketapp.actions.conversation import Support
from ticketapp.mail import AcknowledgementTemplate, InboundEmail
from ticketapp.models import Delivery, Direction, Message, Requester, ThreadReference, Ticket
from ticketapp.models.ticket import thread_key

FRESH = timedelta(days=1)
WINDOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """How the first mail of a ticket is acknowledged, and how many of these one address gets in an hour."""

    support: Support
    template: AcknowledgementTemplate
    hourly_limit: int


@dataclass(frozen=True, slots=True)
class Opened:
    """A ticket that a mail of a person has just opened."""

    ticket_id: int
    email: InboundEmail
    arrived_at: datetime


def acknowledge(session: Session, opened: Sequence[Opened], how: Acknowledgement, *, now: datetime) -> None:
    """Queue an acknowledgement for each ticket whose mail may be answered by a machine (RFC 3834 section 2), within
    the caller's transaction. Mail that arrived more than a day ago is not acknowledged: it was imported, or waited
    until the customer knows anyway."""
    wanted = {one.ticket_id: one for one in opened if one.email.is_answerable and now - one.arrived_at <= FRESH}
    if not wanted:
        return
    tickets = _tickets(session, wanted)
    told = _told(session, {ticket.requester_id for ticket in tickets if ticket.requester_id}, now=now)
    for ticket in tickets:
        requester_id = ticket.requester_id
        if requester_id is not None and told[requester_id] < how.hourly_limit:
            told[requester_id] += 1
            _queue(session, ticket, wanted[ticket.id].email, how, now=now)


def _tickets(session: Session, wanted: Mapping[int, Opened]) -> list[Ticket]:
    statement = select(Ticket).where(Ticket.id.in_(wanted)).options(joinedload(Ticket.requester))
    return list(session.scalars(statement.order_by(Ticket.id)))


def _told(session: Session, requester_ids: set[int], *, now: datetime) -> dict[int, int]:
    """How many automatic mails each requester got in the last hour; locked, so that nobody else adds one."""
    people = select(Requester.id).where(Requester.id.in_(requester_ids)).order_by(Requester.id)
    # A lock that lets the tickets of others refer to them: those hold theirs already, and would wait for each other.
    told = dict.fromkeys(session.scalars(people.with_for_update(key_share=True)), 0)
    counted = (
        select(Ticket.requester_id, func.count())
        .join(Message, Message.ticket_id == Ticket.id)
        .where(
            Message.is_automatic,
            Message.created_at > now - WINDOW,
            Message.direction == Direction.OUTBOUND,
            Ticket.requester_id.in_(requester_ids),
        )
        .group_by(Ticket.requester_id)
    )
    return told | {requester_id: count for requester_id, count in session.execute(counted) if requester_id}


def _queue(session: Session, ticket: Ticket, email: InboundEmail, how: Acknowledgement, *, now: datetime) -> None:
    support = how.support
    subject, text = how.template.written(number=ticket.id, title=ticket.title, support=support.name)
    message_id = support.tokens.message_id(support.domain, ticket.id)
    earlier = [*email.references[-1:], email.message_id] if email.message_id else []
    message = Message(
        ticket_id=ticket.id,
        direction=Direction.OUTBOUND,
        author_name=support.name,
        author_email=support.address,
        subject=subject,
        text=text,
        message_id=message_id,
        in_reply_to=email.message_id,
        references=" ".join(name for name in earlier if name),
        is_automatic=True,
        created_at=now,
        delivery=Delivery.PENDING,
        send_attempts=0,
        send_due_at=now,
    )
    session.add_all([message, ThreadReference(reference=thread_key(message_id), ticket_id=ticket.id)])
