"""What people make of verdicts: a value confirmed, a proposal accepted or declined, each a person's choice then."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ticketapp.actions.classification import lock_ticket
from ticketapp.actions.settling import settle
from ticketapp.clock import utc_now
from ticketapp.db import transaction
from ticketapp.errors import Conflict, InvalidInput, NotFound
from ticketapp.models import (
    CLASSIFIED,
    ChosenBy,
    ClassificationRun,
    EventKind,
    RunState,
    Ticket,
    TicketEvent,
    User,
)
from ticketapp.queries.standing import contested, run_behind

SEEN = (*CLASSIFIED, *(f"{name}_by" for name in CLASSIFIED))

WHOSE = {ChosenBy.MACHINE: "the machine", ChosenBy.PERSON: "a person", ChosenBy.DEFAULT: "nobody"}


def confirm(
    ticket_id: int, fields: Sequence[str] = CLASSIFIED, *, by: User, seen: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Make the machine's values of these fields a person's choice, committed; the fields for which that was done.

    A value that a person chose already, or that nobody did, is left as it is, so doing it twice changes nothing.
    ``seen`` is what the person looked at, by the names of ``SEEN``: values and who had chosen them. Raises
    ``NotFound``, ``InvalidInput`` for a field that no machine sets, ``Conflict`` where either is another one by now.
    """
    _check(fields)
    now = utc_now()
    with transaction() as session:
        ticket = lock_ticket(session, ticket_id)
        confirmed = tuple(name for name in fields if getattr(ticket, f"{name}_by") == ChosenBy.MACHINE)
        _check_seen(ticket, confirmed, seen)
        for name in confirmed:
            session.add(confirmation(ticket, name, by=by, now=now))
            setattr(ticket, f"{name}_by", ChosenBy.PERSON)
        if confirmed:
            ticket.note_change(now)
            settle(session, ticket, now=now)
    return confirmed


def accept(
    ticket_id: int, run_id: int, fields: Sequence[str], *, by: User, seen: Mapping[str, str] | None = None
) -> Ticket:
    """Take what a run proposed for these fields as a person's choice, committed, with the run in the history.

    ``seen`` is what it was compared with, as in ``confirm``. Raises ``NotFound`` where this ticket has no such run
    with a verdict, ``InvalidInput`` for any other field, ``Conflict`` where the ticket or the verdict is another.
    """
    return _decide(ticket_id, run_id, fields, by=by, seen=seen, is_accepted=True)


def decline(
    ticket_id: int, run_id: int, fields: Sequence[str], *, by: User, seen: Mapping[str, str] | None = None
) -> Ticket:
    """Keep the values of these fields against what a run proposed, committed; they are a person's choice then.

    Doing it twice changes nothing. ``seen`` and what is raised are as with ``accept``.
    """
    return _decide(ticket_id, run_id, fields, by=by, seen=seen, is_accepted=False)


def confirmation(ticket: Ticket, field: str, *, by: User | None, now: datetime) -> TicketEvent:
    """The event that a person let the value of ``field`` stand, with the run that had set it, if one had."""
    is_machines = getattr(ticket, f"{field}_by") == ChosenBy.MACHINE
    run_id = run_behind(ticket.id, field) if is_machines else None
    return _event(ticket, run_id, EventKind.CONFIRMED, field, getattr(ticket, field), by=by, now=now)


def answer(ticket: Ticket, field: str, *, by: User, now: datetime) -> TicketEvent | None:
    """The event that ``by`` chose again what a person had chosen, against a verdict that waits for an answer to that;
    None where none does."""
    waiting = contested(ticket)
    if waiting is None or field not in waiting.values:
        return None
    return _event(ticket, waiting.run_id, EventKind.CONFIRMED, field, getattr(ticket, field), by=by, now=now)


def _decide(
    ticket_id: int,
    run_id: int,
    fields: Sequence[str],
    *,
    by: User,
    seen: Mapping[str, str] | None,
    is_accepted: bool,
) -> Ticket:
    _check(fields)
    now = utc_now()
    with transaction() as session:
        ticket = lock_ticket(session, ticket_id)
        run = _verdict(session, ticket_id, run_id)
        _check_seen(ticket, fields, seen)
        answered = _answered(session, run)
        for name in fields:
            if not is_accepted and name in answered:
                continue
            old = getattr(ticket, name)
            new = getattr(run if is_accepted else ticket, name)
            kind, before = (EventKind.CONFIRMED, name) if old == new else (EventKind(name), old)
            session.add(_event(ticket, run.id, kind, before, new, by=by, now=now))
            setattr(ticket, name, new)
            setattr(ticket, f"{name}_by", ChosenBy.PERSON)
            ticket.note_change(now)
        settle(session, ticket, now=now)
    return ticket


def _event(
    ticket: Ticket, run_id: int | None, kind: EventKind, old: str, new: str, *, by: User | None, now: datetime
) -> TicketEvent:
    return TicketEvent(
        ticket_id=ticket.id, at=now, actor_id=by.id if by else None, run_id=run_id, kind=kind, old=old, new=new
    )


def _check(fields: Sequence[str]) -> None:
    if not fields or set(fields) - set(CLASSIFIED):
        raise InvalidInput("field", f"field must be {' or '.join(CLASSIFIED)}.")


def _check_seen(ticket: Ticket, fields: Sequence[str], seen: Mapping[str, str] | None) -> None:
    changed = [words for name in fields if (words := _changed(ticket, name, seen or {}))]
    if changed:
        now_is = " and ".join(changed)
        raise Conflict(f"Ticket {ticket.id} was changed meanwhile: {now_is} now. Look at it again, nothing was done.")


def _changed(ticket: Ticket, field: str, seen: Mapping[str, str]) -> str | None:
    """What is not as it was seen: the value, or that another had chosen it."""
    value, by = getattr(ticket, field), getattr(ticket, f"{field}_by")
    if seen.get(field, value) != value:
        return f"its {field} is {value}"
    return None if seen.get(f"{field}_by", by) == by else f"its {field} is the choice of {WHOSE[by]}"


def _answered(session: Session, run: ClassificationRun) -> set[str]:
    """The fields in which a person has kept a value against this run already."""
    kept = select(TicketEvent.old).where(
        TicketEvent.ticket_id == run.ticket_id,
        TicketEvent.run_id == run.id,
        TicketEvent.kind == EventKind.CONFIRMED,
        TicketEvent.actor_id.is_not(None),
    )
    return {name for name in session.scalars(kept) if name}


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
    if run.undone_at is not None:
        raise Conflict(f"Run {run_id} was undone with its bulk job. Look at ticket {ticket_id} again.")
    later = select(ClassificationRun.id).where(
        ClassificationRun.ticket_id == ticket_id,
        ClassificationRun.id > run_id,
        ClassificationRun.state == RunState.SUCCEEDED,
        ClassificationRun.undone_at.is_(None),
    )
    if session.scalar(later.limit(1)) is not None:
        raise Conflict(f"The machine has read ticket {ticket_id} again since run {run_id}. Look at it again.")
    return run
