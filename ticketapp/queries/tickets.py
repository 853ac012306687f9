"""Which tickets there are: one filter that round-trips the URL, keyset pages, bounded counts, single tickets."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, literal, or_, select, tuple_
from sqlalchemy.orm import joinedload

from ticketapp.db import db
from ticketapp.errors import InvalidInput, NotFound
from ticketapp.models import Category, ChosenBy, Priority, Requester, Status, Ticket, User
from ticketapp.queries import parameters
from ticketapp.queries.ticket_search import hits_nearby, holds_all

EXCERPT_CHARACTERS = 200
EXCERPT_LEAD = 20
COUNT_CEILING = 1000
SEARCH_COUNT_CEILING = 500
PAGE_SIZE = 50
NOBODY = "none"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CURSOR = re.compile(r"(-?[0-9]{1,16})-([0-9]{1,18})")


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFilter:
    """What a list is narrowed to; every part optional and combinable. ``assignee`` is a user's id or "none"."""

    category: Category | None = None
    priority: Priority | None = None
    status: Status | None = None
    assignee: str | None = None
    is_unclassified: bool = False
    search: str = ""

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "TicketFilter":
        """Read a query string; blank values count as absent. Raises ``InvalidInput`` naming the bad parameter."""
        assignee = args.get("assignee", "").strip() or None
        if assignee not in (None, NOBODY) and not (assignee.isascii() and assignee.isdigit() and len(assignee) < 16):
            raise InvalidInput("assignee", f"assignee must be the number of a member of staff, or {NOBODY}.")
        return cls(
            category=parameters.word(args, "category", Category),
            priority=parameters.word(args, "priority", Priority),
            status=parameters.word(args, "status", Status),
            assignee=assignee,
            is_unclassified=args.get("unclassified", "") not in ("", "0"),
            search=parameters.text(args, "search"),
        )

    def as_args(self, **changes: Any) -> dict[str, str]:
        """The query string of this filter with fields changed, for links; ``from_args`` reads it back."""
        changed = replace(self, **changes)
        args = {
            "category": changed.category,
            "priority": changed.priority,
            "status": changed.status,
            "assignee": changed.assignee,
            "unclassified": "1" if changed.is_unclassified else None,
            "search": changed.search,
        }
        return {name: str(value) for name, value in args.items() if value}

    @property
    def is_empty(self) -> bool:
        """Whether nothing is narrowed."""
        return not self.as_args()

    @property
    def search_words(self) -> tuple[str, ...]:
        """The words searched for, case-folded; a ticket must hold all of them, each as a substring."""
        return tuple(dict.fromkeys(self.search.casefold().split()))


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a list, newest first: the row after which to go on."""

    created_at: datetime
    row_id: int

    def __str__(self) -> str:
        return f"{(self.created_at - EPOCH) // timedelta(microseconds=1)}-{self.row_id}"

    @classmethod
    def parse(cls, text: str, *, field: str = "after") -> "Cursor":
        """Read what ``str()`` wrote. Raises ``InvalidInput``."""
        written = CURSOR.fullmatch(text)
        if written is None:
            raise InvalidInput(field, f"{field} must be taken from a link of an earlier page.")
        return cls(EPOCH + timedelta(microseconds=int(written[1])), int(written[2]))


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRow:
    """One line of the list."""

    id: int
    title: str
    excerpt: str
    category: Category
    category_by: ChosenBy
    priority: Priority
    priority_by: ChosenBy
    status: Status
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
    """One page of the list, newest first; ``newer`` and ``older`` are the cursors of its neighbours, if any."""

    rows: tuple[TicketRow, ...]
    newer: Cursor | None
    older: Cursor | None


@dataclass(frozen=True, slots=True)
class BoundedCount:
    """How many tickets match: exact up to a ceiling, beyond that only that there are more."""

    number: int
    is_more: bool

    def __str__(self) -> str:
        return f"{self.number:,}+" if self.is_more else f"{self.number:,}"


def page(
    narrowed: TicketFilter, *, after: Cursor | None = None, before: Cursor | None = None, limit: int = PAGE_SIZE
) -> TicketPage:
    """One page of tickets, newest first, ``after`` (older than) or ``before`` (newer than) a cursor.

    Costs the same on every page: it walks an index from the cursor on (https://use-the-index-luke.com/no-offset).
    """
    statement = _walked(_rows(narrowed), narrowed, after=after, before=before, limit=limit + 1)
    found = [_row(row) for row in db.session.execute(statement)]
    is_more = len(found) > limit
    rows = tuple(found[:limit] if before is None else reversed(found[:limit]))
    is_newer, is_older = (after is not None, is_more) if before is None else (is_more, True)
    return TicketPage(
        rows=rows,
        newer=_cursor(rows[0]) if rows and is_newer else None,
        older=_cursor(rows[-1]) if rows and is_older else None,
    )


def tickets(narrowed: TicketFilter, *, after: Cursor | None = None, limit: int) -> list[Ticket]:
    """Whole tickets with requester and assignee, newest first, at most ``limit``."""
    statement = select(Ticket).options(
        joinedload(Ticket.requester), joinedload(Ticket.assignee).load_only(User.id, User.email, User.name)
    )
    return list(db.session.scalars(_walked(statement, narrowed, after=after, before=None, limit=limit)))


def count(narrowed: TicketFilter, page: TicketPage | None = None) -> BoundedCount:
    """How many tickets match, looking at no more than 1,001 of them, or 501 where words are searched for.

    Where ``page`` is the whole answer it is counted, and nothing is asked.
    """
    if page is not None and page.newer is None and page.older is None:
        return BoundedCount(len(page.rows), is_more=False)
    ceiling = SEARCH_COUNT_CEILING if narrowed.search_words else COUNT_CEILING
    some = select(literal(1)).select_from(Ticket).where(*conditions(narrowed)).limit(ceiling + 1).subquery()
    number = db.session.scalar(select(func.count()).select_from(some)) or 0
    return BoundedCount(min(number, ceiling), number > ceiling)


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


def conditions(narrowed: TicketFilter) -> list[ColumnElement[bool]]:
    """The filter as conditions on ``Ticket``."""
    found: list[ColumnElement[bool]] = []
    if narrowed.category:
        found.append(Ticket.category == narrowed.category)
    if narrowed.priority:
        found.append(Ticket.priority == narrowed.priority)
    if narrowed.status:
        found.append(Ticket.status == narrowed.status)
    if narrowed.assignee:
        is_nobody = narrowed.assignee == NOBODY
        found.append(Ticket.assignee_id.is_(None) if is_nobody else Ticket.assignee_id == int(narrowed.assignee))
    if narrowed.is_unclassified:
        found.append(or_(Ticket.category_by == ChosenBy.DEFAULT, Ticket.priority_by == ChosenBy.DEFAULT))
    found.extend(holds_all(Ticket.search_document, narrowed.search_words))
    return found


def _walked(
    statement: Select[Any], narrowed: TicketFilter, *, after: Cursor | None, before: Cursor | None, limit: int
) -> Select[Any]:
    """The statement for the first ``limit`` matching tickets from a cursor on, in the order of the walk."""
    place = tuple_(Ticket.created_at, Ticket.id)
    is_upwards = before is not None
    order = [Ticket.created_at, Ticket.id] if is_upwards else [Ticket.created_at.desc(), Ticket.id.desc()]
    where = conditions(replace(narrowed, search=""))
    if before is not None:
        where.append(place > _place(before))
    elif after is not None:
        where.append(place < _place(after))
    words = narrowed.search_words
    if words and db.engine.dialect.name == "postgresql":
        hits = hits_nearby(where, words, is_upwards=is_upwards, limit=limit)
        if len(hits) == limit:
            return statement.where(Ticket.id.in_(hits)).order_by(*order)
    return statement.where(*where, *holds_all(Ticket.search_document, words)).order_by(*order).limit(limit)


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
            Ticket.status,
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
