"""The filter of ticket lists, which round-trips the URL, and what it asks of the database."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl

from sqlalchemy import ColumnElement, or_

from ticketapp.errors import InvalidInput
from ticketapp.models import Category, ChosenBy, ClassificationState, Priority, Status, Ticket
from ticketapp.queries import parameters, standing
from ticketapp.queries.ticket_search import holds_all

NOBODY = "none"


class Merged(StrEnum):
    """Whether a ticket goes on in another."""

    YES = "yes"
    NO = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFilter:
    """What a list is narrowed to; every part optional and combinable. ``assignee`` is a user's id or "none"."""

    category: Category | None = None
    priority: Priority | None = None
    status: Status | None = None
    assignee: str | None = None
    classification: ClassificationState | None = None
    merged: Merged | None = None
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
            classification=parameters.word(args, "classification", ClassificationState),
            merged=parameters.word(args, "merged", Merged),
            is_unclassified=args.get("unclassified", "") not in ("", "0"),
            search=parameters.text(args, "search"),
        )

    @classmethod
    def from_query(cls, query: str) -> "TicketFilter":
        """Read ``as_args`` that were kept as a query string. Raises ``InvalidInput`` as ``from_args``, for instance
        where it was kept by an older version that had other words."""
        return cls.from_args(dict(parse_qsl(query)))

    def as_args(self, **changes: Any) -> dict[str, str]:
        """The query string of this filter with fields changed, for links; ``from_args`` reads it back."""
        changed = replace(self, **changes)
        args = {
            "category": changed.category,
            "priority": changed.priority,
            "status": changed.status,
            "assignee": changed.assignee,
            "classification": changed.classification,
            "merged": changed.merged,
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
    if narrowed.classification:
        found.append(standing.is_in(narrowed.classification))
    if narrowed.merged:
        is_merged = narrowed.merged == Merged.YES
        found.append(Ticket.merged_into_id.is_not(None) if is_merged else Ticket.merged_into_id.is_(None))
    if narrowed.is_unclassified:
        found.append(or_(Ticket.category_by == ChosenBy.DEFAULT, Ticket.priority_by == ChosenBy.DEFAULT))
    found.extend(holds_all(Ticket.search_document, narrowed.search_words))
    return found
