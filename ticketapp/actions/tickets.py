"""Opening a ticket and changing what it says: by staff in the portal or by programs through the API."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ticketapp.actions import classification, confirming, fields, first_runs, fresh_looks, merging
from ticketapp.actions.opening import undecided_ticket
from ticketapp.actions.requesters import find_or_add
from ticketapp.actions.sent_back import SeenTicket, left_to_change
from ticketapp.actions.settling import settle
from ticketapp.ai import Verdict
from ticketapp.clock import utc_now
from ticketapp.db import transaction
from ticketapp.errors import InvalidInput
from ticketapp.models import (
    CLASSIFIED,
    Category,
    ChosenBy,
    ClassificationState,
    EventKind,
    Priority,
    Requester,
    Source,
    Status,
    Ticket,
    TicketEvent,
    TicketParticipant,
    User,
)
from ticketapp.models.ticket import DESCRIPTION_LIMIT, TITLE_LIMIT, search_document

NAME_LIMIT = 200
PRESSED_TWICE_SECONDS = 10
Changes: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTicket:
    """A ticket to be opened: as open where no status is given, category and priority a person's choice where given.

    ``proposal`` is the machine's verdict that the writer saw and let stand for whatever they did not choose.
    """

    title: str
    description: str
    source: Source
    requester_email: str = ""
    requester_name: str = ""
    category: str | None = None
    priority: str | None = None
    status: str | None = None
    proposal: Verdict | None = None


def open_ticket(new: NewTicket, *, by: User | None) -> Ticket:
    """Open a ticket, committed; what no person chose and no proposal covers is queued for classification.

    Raises ``InvalidInput`` naming the first bad field.
    """
    now = utc_now()
    email = fields.mail_address("requester_email", new.requester_email) if new.requester_email.strip() else ""
    name = fields.optional_text("requester_name", new.requester_name, limit=NAME_LIMIT)
    ticket = _draft(new, by=by, now=now)
    with transaction() as session:
        if by is not None and new.source == Source.WEB:
            # The second press of a button waits for the first.
            session.get(User, by.id, with_for_update={"key_share": True})
            if (repeated := _just_opened(session, ticket, email, by=by, now=now)) is not None:
                return repeated
        if email:
            ticket.requester_id = find_or_add(session, {email: name}, now=now)[email]
        session.add(ticket)
        session.flush()
        if email:
            session.add(TicketParticipant(ticket_id=ticket.id, email=email))
        session.add(TicketEvent(ticket_id=ticket.id, at=now, actor_id=by and by.id, kind=EventKind.OPENED))
        first_runs.queue_new(session, ticket, by=by, now=now, proposal=new.proposal)
    return ticket


def change_ticket(ticket_id: int, changes: Changes, *, by: User | None, seen: SeenTicket | None = None) -> Ticket:
    """Change the given fields of a ticket in one piece of work, a history event for each that differs.

    ``changes`` may hold title, description, category, priority, status and assignee_id (None: nobody). A category or
    priority given is a person's choice from then on, also where it stays the same, and answers a verdict that
    proposes another; ``seen`` is what the ticket looked like to whoever sends it back (``left_to_change``). Raises
    ``NotFound``, ``InvalidInput``, ``Conflict`` where a merged ticket's status is to change, or it is not as seen.
    """
    now = utc_now()
    with transaction() as session:
        ticket = classification.lock_ticket(session, ticket_id)
        if changes.get("status", ticket.status) != ticket.status:
            merging.refuse_merged(ticket)
        wanted = left_to_change(ticket, _checked(changes), seen or SeenTicket())
        with session.no_autoflush:  # values and what they settle are one write, as the database asks
            events = list(_apply(session, ticket, wanted, by=by, now=now))
        for event in events:
            event.ticket_id, event.at, event.actor_id = ticket.id, now, by.id if by else None
        if events:
            settle(session, ticket, now=now)
            ticket.note_change(now)
            ticket.search_document = search_document(ticket.title, ticket.description)
            session.add_all(events)
        if any(event.kind in (EventKind.TITLE, EventKind.DESCRIPTION) for event in events):
            fresh_looks.after_edit(session, ticket.id, by=by, now=now)
    return ticket


def _just_opened(session: Session, ticket: Ticket, email: str, *, by: User, now: datetime) -> Ticket | None:
    """The same words of the same person for the same requester some seconds ago, with nothing chosen otherwise: a
    button pressed twice."""
    is_as_chosen = [
        condition
        for name in CLASSIFIED
        if getattr(ticket, f"{name}_by") == ChosenBy.PERSON
        for condition in (
            getattr(Ticket, name) == getattr(ticket, name),
            getattr(Ticket, f"{name}_by") == ChosenBy.PERSON,
        )
    ]
    return session.scalar(
        select(Ticket)
        .outerjoin(Requester, Requester.id == Ticket.requester_id)
        .where(
            *is_as_chosen,
            func.coalesce(Requester.email, "") == email,
            Ticket.created_at > now - timedelta(seconds=PRESSED_TWICE_SECONDS),
            Ticket.opened_by_id == by.id,
            Ticket.source == Source.WEB,
            Ticket.title == ticket.title,
            Ticket.description == ticket.description,
        )
        .limit(1)
    )


def _draft(new: NewTicket, *, by: User | None, now: datetime) -> Ticket:
    title = fields.required_text("title", new.title, limit=TITLE_LIMIT)
    description = fields.required_text("description", new.description, limit=DESCRIPTION_LIMIT)
    ticket = undecided_ticket(title, description, source=new.source, created_at=now, now=now)
    ticket.opened_by_id = by.id if by else None
    if new.category is not None:
        ticket.category = fields.one_of("category", new.category, Category)
        ticket.category_by = ChosenBy.PERSON
    if new.priority is not None:
        ticket.priority = fields.one_of("priority", new.priority, Priority)
        ticket.priority_by = ChosenBy.PERSON
    if new.status is not None:
        ticket.status = fields.one_of("status", new.status, Status)
    if ticket.is_decided_by_people:
        ticket.classification_state = ClassificationState.DONE
    return ticket


def _checked(changes: Changes) -> Changes:
    checks: dict[str, Callable[[Any], Any]] = {
        "title": lambda v: fields.required_text("title", v, limit=TITLE_LIMIT),
        "description": lambda v: fields.required_text("description", v, limit=DESCRIPTION_LIMIT),
        "category": lambda v: fields.one_of("category", v, Category),
        "priority": lambda v: fields.one_of("priority", v, Priority),
        "status": lambda v: fields.one_of("status", v, Status),
        "assignee_id": lambda v: v,
    }
    for name in changes.keys() - checks.keys():
        raise InvalidInput(name, f"{name} cannot be changed; these can: {', '.join(checks)}.")
    return {name: checks[name](value) for name, value in changes.items()}


def _apply(
    session: Session, ticket: Ticket, changes: Changes, *, by: User | None, now: datetime
) -> Iterator[TicketEvent]:
    for name, new in changes.items():
        old = getattr(ticket, name)
        is_first_choice = name in CLASSIFIED and getattr(ticket, f"{name}_by") != ChosenBy.PERSON
        if old == new and not is_first_choice:
            if by is not None and name in CLASSIFIED:
                answer = confirming.answer(ticket, name, by=by, now=now)
                yield from [answer] if answer else []
            continue
        if old == new:
            event = confirming.confirmation(ticket, name, by=by, now=now)
        elif name == "assignee_id":  # looked up before it is set: nobody is given a ticket who is not there
            event = _assigned(session, old, new)
        else:
            event = TicketEvent(kind=EventKind(name), old=_short(old), new=_short(new))
        setattr(ticket, name, new)
        if name in CLASSIFIED:
            setattr(ticket, f"{name}_by", ChosenBy.PERSON)
        yield event


def _assigned(session: Session, old: int | None, new: int | None) -> TicketEvent:
    names = {}
    for user_id in (old, new):
        if user_id is not None:
            user = session.get(User, user_id)
            if user is None or (user_id == new and not user.is_active):
                raise InvalidInput("assignee_id", "Assignee must be an active member of staff.")
            names[user_id] = user.name
    return TicketEvent(kind=EventKind.ASSIGNEE, old=names.get(old or 0), new=names.get(new or 0))


def _short(value: object) -> str:
    return str(value)[:TITLE_LIMIT]
