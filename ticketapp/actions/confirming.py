"""What people make of verdicts: a value confirmed, a proposal accepted or declined, each a person's choice then."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ticketapp.actions.classification import lock_ticket
from ticketapp.clock import utc_now
from ticketapp.db import transaction
from ticketapp.errors import InvalidInput, NotFound
from ticketapp.models import (
    ChosenBy,
    ClassificationRun,
    ClassificationState,
    EventKind,
    RunState,
    Ticket,
    TicketEvent,
    User,
)
from ticketapp.queries.standing import run_behind

FIELDS = ("category", "priority")


def confirm(ticket_id: int, fields: Sequence[str] = FIELDS, *, by: User) -> tuple[str, ...]:
    """Make the machine's values of these fields a person's choice, committed; the fields for which that was done.

    A value that a person chose already, or that nobody did, is left as it is, so doing it twice changes nothing.
    Raises ``NotFound``, ``InvalidInput`` for a field that no machine sets.
    """
    _check(fields)
    now = utc_now()
    with transaction() as session:
        ticket = lock_ticket(session, ticket_id)
        confirmed = tuple(name for name in fields if getattr(ticket, f"{name}_by") == ChosenBy.MACHINE)
        for name in confirmed:
            session.add(confirmation(ticket, name, by=by, now=now))
            setattr(ticket, f"{name}_by", ChosenBy.PERSON)
        if confirmed:
            ticket.updated_at = now
            settle(ticket)
    return confirmed


def accept(ticket_id: int, run_id: int, fields: Sequence[str], *, by: User) -> Ticket:
    """Take what a run proposed for these fields as a person's choice, committed, with the run in the history.

    Raises ``NotFound`` where this ticket has no such run with a verdict, ``InvalidInput`` for any other field.
    """
    return _decide(ticket_id, run_id, fields, by=by, is_accepted=True)


def decline(ticket_id: int, run_id: int, fields: Sequence[str], *, by: User) -> Ticket:
    """Keep the values of these fields against what a run proposed, committed; they are a person's choice then.

    Raises ``NotFound`` where this ticket has no such run with a verdict, ``InvalidInput`` for any other field.
    """
    return _decide(ticket_id, run_id, fields, by=by, is_accepted=False)


def confirmation(ticket: Ticket, field: str, *, by: User | None, now: datetime) -> TicketEvent:
    """The event that a person let the value of ``field`` stand, with the run that had set it, if one had."""
    is_machines = getattr(ticket, f"{field}_by") == ChosenBy.MACHINE
    run_id = run_behind(ticket.id, field) if is_machines else None
    return _event(ticket, run_id, EventKind.CONFIRMED, field, getattr(ticket, field), by=by, now=now)


def settle(ticket: Ticket) -> None:
    """Inside the caller's transaction: what people decided needs no machine, whatever became of asking it."""
    is_waiting = ticket.classification_state in (ClassificationState.QUEUED, ClassificationState.FAILED)
    if ticket.is_decided_by_people and not is_waiting:
        ticket.classification_state = ClassificationState.DONE


def _decide(ticket_id: int, run_id: int, fields: Sequence[str], *, by: User, is_accepted: bool) -> Ticket:
    _check(fields)
    now = utc_now()
    with transaction() as session:
        ticket = lock_ticket(session, ticket_id)
        run = _verdict(session, ticket_id, run_id)
        for name in fields:
            old = getattr(ticket, name)
            new = getattr(run if is_accepted else ticket, name)
            kind, before = (EventKind.CONFIRMED, name) if old == new else (EventKind(name), old)
            session.add(_event(ticket, run.id, kind, before, new, by=by, now=now))
            setattr(ticket, name, new)
            setattr(ticket, f"{name}_by", ChosenBy.PERSON)
        ticket.updated_at = now
        settle(ticket)
    return ticket


def _event(
    ticket: Ticket, run_id: int | None, kind: EventKind, old: str, new: str, *, by: User | None, now: datetime
) -> TicketEvent:
    return TicketEvent(
        ticket_id=ticket.id, at=now, actor_id=by.id if by else None, run_id=run_id, kind=kind, old=old, new=new
    )


def _check(fields: Sequence[str]) -> None:
    if not fields or set(fields) - set(FIELDS):
        raise InvalidInput("field", f"field must be {' or '.join(FIELDS)}.")


def _verdict(session: Session, ticket_id: int, run_id: int) -> ClassificationRun:
    run = session.scalar(
        select(ClassificationRun).where(
            ClassificationRun.id == run_id,
            ClassificationRun.ticket_id == ticket_id,
            ClassificationRun.state == RunState.SUCCEEDED,
        )
    )
    if run is None:
        raise NotFound(f"Ticket {ticket_id} has no verdict {run_id}.")
    return run
