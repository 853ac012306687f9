"""Bulk data for trying and measuring: many tickets with all that hangs on them, written in few large pieces."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeAlias

from sqlalchemy import func, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ticketapp.clock import utc_now
from ticketapp.db import Base, db, transaction
from ticketapp.models import (
    AskedFor,
    Category,
    ChosenBy,
    ClassificationRun,
    ClassificationState,
    Delivery,
    Direction,
    EventKind,
    Message,
    ModelCall,
    Priority,
    Purpose,
    Requester,
    RunState,
    Source,
    Status,
    ThreadReference,
    Ticket,
    TicketEvent,
    TicketParticipant,
    User,
)
from ticketapp.models.ticket import search_document

DOMAIN = "seed.example"
MODEL = "seed"
PEOPLE_AT_ONCE = 5_000
MACHINE_TAKES = timedelta(seconds=2)
NULL = r"\N"

Row: TypeAlias = tuple[Any, ...]
Rows: TypeAlias = dict[type[Base], list[Row]]

COLUMNS: dict[type[Base], tuple[str, ...]] = {
    Ticket: (
        *("id", "title", "description", "search_document", "category", "category_by", "priority", "priority_by"),
        *("classification_state", "status", "source", "requester_id", "assignee_id", "created_at", "updated_at"),
    ),
    TicketParticipant: ("ticket_id", "email"),
    ClassificationRun: (
        *("id", "ticket_id", "asked_for", "asked_at", "attempt", "state", "due_at", "finished_at", "model"),
        *("prompt_version", "category", "priority", "reason", "confidence", "applied_category", "applied_priority"),
    ),
    ModelCall: ("at", "purpose", "run_id", "model", "prompt_version", "latency_ms", "tokens_in", "tokens_out"),
    Message: (
        *("ticket_id", "direction", "author_id", "author_name", "author_email", "subject", "text", "has_html"),
        *("message_id", "in_reply_to", "references", "thread_reason", "is_automatic", "created_at", "delivery"),
        *("send_attempts", "sent_at"),
    ),
    ThreadReference: ("reference", "ticket_id"),
    TicketEvent: ("ticket_id", "at", "actor_id", "run_id", "kind", "old", "new"),
}


@dataclass(frozen=True, slots=True)
class SeedRequester:
    """Somebody who writes tickets, and the row they have."""

    id: int
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class SeedAnswer:
    """What staff answered, how long after the ticket came, and the status it got with that."""

    text: str
    after: timedelta
    by: User | None


@dataclass(frozen=True, slots=True)
class SeedVerdict:
    """What the machine said of a ticket, before anybody else decided."""

    category: Category
    priority: Priority
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedTicket:
    """A ticket as it stands at the end of its story. ``chosen_by`` holds for category and priority alike; what the
    machine chose is its ``verdict``."""

    title: str
    description: str
    category: Category
    priority: Priority
    chosen_by: ChosenBy
    verdict: SeedVerdict | None
    status: Status
    source: Source
    requester: SeedRequester
    created_at: datetime
    answer: SeedAnswer | None

    @property
    def updated_at(self) -> datetime:
        """When the last thing happened to it."""
        return self.created_at + (self.answer.after if self.answer else MACHINE_TAKES)


def add_requesters(people: Iterable[tuple[str, str]]) -> list[SeedRequester]:
    """The requesters of these names and lower-cased addresses, committed; those that are there already are taken."""
    now, found, rest = utc_now(), list[SeedRequester](), iter(people)
    while piece := list(islice(rest, PEOPLE_AT_ONCE)):
        with transaction(wait_for_disk=False) as session:
            rows = [{"name": name, "email": email, "created_at": now} for name, email in piece]
            chosen = postgresql.insert if _is_postgres(session) else sqlite.insert
            session.execute(chosen(Requester).on_conflict_do_nothing(index_elements=["email"]), rows)
            emails = [email for _, email in piece]
            known = select(Requester.email, Requester.id).where(Requester.email.in_(emails))
            ids = {row.email: row.id for row in session.execute(known)}
        found += [SeedRequester(ids[email], name, email) for name, email in piece]
    return found


def add_tickets(tickets: Sequence[SeedTicket]) -> None:
    """Write tickets with messages, participants, references, runs and history, in one transaction.

    Nothing is queued or sent: verdicts are there already, under the model name "seed", and answers count as sent.
    """
    with transaction(wait_for_disk=False) as session:
        runs = sum(ticket.verdict is not None for ticket in tickets)
        ticket_ids = _new_ids(session, Ticket, len(tickets))
        run_ids = iter(_new_ids(session, ClassificationRun, runs))
        rows: Rows = {model: [] for model in COLUMNS}
        for ticket, ticket_id in zip(tickets, ticket_ids, strict=True):
            _add_rows(rows, ticket, ticket_id, None if ticket.verdict is None else next(run_ids))
        for model, columns in COLUMNS.items():
            _write(session, model, columns, rows[model])


def refresh_statistics() -> None:
    """Let the database look at what was written, so that it plans well from the first query on."""
    names = ", ".join(table.name for table in Base.metadata.sorted_tables)
    if db.engine.dialect.name == "postgresql":
        # VACUUM also empties the pending list of the search index; it runs in no transaction.
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"VACUUM (ANALYZE) {names}"))
    else:
        with transaction() as session:
            session.execute(text("ANALYZE"))


def _is_postgres(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _new_ids(session: Session, model: type[Ticket] | type[ClassificationRun], number: int) -> Sequence[int]:
    """Ids nobody else gets: drawn from PostgreSQL's sequence; on SQLite the transaction is the only writer."""
    if not number:
        return []
    if _is_postgres(session):
        sequence = func.pg_get_serial_sequence(model.__tablename__, "id")
        drawn = select(func.nextval(sequence)).select_from(func.generate_series(1, number))
        return session.scalars(drawn).all()
    first = (session.scalar(select(func.max(model.id))) or 0) + 1
    return range(first, first + number)


