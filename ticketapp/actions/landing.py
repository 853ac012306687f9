"""Where mails land: tickets, messages, attachments and references, written many at once in the intake's transaction.

Mails come in batches, and a round trip to the database costs as much as reading a mail: so everything here is a
few statements for a whole batch, none for a single mail.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ticketapp.actions import fields, first_runs
from ticketapp.actions.mail_words import description_of, file_of, text_of, title_of
from ticketapp.actions.merging import lock_tickets
from ticketapp.actions.requesters import find_or_add
from ticketapp.db import Base, add_missing
from ticketapp.mail import InboundEmail
from ticketapp.models import (
    Attachment,
    Category,
    ChosenBy,
    ClassificationState,
    Delivery,
    Direction,
    EventKind,
    Message,
    Priority,
    Source,
    Status,
    ThreadReference,
    Ticket,
    TicketEvent,
    TicketParticipant,
    User,
)
from ticketapp.models.ticket import TITLE_LIMIT, search_document, successor_key, thread_key
from ticketapp.models.words import FINISHED
from ticketapp.queries.threads import Placement

COPIED_LIMIT = 50
REFERENCES_READ = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail that was read and placed, ready to be written. ``address`` is its sender's, lower-cased, maybe empty.

    ``is_ours`` tells our own addresses, which take part in no ticket. A ticket that it opens begins with the
    ``category`` of its mailbox, where that has one."""

    email: InboundEmail
    placement: Placement
    is_automatic: bool
    arrived_at: datetime
    is_ours: Callable[[str], bool]
    category: Category | None = None

    @property
    def address(self) -> str:
        """The sender's address as requesters and participants are kept; empty where it cannot be kept."""
        return keepable(self.email.sender.email)

    @property
    def text(self) -> str:
        """What the mail says, never blank."""
        return text_of(self.email)


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a letter was written; ``run_id`` is the classification it asked for, where it opened the ticket."""

    ticket_id: int
    message_id: int
    run_id: int | None


class MergedMeanwhile(Exception):
    """A ticket was merged since a letter was placed on it: nothing was written, and it is to be placed anew."""


def land(session: Session, letters: Sequence[Letter], *, now: datetime) -> list[Landing]:
    """Write each letter as the first message of a new ticket, or as a message of the ticket it was placed on.
    Raises ``MergedMeanwhile``."""
    tickets = _locked(session, letters)
    new = [letter for letter in letters if letter.placement.ticket_id is None]
    opened = _open(session, new, now=now)
    run_ids = dict(zip(opened, first_runs.queue_many(session, opened, now=now), strict=True))
    numbers = iter(opened)
    placed = [(letter, letter.placement.ticket_id or next(numbers)) for letter in letters]
    _receive(session, letters, tickets, now=now)
    staff = _staff(session, letters)
    message_ids = _write_messages(session, placed, staff)
    _remember(session, placed, staff)
    return [
        Landing(ticket_id, message_id, run_ids.get(ticket_id))
        for (_, ticket_id), message_id in zip(placed, message_ids, strict=True)
    ]


def answered(email: InboundEmail) -> tuple[str, ...]:
    """The Message-IDs a mail answers, the nearest first: In-Reply-To and the last 50 References.

    Its own Message-ID is no evidence: whoever uses a known one again has sent a new message.
    """
    named = (email.in_reply_to, *reversed(email.references[-REFERENCES_READ:]))
    return tuple(dict.fromkeys(name for name in named if name))


def copied(email: InboundEmail) -> set[str]:
    """The addresses to which a mail went besides, as they are kept: at most fifty."""
    addresses = {keepable(person.email) for person in (*email.to, *email.cc)[:COPIED_LIMIT]}
    return addresses - {""}


def keepable(address: str) -> str:
    """An address as it is kept, lower-cased; empty where it is too long for the column."""
    lowered = address.strip().lower()
    return lowered if len(lowered) <= fields.ADDRESS_LIMIT else ""


def _open(session: Session, letters: Sequence[Letter], *, now: datetime) -> list[int]:
    people: dict[str, str] = {}
    for letter in letters:
        if letter.address:
            people[letter.address] = people.get(letter.address) or letter.email.sender.name
    requesters = find_or_add(session, people, now=now)
    ids = _insert(session, Ticket, [_ticket(one, requesters.get(one.address), now=now) for one in letters])
    events = [
        {"ticket_id": ticket_id, "at": now, "kind": EventKind.OPENED, "new": letter.placement.reason or None}
        for ticket_id, letter in zip(ids, letters, strict=True)
    ]
    _insert(session, TicketEvent, events)
    return ids


def _ticket(letter: Letter, requester_id: int | None, *, now: datetime) -> dict[str, Any]:
    title, description = title_of(letter.email.subject), description_of(letter.text)
    return {
        "title": title,
        "description": description,
        "search_document": search_document(title, description),
        "category": letter.category or Category.GENERAL,
        # A mailbox's category is no default that nobody chose; the classification may still change it.
        "category_by": ChosenBy.MACHINE if letter.category else ChosenBy.DEFAULT,
        "priority": Priority.MEDIUM,
        "priority_by": ChosenBy.DEFAULT,
        "classification_state": ClassificationState.QUEUED,
        "status": Status.OPEN,
        "source": Source.EMAIL,
        "requester_id": requester_id,
        "created_at": letter.arrived_at,
        "updated_at": now,
    }


def _locked(session: Session, letters: Sequence[Letter]) -> dict[int, Ticket]:
    """The tickets that the letters were placed on. They are locked before requesters and whatever else is written,
    in the order in which everybody locks."""
    placed = {letter.placement.ticket_id for letter in letters}
    tickets = lock_tickets(session, {ticket_id for ticket_id in placed if ticket_id is not None})
    if any(ticket.merged_into_id is not None for ticket in tickets.values()):
        raise MergedMeanwhile
    return tickets


def _receive(session: Session, letters: Sequence[Letter], tickets: Mapping[int, Ticket], *, now: datetime) -> None:
    for letter in letters:
        if letter.placement.ticket_id is None:
            continue
        ticket = tickets[letter.placement.ticket_id]
        ticket.note_change(now)
        sender = letter.email.sender.email[:TITLE_LIMIT]
        session.add(TicketEvent(ticket_id=ticket.id, at=now, kind=EventKind.MESSAGE, new=sender))
        if ticket.status in FINISHED and not letter.is_automatic:
            old, ticket.status = ticket.status, Status.OPEN
            session.add(TicketEvent(ticket_id=ticket.id, at=now, kind=EventKind.STATUS, old=old, new=Status.OPEN))


def _staff(session: Session, letters: Sequence[Letter]) -> dict[str, int]:
    """Who of the senders is staff, by address, unless a mail server found them forged."""
    senders = {letter.address for letter in letters if letter.address and not letter.email.is_forged}
    known = select(User.email, User.id).where(User.email.in_(senders), User.is_active)
    return {row.email: row.id for row in session.execute(known)}


def _write_messages(session: Session, placed: Sequence[tuple[Letter, int]], staff: Mapping[str, int]) -> list[int]:
    rows = [
        _message(letter, ticket_id, None if letter.email.is_forged else staff.get(letter.address))
        for letter, ticket_id in placed
    ]
    ids = _insert(session, Message, rows)
    files = [
        row
        for message_id, (letter, _) in zip(ids, placed, strict=True)
        for row in _attachments(letter.email, message_id)
    ]
    _insert(session, Attachment, files)
    return ids


def _message(letter: Letter, ticket_id: int, author_id: int | None) -> dict[str, Any]:
    email = letter.email
    return {
        "ticket_id": ticket_id,
        "direction": Direction.INBOUND,
        "author_id": author_id,
        "author_name": email.sender.name,
        "author_email": email.sender.email,
        "subject": email.subject,
        "text": letter.text,
        "html": email.html,
        "has_html": bool(email.html),
        "message_id": email.message_id,
        "in_reply_to": email.in_reply_to,
        "references": " ".join(email.references),
        "thread_reason": letter.placement.reason,
        "is_automatic": letter.is_automatic,
        "created_at": letter.arrived_at,
        "delivery": Delivery.NONE,
        "send_attempts": 0,
    }


def _attachments(email: InboundEmail, message_id: int) -> list[dict[str, Any]]:
    return [
        {"message_id": message_id, "position": position, **file_of(part)}
        for position, part in enumerate(email.attachments)
    ]


def _remember(session: Session, placed: Sequence[tuple[Letter, int]], staff: Collection[str]) -> None:
    """Keep who takes part and which Message-IDs lead here. Mail of a stranger to a ticket never gets this far."""
    opening = {key for letter, _ in placed if _is_fresh(letter) for key in _keys(letter)}
    taken = set(session.scalars(select(ThreadReference.reference).where(ThreadReference.reference.in_(opening))))
    references = {
        (key, ticket_id)
        for letter, ticket_id in placed
        for key in _keys(letter)
        # A Message-ID that led to another ticket before leads there still: nobody draws a conversation into a
        # ticket of his own by naming its mails. That of the letter itself leads here, whoever named it before.
        if not (_is_fresh(letter) and key in taken and key != _own_key(letter))
    }
    people = {(address, ticket_id) for letter, ticket_id in placed for address in _participants(letter, staff)}
    for model, column, found in ((ThreadReference, "reference", references), (TicketParticipant, "email", people)):
        # Sorted, so that two workers who write the same rows wait for each other in one order.
        rows = [{column: value, "ticket_id": ticket_id} for value, ticket_id in sorted(found)]
        add_missing(session, model, rows)


def _is_fresh(letter: Letter) -> bool:
    """Whether the letter opened a ticket that goes on no other."""
    return letter.placement.ticket_id is None and letter.placement.instead_of is None


def _keys(letter: Letter) -> list[str]:
    named = (letter.email.message_id, *answered(letter.email))
    keys = [thread_key(name) for name in named if name and name.strip()]
    replaced = letter.placement.instead_of
    return keys if replaced is None else [*keys, successor_key(replaced)]


def _own_key(letter: Letter) -> str:
    return thread_key(letter.email.message_id or "")


def _participants(letter: Letter, staff: Collection[str]) -> set[str]:
    """Its sender and whom it was copied to. Neither staff who answer a ticket by mail nor a sender who is said to be
    forged take part by that: their address could be written beside a guessed number."""
    if letter.is_automatic:
        return set()
    is_answer = letter.placement.ticket_id is not None
    is_left_out = is_answer and (letter.address in staff or letter.email.is_forged)
    people = copied(letter.email) | (set() if is_left_out else {letter.address} - {""})
    return {address for address in people if not letter.is_ours(address)}


def _insert(session: Session, model: type[Base], rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert rows in as few statements as the database allows; their ids in the same order."""
    if not rows:
        return []
    key: Any = model.__table__.c.id
    return list(session.scalars(insert(model).returning(key, sort_by_parameter_order=True), rows))
