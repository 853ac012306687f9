"""Finding words in tickets: substrings of the search document, in a time that hardly grows with the tickets."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from ticketapp.db import db
from ticketapp.models import Ticket

NEARBY = 10_000


def holds_all(document: Any, words: Sequence[str]) -> list[ColumnElement[bool]]:
    """That the document holds every one of these case-folded words, each as a substring."""
    return [document.like(f"%{_escaped(word)}%", escape="\\") for word in words]


def any_hits(where: Sequence[ColumnElement[bool]], *, limit: int) -> list[tuple[datetime, int]]:
    """When they were opened and the numbers of up to ``limit`` tickets that fit, whichever are found first.

    Without an order PostgreSQL reads the table from its beginning where it thinks many fit, and the trigram index
    where it thinks few do: either way it is soon done.
    """
    found = db.session.execute(select(Ticket.created_at, Ticket.id).where(*where).limit(limit))
    return [(created_at, ticket_id) for created_at, ticket_id in found]


def hits_nearby(
    where: Sequence[ColumnElement[bool]], words: Sequence[str], *, is_upwards: bool, limit: int
) -> list[int]:
    """The first ``limit`` tickets that hold the words among the next 10,000 in the order of the list.

    A word that many tickets hold fills its page after a short walk. Left to itself PostgreSQL would, for a word in
    one of a hundred of a million tickets, fetch and sort all 10,000 of them for the newest page. Where the walk does
    not fill the page, the trigram index finds the rest.
    """
    nearby = _ordered(select(Ticket.id, Ticket.created_at, Ticket.search_document), Ticket, is_upwards=is_upwards)
    near = nearby.where(*where).limit(NEARBY).subquery()
    hits = _ordered(select(near.c.id), near.c, is_upwards=is_upwards).where(*holds_all(near.c.search_document, words))
    return list(db.session.scalars(hits.limit(limit)))


def _ordered(statement: Any, columns: Any, *, is_upwards: bool) -> Any:
    keys = (columns.created_at, columns.id)
    return statement.order_by(*(keys if is_upwards else (key.desc() for key in keys)))


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
