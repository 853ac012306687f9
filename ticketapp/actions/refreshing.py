"""Messages read anew from the bytes of their mails, in place: text, HTML, files, and what a ticket took from them."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session, aliased, selectinload, undefer

from ticketapp.actions import classification, fresh_looks
from ticketapp.actions.intake_rules import IntakeRules, Store
from ticketapp.actions.mail_words import description_of, file_of, header_alone, text_of, title_of
from ticketapp.clock import utc_now
from ticketapp.db import db, transaction
from ticketapp.mail import InboundEmail, parse
from ticketapp.models import Attachment, EventKind, InboundMail, MailState, Message, Source, Ticket, TicketEvent, User
from ticketapp.models.ticket import search_document

WORDS = {"author_name": "sender", "author_email": "sender", "html": "HTML"}
GONE = "The mail is not on the server any more, so no more of it can be had."
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
    return sum(_refresh(reading, by) for reading in readings)


def fill_message(mail_id: int, message_id: int, email: InboundEmail, *, wanted: Collection[MailState]) -> int | None:
    """Put what a mail says, all of whose bytes came after it had become this message by its header, into it; the
    number of its ticket. None where that was done already, or somebody has the message in hand just now.

    Its attachments are in the store. A title or description that a person changed stays.
    """
    with transaction() as session:
        found = _locked(session, message_id)
        mail = session.get_one(InboundMail, mail_id, with_for_update=True, populate_existing=True)
        if found is None or mail.state not in wanted:
            return None
        message, ticket = found
        told = (ticket.title, ticket.description)
        if parts := _rewrite(session, message, ticket, email):
            _note(session, ticket, None, ", ".join(parts))
        _ask_afresh(session, ticket, told, by=None)
        mail.state, mail.reason = MailState.PROCESSED, mail.reason or message.thread_reason
        mail.sender, mail.subject = email.sender.email, email.subject
        mail.processed_at, mail.discarded_at = mail.processed_at or utc_now(), None
        return ticket.id


def give_up(mail_id: int) -> None:
    """Ask no more for the bytes of a mail that is gone from the server: its row says so, and so does the message that
    was made of its header."""
    with transaction() as session:
        message_id = session.scalar(select(InboundMail.message_id).where(InboundMail.id == mail_id))
        found = _locked(session, message_id) if message_id is not None else None
        mail = session.get_one(InboundMail, mail_id, with_for_update=True, populate_existing=True)
        if mail.raw is not None or mail.given_up_at is not None:
            return
        mail.given_up_at, mail.trying_until = utc_now(), None
        mail.reason = f"{mail.reason} {GONE}"
        if found is not None:
            message, ticket = found
            _rewrite(session, message, ticket, header_alone(parse(mail.header or b""), GONE))
            _note(session, ticket, None, None)


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


def _refresh(reading: Reading, by: int) -> bool:
    with transaction() as session:
        found = _locked(session, reading.message_id)
        if found is None:
            return False
        message, ticket = found
        told = (ticket.title, ticket.description)
        parts = _rewrite(session, message, ticket, reading.email)
        if not parts:
            return False
        mail = session.get_one(InboundMail, reading.mail_id, with_for_update=True)
        mail.sender, mail.subject = reading.email.sender.email, reading.email.subject
        _note(session, ticket, by, ", ".join(parts))
        _ask_afresh(session, ticket, told, by=session.get_one(User, by))
    return True


def _ask_afresh(session: Session, ticket: Ticket, told: tuple[str, str], *, by: User | None) -> None:
    """Have the machine look again, where that is wanted after an edit, if the ticket says something else now."""
    if (ticket.title, ticket.description) != told:
        fresh_looks.after_edit(session, ticket.id, by=by, now=utc_now())


def _locked(session: Session, message_id: int) -> tuple[Message, Ticket] | None:
    """A message and its ticket, both locked; None where it is moved to another ticket at this very moment, where the
    next reading finds it."""
    ticket_id = session.scalars(select(Message.ticket_id).where(Message.id == message_id)).one()
    ticket = classification.lock_ticket(session, ticket_id)
    message = session.scalars(
        select(Message)
        .where(Message.id == message_id, Message.ticket_id == ticket.id)
        .options(undefer(Message.html), selectinload(Message.attachments))
        .with_for_update(of=Message)
        .execution_options(populate_existing=True)
    ).one_or_none()
    return None if message is None else (message, ticket)


def _rewrite(session: Session, message: Message, ticket: Ticket, email: InboundEmail) -> list[str]:
    """What of a message came out otherwise, put in place, also where the ticket has it from there."""
    old_subject, old_text = message.subject, message.text
    parts = [*_rewrite_words(message, email), *_rewrite_files(session, message, email)]
    if parts and _opened(session, message, ticket):
        _retell(ticket, message, old_subject, old_text)
    return parts


def _note(session: Session, ticket: Ticket, by: int | None, parts: str | None) -> None:
    now = utc_now()
    ticket.note_change(now)
    event = TicketEvent(ticket_id=ticket.id, at=now, actor_id=by, kind=EventKind.READ_AGAIN)
    event.new = parts
    session.add(event)


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
