"""Classification runs: one row an attempt, which is also the queue, and the bulk jobs that ask for many."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ticketapp.db import Base, RowId, UtcDateTime
from ticketapp.models.ticket import Ticket
from ticketapp.models.user import User
from ticketapp.models.words import Category, Priority, word

OUTSTANDING = text("state IN ('queued', 'running')")
ENDED = text("finished_at IS NOT NULL")
COPIES = text("copied_from_id IS NOT NULL")
# Why a run was given up of which no worker that claimed it came back.
WORKER_ENDED = "worker_ended"
# What no bulk job asked for is found apart from what one did, by the same words in an index and in a query.
NO_JOBS = text("(bulk_job_id IS NULL OR asked_for NOT IN ('bulk', 'retry'))")
WITHOUT_JOB = text(f"{OUTSTANDING} AND {NO_JOBS}")
OF_JOB = text(f"{OUTSTANDING} AND asked_for IN ('bulk', 'retry')")
KEPT = text("bulk_job_id IS NOT NULL AND undone_at IS NULL")


class RunState(StrEnum):
    """Where an attempt stands. ``gave_up`` is a failure after which this is not tried again by itself.

    Where that was for what an admin has to mend, another run waits to be asked anew. Where nobody was asked,
    since people decided, its job was undone or another job took it over, it says nothing of the machine.
    """

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    GAVE_UP = "gave_up"


class AskedFor(StrEnum):
    """Why a ticket was put to the model; every further try says the same as the first.

    Nothing is asked for as a ``retry`` any more: it stands on tries from before they kept what they were asked for.
    """

    OPENED = "opened"
    RECLASSIFY = "reclassify"
    BULK = "bulk"
    RETRY = "retry"


class Occasion(StrEnum):
    """What made the machine read a ticket again by itself: somebody edited its words, or its requester wrote."""

    EDIT = "edit"
    REPLY = "reply"


class BulkJob(Base):
    """A reclassification of many tickets: queued page by page below ``cursor_id``, newest first.

    Until it is started it is only tried on a sample. While it is paused none of its runs is done.
    """

    __tablename__ = "bulk_job"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    filter_query: Mapped[str] = mapped_column(Text)
    total: Mapped[int]
    queued: Mapped[int] = mapped_column(default=0)
    cursor_id: Mapped[int | None] = mapped_column(RowId)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    queued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    asked_by: Mapped[User] = relationship()

    __table_args__ = (
        CheckConstraint("total >= 0 AND queued >= 0", name="counts_positive"),
        CheckConstraint("queued_at IS NULL OR started_at IS NOT NULL", name="queued_was_started"),
        CheckConstraint("paused_at IS NULL OR started_at IS NOT NULL", name="paused_was_started"),
    )


class ClassificationRun(Base):
    """One attempt to have a ticket classified; at most one of a ticket's runs is queued or running.

    A queued run is due at ``due_at``; a running one is somebody's until ``lease_until`` and anybody's after.
    ``claims`` counts how often it was begun, unless it was put back unasked. Where a severity word raised the
    priority, ``floor_word`` says which and ``priority_before`` what the model had said.
    ``example_ids`` are the tickets that were given to the model as examples. A run that came about by itself after a
    change has its ``occasion``. ``question_digest`` is the same for identical questions, one of which is asked at a
    time; ``copied_from_id`` is the run whose verdict this one took instead of asking. One that no longer counts since
    its bulk job was undone, because its values were taken back or it had failed, has the time of that.
    """

    __tablename__ = "classification_run"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    bulk_job_id: Mapped[int | None] = mapped_column(ForeignKey("bulk_job.id"))
    asked_for: Mapped[AskedFor] = mapped_column(word(AskedFor, "asked_for"))
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempt: Mapped[int] = mapped_column(default=1)
    state: Mapped[RunState] = mapped_column(word(RunState, "state"), default=RunState.QUEUED)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claims: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    model: Mapped[str | None] = mapped_column(String(100))
    prompt_version: Mapped[str | None] = mapped_column(String(40))
    category: Mapped[Category | None] = mapped_column(word(Category, "category"))
    priority: Mapped[Priority | None] = mapped_column(word(Priority, "priority"))
    priority_before: Mapped[Priority | None] = mapped_column(word(Priority, "priority_before"))
    floor_word: Mapped[str | None] = mapped_column(String(100))
    reason: Mapped[str | None] = mapped_column(Text)
    confidence: Mapped[float | None]
    applied_category: Mapped[bool] = mapped_column(default=False)
    applied_priority: Mapped[bool] = mapped_column(default=False)
    question_digest: Mapped[str | None] = mapped_column(String(64))
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("classification_run.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    example_ids: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    occasion: Mapped[Occasion | None] = mapped_column(word(Occasion, "occasion"))
    latency_ms: Mapped[int | None]
    tokens_in: Mapped[int | None]
    tokens_out: Mapped[int | None]
    error_kind: Mapped[str | None] = mapped_column(String(40))
    error: Mapped[str | None] = mapped_column(Text)
    error_detail: Mapped[str | None] = mapped_column(Text)

    ticket: Mapped[Ticket] = relationship()
    asked_by: Mapped[User | None] = relationship()

    @property
    def is_remembered(self) -> bool:
        """Whether its verdict is what a form had been answered for the same words: then nobody took any time."""
        return self.state == RunState.SUCCEEDED and self.copied_from_id is None and self.latency_ms == 0

    @property
    def is_called_off(self) -> bool:
        """Whether it ended before any model was asked."""
        return self.state == RunState.GAVE_UP and self.model is None and self.error_kind != WORKER_ENDED

    __table_args__ = (
        CheckConstraint("attempt >= 1", name="attempt_positive"),
        CheckConstraint("claims >= 0", name="claims_positive"),
        CheckConstraint("(floor_word IS NULL) = (priority_before IS NULL)", name="floor_is_whole"),
        CheckConstraint("floor_word IS NULL OR state = 'succeeded'", name="floor_of_success"),
        CheckConstraint(
            "undone_at IS NULL OR finished_at IS NOT NULL",
            name="undone_is_over",
        ),
        CheckConstraint("confidence BETWEEN 0 AND 1", name="confidence_range"),
        CheckConstraint(
            "state <> 'succeeded' OR (category IS NOT NULL AND priority IS NOT NULL AND model IS NOT NULL)",
            name="success_is_whole",
        ),
        CheckConstraint("state NOT IN ('failed', 'gave_up') OR error IS NOT NULL", name="failure_has_cause"),
        CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name="running_is_leased"),
        CheckConstraint("(state IN ('queued', 'running')) = (finished_at IS NULL)", name="finished"),
        Index(
            "uq_run_outstanding",
            ticket_id,
            unique=True,
            postgresql_where=OUTSTANDING,
            sqlite_where=OUTSTANDING,
        ),
        Index(
            "uq_run_question",
            question_digest,
            unique=True,
            postgresql_where=text("state = 'running'"),
            sqlite_where=text("state = 'running'"),
        ),
        Index(
            "ix_run_question",
            question_digest,
            finished_at.desc(),
            postgresql_where=ENDED,
            sqlite_where=ENDED,
        ),
        # For the foreign key alone: who deletes a run asks for its copies.
        Index("ix_run_copied_from", copied_from_id, postgresql_where=COPIES, sqlite_where=COPIES),
        Index("ix_run_due_without_job", due_at, id, postgresql_where=WITHOUT_JOB, sqlite_where=WITHOUT_JOB),
        Index("ix_run_due_of_job", bulk_job_id, due_at, id, postgresql_where=OF_JOB, sqlite_where=OF_JOB),
        Index("ix_run_ticket", ticket_id, id.desc()),
        Index("ix_run_state", state, id.desc()),
        Index("ix_run_bulk_job", bulk_job_id, state),
        Index("ix_run_bulk_kept", bulk_job_id, id, postgresql_where=KEPT, sqlite_where=KEPT),
        Index("ix_run_finished", finished_at.desc(), id.desc(), postgresql_where=ENDED, sqlite_where=ENDED),
    )
