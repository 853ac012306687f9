"""Which decided tickets are most like a text: by trigrams, which SQLite counts here; the cost is bounded."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, literal_column, select, text, true

from ticketapp.ai.cutting import without_halves
from ticketapp.db import db
from ticketapp.models import ChosenBy, Ticket
from ticketapp.models.ticket import DECIDED, search_document

# Of each ticket so much counts; and of the decided tickets only so many of the newest are looked at.
COMPARED_CHARACTERS = 200
CANDIDATES = 500
LEAST_SIMILARITY = 0.15
GIVEN_CHARACTERS = 4000
MOST_WORDS = 24
LEAST_LETTERS = 3  # shorter words have no trigram
RANKED = 100  # so many that share a word are compared on SQLite

_WORD = re.compile(r"\w+")
_TRIGRAM_WORD = re.compile(r"[^\W_]+")
_JOINED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_MATCHING = text(
    "SELECT rowid FROM ticket_example WHERE ticket_example MATCH :words AND rowid >= :oldest "
    "ORDER BY rank, rowid DESC LIMIT :limit"
)


@dataclass(frozen=True, slots=True)
class DecidedTicket:
    """A ticket on whose category or priority people decided; what they left to the machine, or to nobody, is None.

    Its description is cut at 4,000 characters.
    """

    ticket_id: int
    title: str
    description: str
    category: str | None
    priority: str | None


def similar(
    title: str, description: str, *, limit: int, besides: int | None = None, is_itself_unknown: bool = False
) -> list[DecidedTicket]:
    """At most ``limit`` tickets that people decided on, most alike first, never the ticket ``besides``, nor, where it
    is not known whether the text is that of a ticket, any with the very same text.

    Looked for among the newest 500 decided ones, by the first 200 characters of title and description: older
    decisions may be overruled by newer ones, and the cost does not grow with the number of tickets. Each is alike by
    at least 0.15, as ``likeness`` has it. Nothing where PostgreSQL has no pg_trgm.
    """
    document = search_document(title, description)
    words = document[:COMPARED_CHARACTERS]
    is_another = and_(
        Ticket.id != (besides or 0), Ticket.search_document != document if is_itself_unknown else true()
    )
    if db.engine.dialect.name == "sqlite":
        ids = _matching(words, is_another, limit=limit)
    elif has_trigrams():
        ids = list(db.session.scalars(most_alike(words, is_another, limit=limit)))
    else:
        return []
    return _in_order(ids)


def has_trigrams() -> bool:
    """Whether this database can tell how alike two texts are."""
    if db.engine.dialect.name == "sqlite":
        return True
    return db.session.scalar(text("SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm')")) is True


def most_alike(words: str, is_another: ColumnElement[bool], *, limit: int) -> Select[int]:
    """The statement for PostgreSQL: the newest decided tickets from their own index, then the most alike of them."""
    newest = (
        select(Ticket.id, func.left(Ticket.search_document, COMPARED_CHARACTERS).label("words"))
        .where(DECIDED, is_another)
        .order_by(Ticket.id.desc())
        .limit(CANDIDATES)
        .cte("newest")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    likeness = func.similarity(newest.c.words, bindparam("words", words))
    alike = select(newest.c.id, likeness.label("likeness")).subquery()
    return (
        select(alike.c.id)
        .where(alike.c.likeness >= LEAST_SIMILARITY)
        .order_by(alike.c.likeness.desc(), alike.c.id.desc())
        .limit(limit)
    )


def likeness(one: str, other: str) -> float:
    """How alike two texts are, 0 to 1: the trigrams of their words that they share among all that either has.

    The measure of PostgreSQL's ``similarity`` (pg_trgm): each word, case-folded, counts with two blanks before it
    and one behind. https://www.postgresql.org/docs/current/pgtrgm.html
    """
    ours, theirs = _trigrams(one), _trigrams(other)
    return len(ours & theirs) / len(ours | theirs) if ours and theirs else 0.0


def _trigrams(words: str) -> set[str]:
    padded = (f"  {word} " for word in _TRIGRAM_WORD.findall(words.casefold()))
    return {word[at : at + 3] for word in padded for at in range(len(word) - 2)}


def _matching(words: str, is_another: ColumnElement[bool], *, limit: int) -> list[int]:
    phrases = " OR ".join(f'"{phrase}"' for phrase in islice(_phrases(words), MOST_WORDS))
    if not phrases:
        return []
    oldest = db.session.scalar(
        select(Ticket.id).where(DECIDED).order_by(Ticket.id.desc()).offset(CANDIDATES - 1).limit(1)
    )
    facts = {"words": phrases, "oldest": oldest or 0, "limit": RANKED}
    return _most_alike_of(list(db.session.scalars(_MATCHING, facts)), words, is_another)[:limit]


def _most_alike_of(ids: Sequence[int], words: str, is_another: ColumnElement[bool]) -> list[int]:
    """Those of ``ids`` that are alike enough, most alike first, of equals the newest."""
    beginning = func.substr(Ticket.search_document, 1, literal_column(str(COMPARED_CHARACTERS)))
    rows = db.session.execute(select(Ticket.id, beginning).where(Ticket.id.in_(ids), is_another)).all()
    alike = sorted(((likeness(there, words), ticket_id) for ticket_id, there in rows), reverse=True)
    return [ticket_id for measure, ticket_id in alike if measure >= LEAST_SIMILARITY]


def _phrases(words: str) -> Iterator[str]:
    """The different words worth looking for; of scripts without blanks, pieces of three letters."""
    seen: set[str] = set()
    for word in _WORD.findall(words):
        step = LEAST_LETTERS if _JOINED.search(word) else len(word)
        for piece in (word[at : at + step] for at in range(0, len(word), step)):
            if len(piece) >= LEAST_LETTERS and piece not in seen:
                seen.add(piece)
                yield piece


def _in_order(ids: Sequence[int]) -> list[DecidedTicket]:
    beginning = func.substr(Ticket.description, 1, literal_column(str(GIVEN_CHARACTERS)))
    chosen = (
        case((Ticket.category_by == ChosenBy.PERSON, Ticket.category)),
        case((Ticket.priority_by == ChosenBy.PERSON, Ticket.priority)),
    )
    statement = select(Ticket.id, Ticket.title, beginning, *chosen).where(Ticket.id.in_(ids))
    rows = db.session.execute(statement) if ids else ()
    found = {
        ticket_id: DecidedTicket(ticket_id, title, without_halves(words, GIVEN_CHARACTERS), category, priority)
        for ticket_id, title, words, category, priority in rows
    }
    return [found[ticket_id] for ticket_id in ids if ticket_id in found]
