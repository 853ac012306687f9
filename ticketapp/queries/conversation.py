"""What is on one ticket: its messages with attachments, its history and its classification runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, literal, select, tuple_
from sqlalchemy.orm import defer, joinedload, selectinload

from ticketapp.db import db
from ticketapp.errors import NotFound
from ticketapp.models import Attachment, ClassificationRun, Message, TicketEvent, TicketParticipant
from ticketapp.queries.paging import Cursor

SHOWN = 200
TEXT_SHOWN = 100_000
NO_PICTURE = "There is no such picture in this message."


@dataclass(frozen=True, slots=True)
class Said:
    """A message without its text, and the first 100,000 characters of that; ``is_cut`` says that it goes on."""

    message: Message
    text: str
    is_cut: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A stretch of a conversation, oldest message first; ``earlier`` is the cursor of what came before it, if any."""

    messages: tuple[Said, ...]
    earlier: Cursor | None


def thread(ticket_ids: Sequence[int], *, before: Cursor | None = None) -> Thread:
    """The newest 200 messages of a ticket and of those that go on in it (``before`` a cursor), with their
    attachments; long texts are cut."""
    statement = select(Message, func.substr(Message.text, 1, TEXT_SHOWN), func.length(Message.text) > TEXT_SHOWN)
    statement = statement.where(Message.ticket_id.in_(ticket_ids)).options(
        selectinload(Message.attachments), defer(Message.text), defer(Message.subject)
    )
    if before is not None:
        place = tuple_(literal(before.created_at, Message.created_at.type), literal(before.row_id))
        statement = statement.where(tuple_(Message.created_at, Message.id) < place)
    newest_first = statement.order_by(Message.created_at.desc(), Message.id.desc()).limit(SHOWN + 1)
    found = [Said(*row) for row in db.session.execute(newest_first)]
    shown = tuple(reversed(found[:SHOWN]))
    is_more = len(found) > SHOWN
    earlier = Cursor(shown[0].message.created_at, shown[0].message.id) if is_more else None
    return Thread(messages=shown, earlier=earlier)


def participants(ticket_id: int, messages: Sequence[Said]) -> set[str]:
    """Which of the addresses that wrote these messages take part in this ticket or the one that holds the message,
    lower-cased."""
    writers = {said.message.author_email.strip().lower() for said in messages} - {""}
    ticket_ids = {ticket_id, *(said.message.ticket_id for said in messages)}
    statement = select(TicketParticipant.email).where(TicketParticipant.ticket_id.in_(ticket_ids))
    return set(db.session.scalars(statement.where(TicketParticipant.email.in_(writers)))) if writers else set()


def revision(ticket_id: int) -> int:
    """How many events there are on a ticket."""
    return db.session.scalar(select(func.count()).where(TicketEvent.ticket_id == ticket_id)) or 0


def is_anything_to_send(now: datetime) -> bool:
    """Whether an outbound message is due."""
    return db.session.scalar(select(Message.id).where(Message.send_due_at <= now).limit(1)) is not None


def message_text(ticket_id: int, message_id: int) -> str:
    """The whole text of a message of this ticket. Raises ``NotFound``."""
    text = db.session.scalar(select(Message.text).where(Message.id == message_id, Message.ticket_id == ticket_id))
    if text is None:
        raise NotFound("There is no such message on this ticket.")
    return text


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
    if "\x00" in content_id:
        raise NotFound(NO_PICTURE)  # PostgreSQL takes no NUL to compare with
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
        raise NotFound(NO_PICTURE)
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
