"""Tests of a mailbox that an admin asked for, step by step."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ticketapp.db import Base, RowId, UtcDateTime
from ticketapp.models.mailbox import Mailbox
from ticketapp.models.user import User
from ticketapp.models.words import word

UNFINISHED = text("finished_at IS NULL")


class CheckedStep(StrEnum):
    """What a test of a mailbox tries, in this order."""

    DNS = "dns"
    CONNECTION = "connection"
    SIGN_IN = "sign_in"
    FOLDER = "folder"
    ROUND_TRIP = "round_trip"


class StepOutcome(StrEnum):
    """How one step went: still to come, well, badly, or not tried because of what failed before it."""

    WAITING = "waiting"
    OK = "ok"
    FAILED = "failed"
    NOT_TRIED = "not_tried"


class MailboxCheck(Base):
    """A test of a mailbox, somebody's until ``lease_until``; ``attempts`` counts how often it was begun."""

    __tablename__ = "mailbox_check"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailbox.id"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    mailbox: Mapped[Mailbox] = relationship()
    asked_by: Mapped[User] = relationship()
    steps: Mapped[list["MailboxCheckStep"]] = relationship(order_by="MailboxCheckStep.position")

    __table_args__ = (
        CheckConstraint("attempts >= 0", name="attempts_positive"),
        Index("ix_mailbox_check_mailbox", mailbox_id, id.desc()),
        Index("ix_mailbox_check_unfinished", id, postgresql_where=UNFINISHED, sqlite_where=UNFINISHED),
    )


class MailboxCheckStep(Base):
    """One step of a test: how it went, how long it took, and what was found or is to be done, as a sentence."""

    __tablename__ = "mailbox_check_step"

    check_id: Mapped[int] = mapped_column(ForeignKey("mailbox_check.id"), primary_key=True)
    step: Mapped[CheckedStep] = mapped_column(word(CheckedStep, "step"), primary_key=True)
    position: Mapped[int]
    outcome: Mapped[StepOutcome] = mapped_column(word(StepOutcome, "outcome"), default=StepOutcome.WAITING)
    took_ms: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        CheckConstraint("position >= 0", name="position_positive"),
        CheckConstraint("took_ms >= 0", name="took_positive"),
        CheckConstraint("outcome <> 'failed' OR note <> ''", name="failure_explained"),
        CheckConstraint("(outcome IN ('ok', 'failed')) = (took_ms IS NOT NULL)", name="tried_is_timed"),
    )
