"""The ticket, who takes part in it, and how mails find their way back to it."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ticketapp.db import Base, RowId, UtcDateTime
from ticketapp.models.requester import Requester
from ticketapp.models.user import User
from ticketapp.models.words import Category, ChosenBy, ClassificationState, Priority, Source, Status, not_blank, word

TITLE_LIMIT = 200
DESCRIPTION_LIMIT = 100_000
SEARCH_DOCUMENT_LIMIT = 20_000
REFERENCE_LIMIT = 255
CHANGES_APART = timedelta(milliseconds=2)
DECIDED = text("(category_by = 'person' OR priority_by = 'person')")
MERGED = text("merged_into_id IS NOT NULL")
UNCLASSIFIED = text("(category_by = 'default' OR priority_by = 'default')")


class Ticket(Base):
    """One request for support.

    ``classification_state`` is never ``running``: a run that is being done says so itself, and the ticket is not
    written for it. The database keeps the rest in step with the runs, by triggers. A ticket that was merged into
    another is closed and keeps its messages, which are shown there.
    """

    __tablename__ = "ticket"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    title: Mapped[str] = mapped_column(String(TITLE_LIMIT))
    description: Mapped[str] = mapped_column(Text)
    search_document: Mapped[str] = mapped_column(Text, deferred=True)
    category: Mapped[Category] = mapped_column(word(Category, "category"), default=Category.GENERAL)
    category_by: Mapped[ChosenBy] = mapped_column(word(ChosenBy, "category_by"), default=ChosenBy.DEFAULT)
    priority: Mapped[Priority] = mapped_column(word(Priority, "priority"), default=Priority.MEDIUM)
    priority_by: Mapped[ChosenBy] = mapped_column(word(ChosenBy, "priority_by"), default=ChosenBy.DEFAULT)
    classification_state: Mapped[ClassificationState] = mapped_column(
        word(ClassificationState, "classification_state"), default=ClassificationState.NOT_ASKED
    )
    status: Mapped[Status] = mapped_column(word(Status, "status"), default=Status.OPEN)
    source: Mapped[Source] = mapped_column(word(Source, "source"))
    requester_id: Mapped[int | None] = mapped_column(ForeignKey("requester.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    requester: Mapped[Requester | None] = relationship()
    assignee: Mapped[User | None] = relationship(foreign_keys=[assignee_id])
    opened_by: Mapped[User | None] = relationship(foreign_keys=[opened_by_id])

    __table_args__ = (
        CheckConstraint(f"length(title) <= {TITLE_LIMIT}", name="title_length"),
        not_blank("title"),
        not_blank("description"),
        CheckConstraint("category_by <> 'default' OR category = 'general'", name="category_default"),
        CheckConstraint("priority_by <> 'default' OR priority = 'medium'", name="priority_default"),
        CheckConstraint("classification_state <> 'running'", name="running_is_leased"),
        CheckConstraint(
            "classification_state <> 'given_up' OR NOT (category_by = 'person' AND priority_by = 'person')",
            name="people_settle",
        ),
        CheckConstraint("merged_into_id IS NULL OR status = 'closed'", name="merged_is_closed"),
        CheckConstraint("merged_into_id <> id", name="merged_elsewhere"),
        Index("ix_ticket_newest", created_at.desc(), id.desc()),
        Index("ix_ticket_filter", category, priority, status, created_at.desc(), id.desc()),
        Index("ix_ticket_priority_newest", priority, created_at.desc(), id.desc()),
        Index("ix_ticket_status_newest", status, created_at.desc(), id.desc()),
        Index(
            "ix_ticket_unclassified",
            created_at.desc(),
            id.desc(),
            postgresql_where=UNCLASSIFIED,
            sqlite_where=UNCLASSIFIED,
        ),
        Index("ix_ticket_decided", id.desc(), postgresql_where=DECIDED, sqlite_where=DECIDED),
        Index("ix_ticket_classification", classification_state, created_at.desc(), id.desc()),
        Index("ix_ticket_assignee_newest", assignee_id, created_at.desc(), id.desc()),
        Index("ix_ticket_requester", requester_id),
        Index("ix_ticket_merged", merged_into_id, postgresql_where=MERGED, sqlite_where=MERGED),
        Index("ix_ticket_merged_newest", created_at.desc(), id.desc(), postgresql_where=MERGED, sqlite_where=MERGED),
    )

    def note_change(self, now: datetime) -> None:
        """Keep that it was changed: now, or 2 ms after the change before, so that also who has read a time to the
        millisecond can tell one from the other. Two that waited for the same lock may have begun at one moment."""
        self.updated_at = max(now, self.updated_at + CHANGES_APART)

    @property
    def is_unclassified(self) -> bool:
        """Whether category or priority is still the default that nobody chose."""
        return ChosenBy.DEFAULT in (self.category_by, self.priority_by)

    @property
    def is_decided_by_people(self) -> bool:
        """Whether people chose both category and priority, so that a verdict could change nothing."""
        return self.category_by == self.priority_by == ChosenBy.PERSON


class TicketParticipant(Base):
    """An address that may add to a ticket by mail: the requester and whoever was copied."""

    __tablename__ = "ticket_participant"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True)
    email: Mapped[str] = mapped_column(String(320), primary_key=True)

    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower"), not_blank("email"))


class ThreadReference(Base):
    """A Message-ID that belongs to a ticket: of a mail we hold, or of an ancestor that one of them named."""

    __tablename__ = "thread_reference"

    reference: Mapped[str] = mapped_column(String(REFERENCE_LIMIT), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), primary_key=True)

    __table_args__ = (not_blank("reference"), Index("ix_thread_reference_ticket", ticket_id))


def search_document(title: str, description: str) -> str:
    """What search looks at: title and the first 20,000 characters, case-folded as the words searched for are."""
    return f"{title}\n{description[:SEARCH_DOCUMENT_LIMIT]}".casefold()


def thread_key(message_id: str) -> str:
    """A Message-ID as it is kept for threading: itself, or a hash where it is too long for the column."""
    if len(message_id) <= REFERENCE_LIMIT:
        return message_id
    return "sha256:" + hashlib.sha256(message_id.encode()).hexdigest()


def successor_key(ticket_id: int) -> str:
    """What is kept like a Message-ID for a ticket that goes on in another. Blanks keep it apart from any of those."""
    return f"instead of {ticket_id}"
