"""Which tickets there are: keyset pages of what a filter leaves, bounded counts, single tickets."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, literal, select, tuple_
from sqlalchemy.orm import joinedload

from ticketapp.db import db
from ticketapp.errors import NotFound
from ticketapp.models import Category, ChosenBy, ClassificationState, Priority, Requester, Status, Ticket, User
from ticketapp.queries import standing
from ticketapp.queries.paging import COUNT_CEILING, BoundedCount, Cursor
from ticketapp.queries.ticket_filter import TicketFilter, conditions
from ticketapp.queries.ticket_search import any_hits, hits_nearby

EXCERPT_CHARACTERS = 200
EXCERPT_LEAD = 20
SEARCH_COUNT_CEILING = 500
PAGE_SIZE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRow:
    """One line of the list. ``held_by_id`` is the paused bulk job that holds its classification."""

    id: int
    title: str
    excerpt: str
    category: Category
    category_by: ChosenBy
    priority: Priority
    priority_by: ChosenBy
    classification: ClassificationState
    held_by_id: int | None
    status: Status
    merged_into_id: int | None
    created_at: datetime
    requester_name: str
    requester_email: str
    assignee_name: str | None

    @property
    def is_unclassified(self) -> bool:
        """Whether category or priority is still the default that nobody chose."""
        return ChosenBy.DEFAULT in (self.category_by, self.priority_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPage:
    """One page of the list, newest first; ``newer`` and ``older`` are the cursors of its neighbours, if any.
    ``total`` is how many tickets match, where finding the page told it."""

    rows: tuple[TicketRow, ...]
    newer: Cursor | None
    older: Cursor | None
    total: BoundedCount | None


def page(
    narrowed: TicketFilter, *, after: Cursor | None = None, before: Cursor | None = None, limit: int = PAGE_SIZE
) -> TicketPage:
    """One page of tickets, newest first, ``after`` (older than) or ``before`` (newer than) a cursor.

    Costs the same on every page: it walks an index from the cursor on (https://use-the-index-luke.com/no-offset).
    """
    statement, total = _walked(_rows(narrowed), narrowed, after=after, before=before, limit=limit + 1)
    found = [_row(row) for row in db.session.execute(statement)]
    is_more = len(found) > limit
    rows = tuple(found[:limit] if before is None else reversed(found[:limit]))
    is_newer, is_older = (after is not None, is_more) if before is None else (is_more, True)
    return TicketPage(
        rows=rows,
        newer=_cursor(rows[0]) if rows and is_newer else None,
        older=_cursor(rows[-1]) if rows and is_older else None,
        total=total,
    )


def line(ticket_id: int, narrowed: TicketFilter) -> TicketRow:
    """The line of one ticket as a list with this filter shows it, also where the filter leaves it out by now.
    Raises ``NotFound``."""
    found = db.session.execute(_rows(narrowed).where(Ticket.id == ticket_id)).one_or_none()
    if found is None:
        raise NotFound(f"There is no ticket {ticket_id}.")
    return _row(found)


def tickets(narrowed: TicketFilter, *, after: Cursor | None = None, limit: int) -> list[Ticket]:
    """Whole tickets with requester and assignee, newest first, at most ``limit``."""
    statement = select(Ticket).options(
        joinedload(Ticket.requester), joinedload(Ticket.assignee).load_only(User.id, User.email, User.name)
    )
    walked, _ = _walked(statement, narrowed, after=after, before=None, limit=limit)
    return list(db.session.scalars(walked))


def count(narrowed: TicketFilter, page: TicketPage | None = None) -> BoundedCount:
    """How many tickets match, looking at no more than 1,001 of them, or 501 where words are searched for.

    Where ``page`` is the whole answer it is counted, and where its search told the number nothing is asked.
    """
    if page is not None and page.total is not None:
        return page.total
    if page is not None and page.newer is None and page.older is None:
        return BoundedCount(len(page.rows), is_more=False)
    ceiling = SEARCH_COUNT_CEILING if narrowed.search_words else COUNT_CEILING
    some = select(literal(1)).select_from(Ticket).where(*conditions(narrowed)).limit(ceiling + 1).subquery()
    number = db.session.scalar(select(func.count()).select_from(some)) or 0
    return BoundedCount.of(number, ceiling=ceiling)


def find(ticket_id: int) -> Ticket:
    """The ticket with requester, assignee and opener. Raises ``NotFound``."""
    statement = (
        select(Ticket)
        .where(Ticket.id == ticket_id)
        .options(joinedload(Ticket.requester), joinedload(Ticket.assignee), joinedload(Ticket.opened_by))
    )
    ticket = db.session.scalar(statement) if 0 < ticket_id < 2**63 else None
    if ticket is None:
        raise NotFound(f"There is no ticket {ticket_id}.")
    return ticket


def _walked(
    statement: Select[Any], narrowed: TicketFilter, *, after: Cursor | None, before: Cursor | None, limit: int
) -> tuple[Select[Any], BoundedCount | None]:
    """The statement for the first ``limit`` matching tickets from a cursor on, in the order of the walk; and how many
    match in all, where that was found on the way."""
    total = None
    is_upwards = before is not None
    order = [Ticket.created_at, Ticket.id] if is_upwards else [Ticket.created_at.desc(), Ticket.id.desc()]
    where = conditions(narrowed)
    if narrowed.search_words and db.engine.dialect.name == "postgresql":
        some = any_hits(where, limit=SEARCH_COUNT_CEILING + 1)
        total = BoundedCount.of(len(some), ceiling=SEARCH_COUNT_CEILING)
        hits = (
            _searched(narrowed, after=after, before=before, limit=limit)
            if total.is_more
            else _beyond(some, after=after, before=before, limit=limit)
        )
        if not total.is_more or len(hits) == limit:
            return statement.where(Ticket.id.in_(hits)).order_by(*order), total
    return statement.where(*where, *_from(after, before)).order_by(*order).limit(limit), total


def _searched(narrowed: TicketFilter, *, after: Cursor | None, before: Cursor | None, limit: int) -> list[int]:
    where = [*conditions(replace(narrowed, search="")), *_from(after, before)]
    return hits_nearby(where, narrowed.search_words, is_upwards=before is not None, limit=limit)


def _beyond(
    found: Sequence[tuple[datetime, int]], *, after: Cursor | None, before: Cursor | None, limit: int
) -> list[int]:
    """The first ``limit`` of these tickets from a cursor on, in the order of the walk."""
    if before is not None:
        following = sorted(one for one in found if one > (before.created_at, before.row_id))
    else:
        following = sorted(
            (one for one in found if after is None or one < (after.created_at, after.row_id)), reverse=True
        )
    return [ticket_id for _, ticket_id in following[:limit]]


def _from(after: Cursor | None, before: Cursor | None) -> list[ColumnElement[bool]]:
    place = tuple_(Ticket.created_at, Ticket.id)
    if before is not None:
        return [place > _place(before)]
    return [] if after is None else [place < _place(after)]


def _rows(narrowed: TicketFilter) -> Select[Any]:
    return (
        select(
            Ticket.id,
            Ticket.title,
            _excerpt(narrowed).label("excerpt"),
            Ticket.category,
            Ticket.category_by,
            Ticket.priority,
            Ticket.priority_by,
            standing.column().label("classification"),
            standing.holder().label("held_by_id"),
            Ticket.status,
            Ticket.merged_into_id,
            Ticket.created_at,
            func.coalesce(Requester.name, "").label("requester_name"),
            func.coalesce(Requester.email, "").label("requester_email"),
            User.name.label("assignee_name"),
        )
        .outerjoin(Requester, Requester.id == Ticket.requester_id)
        .outerjoin(User, User.id == Ticket.assignee_id)
    )


def _excerpt(narrowed: TicketFilter) -> ColumnElement[Any]:
    """The beginning of the description; where the first word searched for is far inside, what stands around it."""
    beginning = func.substr(Ticket.description, 1, EXCERPT_CHARACTERS)
    if not narrowed.search_words:
        return beginning
    find = func.strpos if db.engine.dialect.name == "postgresql" else func.instr
    found_at = find(Ticket.search_document, narrowed.search_words[0]) - func.length(Ticket.title) - 1
    around = literal("… ") + func.substr(Ticket.description, found_at - EXCERPT_LEAD, EXCERPT_CHARACTERS)
    return case((found_at > EXCERPT_LEAD + 1, around), else_=beginning)


def _row(row: Row[Any]) -> TicketRow:
    return TicketRow(**row._mapping)


def _cursor(row: TicketRow) -> Cursor:
    return Cursor(row.created_at, row.id)


def _place(cursor: Cursor) -> Any:
    return tuple_(literal(cursor.created_at, Ticket.created_at.type), literal(cursor.row_id))
