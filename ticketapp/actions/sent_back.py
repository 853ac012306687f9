"""A ticket that was read and is sent back: what of it is a change, and what would undo what others did meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ticketapp.actions import confirming
from ticketapp.errors import Conflict
from ticketapp.models import CLASSIFIED, ChosenBy, Ticket

# Clients whose clock counts milliseconds cut a time that they read.
SAME_MOMENT = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenTicket:
    """What a caller saw of a ticket beside its values: who had chosen them, when it was changed; None: not told."""

    category_by: ChosenBy | None = None
    priority_by: ChosenBy | None = None
    updated_at: datetime | None = None


def left_to_change(ticket: Ticket, changes: Mapping[str, Any], seen: SeenTicket) -> dict[str, Any]:
    """``changes`` without the choices that came with their origin and are what the ticket says: those decide nothing.

    Raises ``Conflict`` where a value is another than the ticket's, and the ticket is not as it was seen; names each.
    """
    differing = [name for name, value in changes.items() if value != getattr(ticket, name)]
    outdated = [name for name in differing if _is_outdated(ticket, name, seen)]
    if outdated:
        now_is = ", ".join(_now(ticket, name) for name in outdated)
        raise Conflict(
            f"Ticket {ticket.id} was changed since it was read: {now_is}. Read it again, nothing was done."
        )
    return {name: value for name, value in changes.items() if name in differing or _origin(name, seen) is None}


def _is_outdated(ticket: Ticket, name: str, seen: SeenTicket) -> bool:
    origin = _origin(name, seen)
    if origin is not None and origin != getattr(ticket, f"{name}_by"):
        return True
    return seen.updated_at is not None and abs(ticket.updated_at - seen.updated_at) >= SAME_MOMENT


def _origin(name: str, seen: SeenTicket) -> ChosenBy | None:
    origin: ChosenBy | None = getattr(seen, f"{name}_by") if name in CLASSIFIED else None
    return origin


def _now(ticket: Ticket, name: str) -> str:
    """What the ticket says now of one field, and whose choice that is."""
    if name in CLASSIFIED:
        by = getattr(ticket, f"{name}_by")
        return f"its {name} is {getattr(ticket, name)}, the choice of {confirming.WHOSE[by]}"
    if name == "assignee_id":
        return f"its assignee is {ticket.assignee.name if ticket.assignee else 'nobody'}"
    if name == "description":
        return "its description is not what was sent"
    return f"its {name} is {getattr(ticket, name)}"
