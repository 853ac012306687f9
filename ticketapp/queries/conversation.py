"""What is on one ticket: its messages with attachments, its history and its classification runs."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from ticketapp.db import db
from ticketapp.errors import NotFound
from ticketapp.models import Attachment, ClassificationRun, Message, TicketEvent

SHOWN = 200


def messages(ticket_id: int) -> list[Message]:
    """The messages of a ticket, oldest first, with authors and attachments: the newest 200."""
    statement = (
        select(Message)
        .where(Message.ticket_id == ticket_id)
        .options(joinedload(Message.author), selectinload(Message.attachments))
        .order_by(Message.created_at.desc(), Message.id.desc())
        .limit(SHOWN)
    )
    return list(reversed(list(db.session.scalars(statement))))


def message_html(ticket_id: int, message_id: int) -> str:
    """The sanitised HTML of a message of this ticket. Raises ``NotFound`` where it has none."""
    html = db.session.scalar(select(Message.html).where(Message.id == message_id, Message.ticket_id == ticket_id))
    if html is None:
        raise NotFound("This message has no HTML part.")
    return html


def attachment(ticket_id: int, attachment_id: int) -> Attachment:
    """An attachment of a message of this ticket. Raises ``NotFound``."""
    found = db.session.scalar(
        select(Attachment).join(Message).where(Attachment.id == attachment_id, Message.ticket_id == ticket_id)
    )
    if found is None:
        raise NotFound("There is no such attachment on this ticket.")
    return found


def inline_attachment(ticket_id: int, message_id: int, content_id: str) -> Attachment:
    """The attachment that a message's HTML names by ``cid:``. Raises ``NotFound``."""
    found = db.session.scalar(
        select(Attachment)
        .join(Message)
        .where(
            Attachment.message_id == message_id,
            Attachment.content_id == content_id,
            Message.ticket_id == ticket_id,
        )
        .limit(1)
    )
    if found is None:
        raise NotFound("There is no such picture in this message.")
    return found


def history(ticket_id: int) -> list[TicketEvent]:
    """What happened to a ticket, oldest first: the newest 200 events with their actors."""
    statement = (
        select(TicketEvent)
        .where(TicketEvent.ticket_id == ticket_id)
        .options(joinedload(TicketEvent.actor))
        .order_by(TicketEvent.id.desc())
        .limit(SHOWN)
    )
    return list(reversed(list(db.session.scalars(statement))))


def runs(ticket_id: int) -> list[ClassificationRun]:
    """The classification runs of a ticket, newest first, with who asked: the newest 200."""
    statement = (
        select(ClassificationRun)
        .where(ClassificationRun.ticket_id == ticket_id)
        .options(joinedload(ClassificationRun.asked_by))
        .order_by(ClassificationRun.id.desc())
        .limit(SHOWN)
    )
    return list(db.session.scalars(statement))
