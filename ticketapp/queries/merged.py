"""Tickets that were merged into another: which go on in this one, and in which one goes on."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from ticketapp.db import db
from ticketapp.models import Ticket


@dataclass(frozen=True, slots=True)
class Part:
    """A ticket that goes on in another, at once where that is ``into`` or by way of others."""

    ticket_id: int
    title: str
    into: int


def parts(ticket_id: int) -> list[Part]:
    """The tickets that go on in this one, lowest number first; empty where none was merged into it."""
    columns = (Ticket.id, Ticket.title, Ticket.merged_into_id)
    merged = select(*columns).where(Ticket.merged_into_id == ticket_id).cte("merged", recursive=True)
    merged = merged.union(select(*columns).join(merged, Ticket.merged_into_id == merged.c.id))
    rows = db.session.execute(select(merged).order_by(merged.c.id))
    return [Part(row.id, row.title, row.merged_into_id) for row in rows]


def goes_on_in(ticket_ids: Collection[int]) -> dict[int, int]:
    """Of these tickets those that were merged, by number, with the one in which each goes on in the end."""
    steps: dict[int, int] = {}
    wanted = set(ticket_ids)
    while wanted:  # once more than tickets were merged one into the next, which is once as a rule
        merged = select(Ticket.id, Ticket.merged_into_id).where(
            Ticket.id.in_(wanted), Ticket.merged_into_id.is_not(None)
        )
        found = {ticket_id: into for ticket_id, into in db.session.execute(merged) if into is not None}
        steps |= found
        wanted = set(found.values()) - steps.keys()
    return {ticket_id: _last(ticket_id, steps) for ticket_id in ticket_ids if ticket_id in steps}


def _last(ticket_id: int, steps: dict[int, int]) -> int:
    while ticket_id in steps:
        ticket_id = steps[ticket_id]
    return ticket_id
