"""Questions put to the model, whatever for: one row a call, only ever added."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ticketapp.db import Base, RowId, UtcDateTime
from ticketapp.models.words import word


class Purpose(StrEnum):
    """What a call was made for: a run of a ticket, a proposal in the form, the sample of a bulk job, a test of the
    settings, or an evaluation."""

    TICKET = "ticket"
    FORM = "form"
    TRIAL = "trial"
    TEST = "test"
    EVALUATION = "evaluation"


class ModelCall(Base):
    """One call that was made, and what it took; without ``error_kind`` it gave a verdict.

    A run may have several, where its question was begun again while the model was asked.
    """

    __tablename__ = "model_call"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    purpose: Mapped[Purpose] = mapped_column(word(Purpose, "purpose"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("classification_run.id", ondelete="CASCADE"))
    model: Mapped[str] = mapped_column(String(100))
    prompt_version: Mapped[str | None] = mapped_column(String(40))
    latency_ms: Mapped[int]
    tokens_in: Mapped[int | None]
    tokens_out: Mapped[int | None]
    error_kind: Mapped[str | None] = mapped_column(String(40))

    __table_args__ = (
        CheckConstraint("run_id IS NULL OR purpose = 'ticket'", name="run_is_of_ticket"),
        CheckConstraint("latency_ms >= 0", name="latency_positive"),
        CheckConstraint("tokens_in >= 0", name="tokens_in_positive"),
        CheckConstraint("tokens_out >= 0", name="tokens_out_positive"),
        Index("ix_model_call_newest", at.desc(), id.desc()),
        Index("ix_model_call_run", run_id),  # for the foreign key alone: who deletes a run deletes its calls
    )
