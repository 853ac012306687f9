"""What goes before and after a reclassification of many: the trial on a sample, and the undoing."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ticketapp.db import Base, RowId, UtcDateTime
from ticketapp.models.classification import BulkJob, RunState
from ticketapp.models.ticket import Ticket
from ticketapp.models.user import User
from ticketapp.models.words import Category, Priority, word

OUTSTANDING = text("state IN ('queued', 'running')")


class BulkSample(Base):
    """One ticket of a trial: what the machine would say of it, as on a run. It is never applied.

    A queued one is anybody's; a running one is somebody's until ``lease_until``, or nobody's while the same text is
    being read for another, and anybody's after.
    """

    __tablename__ = "bulk_sample"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    bulk_job_id: Mapped[int] = mapped_column(ForeignKey("bulk_job.id", ondelete="CASCADE"))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    state: Mapped[RunState] = mapped_column(word(RunState, "state"), default=RunState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    model: Mapped[str | None] = mapped_column(String(100))
    category: Mapped[Category | None] = mapped_column(word(Category, "category"))
    priority: Mapped[Priority | None] = mapped_column(word(Priority, "priority"))
    priority_before: Mapped[Priority | None] = mapped_column(word(Priority, "priority_before"))
    floor_word: Mapped[str | None] = mapped_column(String(100))
    reason: Mapped[str | None] = mapped_column(Text)
    confidence: Mapped[float | None]
    error: Mapped[str | None] = mapped_column(Text)

    ticket: Mapped[Ticket] = relationship()

    __table_args__ = (
        UniqueConstraint("bulk_job_id", "ticket_id"),
        CheckConstraint("attempts >= 0", name="attempts_positive"),
        CheckConstraint("confidence BETWEEN 0 AND 1", name="confidence_range"),
        CheckConstraint("(floor_word IS NULL) = (priority_before IS NULL)", name="floor_is_whole"),
        CheckConstraint("floor_word IS NULL OR state = 'succeeded'", name="floor_of_success"),
        CheckConstraint(
            "(state = 'succeeded') = (category IS NOT NULL AND priority IS NOT NULL)", name="success_is_whole"
        ),
        CheckConstraint("(state IN ('failed', 'gave_up')) = (error IS NOT NULL)", name="failure_has_cause"),
        CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name="running_is_leased"),
        CheckConstraint("(state IN ('queued', 'running')) = (finished_at IS NULL)", name="finished"),
        Index("ix_bulk_sample_outstanding", id, postgresql_where=OUTSTANDING, sqlite_where=OUTSTANDING),
    )


class BulkUndo(Base):
    """The undoing of a job: how many ``tickets`` got values back that the job had changed."""

    __tablename__ = "bulk_undo"

    bulk_job_id: Mapped[int] = mapped_column(
        ForeignKey("bulk_job.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tickets: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    job: Mapped[BulkJob] = relationship()
    asked_by: Mapped[User] = relationship()

    __table_args__ = (CheckConstraint("tickets >= 0", name="tickets_positive"),)
