"""The figures: everything on the dashboard and in the statistics, from one statement over the tallies."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import CompoundSelect, Date, cast, func, literal, select, union_all

from ticketapp.db import RowId, db
from ticketapp.models import Category, Priority, Status, Ticket, TicketDayTally, TicketTally
from ticketapp.models.ticket import UNCLASSIFIED
from ticketapp.queries.paging import COUNT_CEILING, BoundedCount

DAYS_SHOWN = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The state of support in figures; each is defined in docs/definitions.md.

    The breakdowns hold every key, also at zero. ``tickets_by_day`` is the last 30 UTC days, today last.
    """

    total_tickets: int
    open_tickets: int
    unclassified_tickets: BoundedCount
    first_ticket_at: datetime | None
    avg_tickets_per_day: float
    category_breakdown: dict[str, int]
    priority_breakdown: dict[str, int]
    status_breakdown: dict[str, int]
    tickets_by_day: tuple[tuple[date, int], ...]


def overview(now: datetime) -> Overview:
    """All figures as of ``now``, from one statement whose cost does not grow with the number of tickets."""
    total, by_day, first = 0, {}, None
    parts: dict[str, dict[str, int]] = {
        "category": dict.fromkeys(map(str, Category), 0),
        "priority": dict.fromkeys(map(str, Priority), 0),
        "status": dict.fromkeys(map(str, Status), 0),
    }
    since = now.astimezone(UTC).date() - timedelta(days=DAYS_SHOWN - 1)
    unclassified = 0
    for kind, key, number, day, moment in db.session.execute(_statement(since)):
        if kind == "day":
            by_day[day] = number
        elif kind == "first":
            first = moment
        elif kind == "unclassified":
            unclassified = number
        else:
            parts[kind][key] = number
            total += number if kind == "status" else 0
    return Overview(
        total_tickets=total,
        open_tickets=parts["status"][Status.OPEN],
        unclassified_tickets=BoundedCount(min(unclassified, COUNT_CEILING), unclassified > COUNT_CEILING),
        first_ticket_at=first,
        avg_tickets_per_day=round(total / _days_since(first, now), 1),
        category_breakdown=parts["category"],
        priority_breakdown=parts["priority"],
        status_breakdown=parts["status"],
        tickets_by_day=tuple(
            (day, by_day.get(day, 0)) for day in (since + timedelta(days=n) for n in range(DAYS_SHOWN))
        ),
    )


def _statement(since: date) -> CompoundSelect[Any]:
    no_day, no_moment = cast(None, Date()), cast(None, Ticket.created_at.type)  # PostgreSQL wants every NULL typed
    number = cast(func.sum(TicketTally.tickets), RowId)  # PostgreSQL sums whole numbers as NUMERIC
    parts = [
        select(literal(name), column, number, no_day, no_moment).group_by(column)
        for name, column in (
            ("category", TicketTally.category),
            ("priority", TicketTally.priority),
            ("status", TicketTally.status),
        )
    ]
    on_day = cast(func.sum(TicketDayTally.tickets), RowId)
    days = (
        select(literal("day"), literal(""), on_day, TicketDayTally.day, no_moment)
        .where(TicketDayTally.day >= since)
        .group_by(TicketDayTally.day)
    )
    counts = Ticket.merged_into_id.is_(None)
    first = select(literal("first"), literal(""), literal(0), no_day, func.min(Ticket.created_at))
    some = select(literal(1)).select_from(Ticket).where(UNCLASSIFIED, counts).limit(COUNT_CEILING + 1).subquery()
    unclassified = select(literal("unclassified"), literal(""), func.count(), no_day, no_moment).select_from(some)
    return union_all(*parts, days, first, unclassified)


def _days_since(first: datetime | None, now: datetime) -> float:
    return max(1.0, (now - first) / timedelta(days=1)) if first else 1.0
