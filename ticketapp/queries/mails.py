"""Which mails the ledger holds: one filter that round-trips the URL, keyset pages, bounded counts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, select
from sqlalchemy.orm import aliased, joinedload

from ticketapp.db import db
from ticketapp.errors import NotFound
from ticketapp.models import InboundMail, Mailbox, MailKind, MailReading, MailState, Message, Source, Ticket
from ticketapp.queries import parameters
from ticketapp.queries.paging import BoundedCount

PAGE_SIZE = 50
COUNT_CEILING = 1000
TEXT_COUNT_CEILING = 500
SHOWN_CHARACTERS = 300
LAST_DAY = date(9999, 12, 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFilter:
    """What the ledger is narrowed to; every part optional and combinable. ``mailbox`` is a mailbox's id; ``since``
    and ``until`` are the first and the last UTC day on which mails were recorded."""

    state: MailState | None = None
    kind: MailKind | None = None
    mailbox: int | None = None
    since: date | None = None
    until: date | None = None
    sender: str = ""
    search: str = ""

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "MailFilter":
        """Read a query string; blank values count as absent. Raises ``InvalidInput`` naming the bad parameter."""
        return cls(
            state=parameters.word(args, "state", MailState),
            kind=parameters.word(args, "kind", MailKind),
            mailbox=parameters.number(args, "mailbox"),
            since=parameters.day(args, "since"),
            until=parameters.day(args, "until"),
            sender=parameters.text(args, "sender"),
            search=parameters.text(args, "search"),
        )

    def as_args(self, **changes: Any) -> dict[str, str]:
        """The query string of this filter with fields changed, for links; ``from_args`` reads it back."""
        changed = replace(self, **changes)
        args = {
            "state": changed.state,
            "kind": changed.kind,
            "mailbox": changed.mailbox,
            "since": changed.since,
            "until": changed.until,
            "sender": changed.sender,
            "search": changed.search,
        }
        return {name: str(value) for name, value in args.items() if value}

    @property
    def is_empty(self) -> bool:
        """Whether nothing is narrowed."""
        return not self.as_args()

    @property
    def search_words(self) -> tuple[str, ...]:
        """The words searched for; a mail's sender and subject must hold all of them, each as a substring."""
        return tuple(dict.fromkeys(self.search.lower().split()))


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRow:
    """One line of the ledger. ``opened_ticket`` says that its ticket began with it; ``is_whole``, that its bytes are
    kept. Of sender and subject there are at most 300 characters, an ellipsis where they go on."""

    id: int
    mailbox_name: str
    state: MailState
    kind: MailKind
    reason: str
    sender: str
    subject: str
    size: int
    attempts: int
    arrived_at: datetime
    recorded_at: datetime
    processed_at: datetime | None
    discarded_at: datetime | None
    ticket_id: int | None
    opened_ticket: bool
    is_whole: bool


@dataclass(frozen=True, slots=True)
class MailPage:
    """One page of mails, newest first; ``older_than`` is the id to go on below, None on the last page."""

    rows: tuple[MailRow, ...]
    older_than: int | None


def page(narrowed: MailFilter, *, below: int | None = None, limit: int = PAGE_SIZE) -> MailPage:
    """Mails without their bytes, newest first, below an id; costs the same on every page."""
    statement = (
        select(
            InboundMail.id,
            Mailbox.name.label("mailbox_name"),
            InboundMail.state,
            InboundMail.kind,
            InboundMail.reason,
            _shortened(InboundMail.sender).label("sender"),
            _shortened(InboundMail.subject).label("subject"),
            InboundMail.size,
            InboundMail.attempts,
            InboundMail.arrived_at,
            InboundMail.recorded_at,
            InboundMail.processed_at,
            InboundMail.discarded_at,
            InboundMail.ticket_id,
            _opened_ticket().label("opened_ticket"),
            InboundMail.raw.is_not(None).label("is_whole"),
        )
        .join(Mailbox, Mailbox.id == InboundMail.mailbox_id)
        .where(*conditions(narrowed))
    )
    if below is not None:
        statement = statement.where(InboundMail.id < below)
    found = db.session.execute(statement.order_by(InboundMail.id.desc()).limit(limit + 1)).all()
    rows = tuple(MailRow(**row._mapping) for row in found[:limit])
    return MailPage(rows, rows[-1].id if len(found) > limit else None)