def _add_rows(rows: Rows, ticket: SeedTicket, ticket_id: int, run_id: int | None) -> None:
    answer, requester = ticket.answer, ticket.requester
    assignee = answer.by.id if answer and answer.by else None
    rows[Ticket].append(
        (
            *(ticket_id, ticket.title, ticket.description, search_document(ticket.title, ticket.description)),
            *(ticket.category, ticket.chosen_by, ticket.priority, ticket.chosen_by, _state(ticket), ticket.status),
            *(ticket.source, requester.id, assignee, ticket.created_at, ticket.updated_at),
        )
    )
    rows[TicketParticipant].append((ticket_id, requester.email))
    if ticket.verdict is not None and run_id is not None:
        rows[ClassificationRun].append(_run(ticket, ticket.verdict, ticket_id, run_id))
        rows[ModelCall].append(_call(ticket, run_id))
    asked = f"ask.{ticket_id}@{DOMAIN}"
    rows[Message].append(_inbound(ticket, ticket_id, asked))
    rows[ThreadReference].append((asked, ticket_id))
    if answer is not None:
        answered = f"ticket.{ticket_id}.seed@{DOMAIN}"
        rows[Message].append(_outbound(ticket, answer, ticket_id, answered))
        rows[ThreadReference].append((answered, ticket_id))
    rows[TicketEvent].extend(_history(ticket, ticket_id, run_id))


def _state(ticket: SeedTicket) -> ClassificationState:
    is_undecided = ticket.chosen_by == ChosenBy.DEFAULT
    return ClassificationState.NOT_ASKED if is_undecided else ClassificationState.DONE


def _run(ticket: SeedTicket, said: SeedVerdict, ticket_id: int, run_id: int) -> Row:
    asked_at, finished_at = ticket.created_at, ticket.created_at + MACHINE_TAKES
    return (
        *(run_id, ticket_id, AskedFor.OPENED, asked_at, 1, RunState.SUCCEEDED, asked_at, finished_at, MODEL),
        *(MODEL, said.category, said.priority, "Bulk data, no model was asked.", said.confidence, True, True),
    )


def _call(ticket: SeedTicket, run_id: int) -> Row:
    latency_ms, length = round(MACHINE_TAKES.total_seconds() * 1000), len(ticket.description)
    return (ticket.created_at + MACHINE_TAKES, Purpose.TICKET, run_id, MODEL, MODEL, latency_ms, length // 4, 60)


def _inbound(ticket: SeedTicket, ticket_id: int, message_id: str) -> Row:
    return (
        *(ticket_id, Direction.INBOUND, None, ticket.requester.name, ticket.requester.email),
        *(ticket.title, ticket.description, False, message_id, None, "", "", False, ticket.created_at),
        *(Delivery.NONE, 0, None),
    )


def _outbound(ticket: SeedTicket, answer: SeedAnswer, ticket_id: int, message_id: str) -> Row:
    at, asked = ticket.created_at + answer.after, f"ask.{ticket_id}@{DOMAIN}"
    by = answer.by
    return (
        *(ticket_id, Direction.OUTBOUND, by and by.id, by.name if by else "", by.email if by else ""),
        *(f"Re: {ticket.title} [#{ticket_id}]", answer.text, False, message_id, asked, asked, "", False, at),
        *(Delivery.SENT, 1, at),
    )


def _history(ticket: SeedTicket, ticket_id: int, run_id: int | None) -> Iterable[Row]:
    opened, decided = ticket.created_at, ticket.created_at + MACHINE_TAKES
    by_id = ticket.answer.by.id if ticket.answer and ticket.answer.by else None
    yield (ticket_id, opened, None, None, EventKind.OPENED, None, None)
    said = ticket.verdict
    category, priority = (said.category, said.priority) if said else (Category.GENERAL, Priority.MEDIUM)
    if said:
        yield (ticket_id, decided, None, run_id, EventKind.CATEGORY, Category.GENERAL, category)
        yield (ticket_id, decided, None, run_id, EventKind.PRIORITY, Priority.MEDIUM, priority)
    if ticket.chosen_by == ChosenBy.PERSON:
        at = ticket.updated_at if said else decided
        for field, old, new in (("category", category, ticket.category), ("priority", priority, ticket.priority)):
            is_confirmed = said is not None and old == new
            kind, before = (EventKind.CONFIRMED, field) if is_confirmed else (EventKind(field), old)
            yield (ticket_id, at, by_id, run_id if is_confirmed else None, kind, before, new)
    if ticket.answer is not None:
        yield (ticket_id, ticket.updated_at, by_id, None, EventKind.REPLY, None, None)
    if ticket.status != Status.OPEN:
        yield (ticket_id, ticket.updated_at, by_id, None, EventKind.STATUS, Status.OPEN, ticket.status)


def _write(session: Session, model: type[Base], columns: tuple[str, ...], rows: list[Row]) -> None:
    if not rows:
        return
    if not _is_postgres(session):
        session.execute(insert(model), [dict(zip(columns, row, strict=True)) for row in rows])
        return
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(
        [NULL if value is None else value for value in row] for row in rows
    )
    file.seek(0)
    names = ", ".join(f'"{column}"' for column in columns)
    cursor = session.connection().connection.cursor()
    cursor.copy_expert(f"COPY {model.__tablename__} ({names}) FROM STDIN (FORMAT csv, NULL '{NULL}')", file)
