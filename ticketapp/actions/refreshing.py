"""Messages read anew from the bytes of their mails, in place: text, HTML, files, and what a ticket took from them."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session, aliased, selectinload, undefer

from ticketapp.actions import classification
from ticketapp.actions.intake import Store
from ticketapp.actions.intake_rules import IntakeRules
from ticketapp.actions.mail_words import description_of, file_of, text_of, title_of
from ticketapp.clock import utc_now
from ticketapp.db import db, transaction
from ticketapp.mail import InboundEmail, parse
from ticketapp.models import Attachment, EventKind, InboundMail, MailState, Message, Source, Ticket, TicketEvent
from ticketapp.models.ticket import search_document

WORDS = {"author_name": "sender", "author_email": "sender", "html": "HTML"}
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reading:
    """A mail on a ticket as it reads now."""

    mail_id: int
    message_id: int
    email: InboundEmail


def refresh(mail_ids: Sequence[int], *, store: Store, rules: IntakeRules, by: int) -> int:
    """Read the messages of these mails anew, for the member of staff ``by``; how many came out otherwise.

    A title or description that a person changed stays. Where the store or database is out of reach, that is raised.
    """
    readings = [reading for mail_id in mail_ids if (reading := _read(mail_id, store, rules)) is not None]
    return sum(_rewrite(reading, by) for reading in readings)


def _read(mail_id: int, store: Store, rules: IntakeRules) -> Reading | None:
    statement = select(InboundMail.raw, InboundMail.message_id).where(
        InboundMail.id == mail_id, InboundMail.state == MailState.PROCESSED
    )
    found = db.session.execute(statement).one_or_none()
    db.session.commit()  # reading the mail may take its time: hold no transaction meanwhile
    if found is None or found.raw is None or found.message_id is None:
        return None
    try:
        email = parse(found.raw)
    except (OperationalError, InterfaceError, OSError):
        raise
    except Exception:
        log.exception("mail %s could not be read again", mail_id)
        return None
    for part in email.attachments:
        store.put(part.content)
    return Reading(mail_id, found.message_id, rules.as_written(email))


def _rewrite(reading: Reading, by: int) -> bool:
    with transaction() as session:
        ticket_id = session.scalars(select(Message.ticket_id).where(Message.id == reading.message_id)).one()
        ticket = classification.lock_ticket(session, ticket_id)
        message = session.scalars(
            select(Message)
            .where(Message.id == reading.message_id, Message.ticket_id == ticket.id)
            .options(undefer(Message.html), selectinload(Message.attachments))
            .with_for_update(of=Message)
            .execution_options(populate_existing=True)
        ).one_or_none()
        if message is None:  # it was moved to another ticket at this very moment: the next reading finds it there
            return False
        old_subject, old_text = message.subject, message.text
        parts = [*_rewrite_words(message, reading.email), *_rewrite_files(session, message, reading.email)]
        if not parts:
            return False
        mail = session.get_one(InboundMail, reading.mail_id, with_for_update=True)
        mail.sender, mail.subject = reading.email.sender.email, reading.email.subject
        if _opened(session, message, ticket):
            _retell(ticket, message, old_subject, old_text)
        ticket.updated_at = utc_now()
        event = TicketEvent(ticket_id=ticket.id, at=utc_now(), actor_id=by, kind=EventKind.READ_AGAIN)
        event.new = ", ".join(parts)
        session.add(event)
    return True


def _rewrite_words(message: Message, email: InboundEmail) -> list[str]:
    """What of the message's words came out otherwise, put in place."""
    now: dict[str, Any] = {
        "subject": email.subject,
        "text": text_of(email),
        "html": email.html,
        "author_name": email.sender.name,
        "author_email": email.sender.email,
    }
    changed = [name for name, value in now.items() if getattr(message, name) != value]
    for name in changed:
        setattr(message, name, now[name])
    message.has_html = bool(email.html)
    return list(dict.fromkeys(WORDS.get(name, name) for name in changed))


def _rewrite_files(session: Session, message: Message, email: InboundEmail) -> list[str]:
    """Put the files of the message in place, each in the row of its position, so that links to it stay."""
    kept = {file.position: file for file in message.attachments}
    changed = False
    for position, part in enumerate(email.attachments):
        now = file_of(part)
        file = kept.pop(position, None)
        if file is None:
            session.add(Attachment(message_id=message.id, position=position, **now))
            changed = True
        for name, value in now.items() if file is not None else ():
            changed = changed or getattr(file, name) != value
            setattr(file, name, value)
    for file in kept.values():
        session.delete(file)
    return ["files"] if changed or kept else []


def _opened(session: Session, message: Message, ticket: Ticket) -> bool:
    earlier = aliased(Message)
    has_earlier = exists().where(earlier.ticket_id == ticket.id, earlier.id < message.id)
    return ticket.source == Source.EMAIL and not session.scalar(select(has_earlier))


def _retell(ticket: Ticket, message: Message, old_subject: str, old_text: str) -> None:
    """Give the ticket the new words where it still has those that the mail gave it."""
    if ticket.title == title_of(old_subject):
        ticket.title = title_of(message.subject)
    if ticket.description == description_of(old_text):
        ticket.description = description_of(message.text)
    ticket.search_document = search_document(ticket.title, ticket.description)
