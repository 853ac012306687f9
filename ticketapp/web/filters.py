"""The filter strip of the ticket list: reading the query string forgivingly, choices, chips, links."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from flask import url_for

from ticketapp.errors import InvalidInput
from ticketapp.models import Category, ClassificationState, Priority, Status, User
from ticketapp.queries.paging import Cursor
from ticketapp.queries.ticket_filter import NOBODY, Merged, TicketFilter
from ticketapp.web.look import words

Choices: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a query string asks for: the parts that can be read, and a sentence for each that cannot."""

    narrowed: TicketFilter
    after: Cursor | None
    before: Cursor | None
    complaints: tuple[str, ...]


def asked(args: Mapping[str, str]) -> Asked:
    """Read filter and place of a list; a bad parameter is left out and complained of, never raised."""
    rest, complaints = dict(args.items()), []
    while True:
        try:
            narrowed = TicketFilter.from_args(rest)
            after, before = _cursor(rest, "after"), _cursor(rest, "before")
        except InvalidInput as error:
            complaints.append(error.sentence)
            del rest[error.field]
        else:
            return Asked(narrowed=narrowed, after=after, before=before, complaints=tuple(complaints))


def list_url(narrowed: TicketFilter, **place: Cursor) -> str:
    """The address of a list with this filter; ``place`` may hold ``after`` or ``before``."""
    return _url(narrowed.as_args() | {name: str(cursor) for name, cursor in place.items()})


def chips(narrowed: TicketFilter, staff: list[User]) -> list[tuple[str, str]]:
    """(label, address without it) for each active part of the filter."""
    args = narrowed.as_args()
    return [
        (_label(name, value, staff), _url({key: args[key] for key in args if key != name}))
        for name, value in args.items()
    ]


def told(narrowed: TicketFilter, name_of: Callable[[int], str | None]) -> list[str]:
    """The active parts of the filter as words that follow "every ticket", all but whether it is unclassified."""
    return [_told(name, value, name_of) for name, value in narrowed.as_args(is_unclassified=False).items()]


def choices(staff: list[User]) -> dict[str, Choices]:
    """What the selects of the strip offer, by parameter; the first of each means "any"."""
    return {
        "category": (("", "Any"), *((str(value), words(value)) for value in Category)),
        "priority": (("", "Any"), *((str(value), words(value)) for value in Priority)),
        "status": (("", "Any"), *((str(value), words(value)) for value in Status)),
        "classification": (("", "Any"), *((str(value), words(value)) for value in ClassificationState)),
        "merged": (("", "Any"), (Merged.NO, "Not merged"), (Merged.YES, "Merged into another")),
        "assignee": (("", "Anyone"), (NOBODY, "Nobody"), *((str(user.id), user.name) for user in staff)),
    }


def _url(args: dict[str, str]) -> str:
    values: dict[str, Any] = dict(args)
    return url_for("tickets.index", **values)


def _cursor(args: Mapping[str, str], name: str) -> Cursor | None:
    return Cursor.parse(args[name], field=name) if args.get(name) else None


def _told(name: str, value: str, name_of: Callable[[int], str | None]) -> str:
    if name == "assignee":
        return f"assigned to {'nobody' if value == NOBODY else name_of(int(value)) or f'number {value}'}"
    if name == "merged":
        return "merged into another" if value == Merged.YES else "not merged"
    if name == "search":
        return f"found by “{value}”"
    return f"{name} {words(value)}"


def _label(name: str, value: str, staff: list[User]) -> str:
    if name == "unclassified":
        return "unclassified"
    if name == "merged":
        return "merged" if value == Merged.YES else "not merged"
    if name == "assignee":
        names = {str(user.id): user.name for user in staff} | {NOBODY: "nobody"}
        value = names.get(value, f"number {value}")
    return f"{name}: {words(value) if name in ('status', 'classification') else value}"