def count(narrowed: MailFilter) -> BoundedCount:
    """How many mails match, looking at no more than 1,001 of them, or 501 where text is searched for."""
    ceiling = TEXT_COUNT_CEILING if narrowed.search or narrowed.sender else COUNT_CEILING
    some = select(literal(1)).select_from(InboundMail).where(*conditions(narrowed)).limit(ceiling + 1).subquery()
    number = db.session.scalar(select(func.count()).select_from(some)) or 0
    return BoundedCount(min(number, ceiling), number > ceiling)


def reading(job_id: int) -> MailReading:
    """A job that reads mails again, with who asked. Raises ``NotFound``."""
    statement = select(MailReading).where(MailReading.id == job_id).options(joinedload(MailReading.asked_by))
    job = db.session.scalar(statement)
    if job is None:
        raise NotFound(f"There is no reading {job_id}.")
    return job


def unfinished_readings() -> list[int]:
    """The ids of jobs that still have mails to read again."""
    is_unfinished = MailReading.finished_at.is_(None)
    return list(db.session.scalars(select(MailReading.id).where(is_unfinished).order_by(MailReading.id)))


def conditions(narrowed: MailFilter) -> list[ColumnElement[bool]]:
    """The filter as conditions on ``InboundMail``."""
    found: list[ColumnElement[bool]] = []
    if narrowed.state:
        found.append(InboundMail.state == narrowed.state)
    if narrowed.kind:
        found.append(InboundMail.kind == narrowed.kind)
    if narrowed.mailbox:
        found.append(InboundMail.mailbox_id == narrowed.mailbox)
    if narrowed.since:
        found.append(InboundMail.recorded_at >= _start_of(narrowed.since))
    if narrowed.until:
        found.append(InboundMail.recorded_at < _start_of(narrowed.until) + timedelta(days=1))
    wanted = list(narrowed.search_words)
    if narrowed.sender:
        wanted.append(narrowed.sender.lower())  # follows from the next line, and lets the index serve it
        found.append(_lowered(InboundMail.sender).contains(narrowed.sender.lower(), autoescape=True))
    text = _lowered(InboundMail.sender + " " + InboundMail.subject)
    found.extend(text.contains(word, autoescape=True) for word in wanted)
    return found


def _start_of(day: date) -> datetime:
    return datetime.combine(min(day, LAST_DAY), time(), UTC)


def _lowered(column: Any) -> ColumnElement[str]:
    """Lower case of every alphabet; SQLite's own function knows ASCII only, so that ours stands in."""
    is_postgresql = db.engine.dialect.name == "postgresql"
    lowered: ColumnElement[str] = func.lower(column) if is_postgresql else func.lowered(column)
    return lowered


def _shortened(column: Any) -> ColumnElement[str]:
    beginning = func.substr(column, 1, SHOWN_CHARACTERS)
    return case((func.length(column) > SHOWN_CHARACTERS, beginning + "…"), else_=column)


def _opened_ticket() -> ColumnElement[bool]:
    """Whether the mail is the first message of a ticket that came by mail."""
    earlier = aliased(Message)
    has_earlier = exists().where(earlier.ticket_id == InboundMail.ticket_id, earlier.id < InboundMail.message_id)
    came_by_mail = exists().where(Ticket.id == InboundMail.ticket_id, Ticket.source == Source.EMAIL)
    return and_(came_by_mail, ~has_earlier)
