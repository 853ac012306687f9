"""What admins set about classification: one row, and a line for every change of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ticketapp.db import Base, RowId, UtcDateTime
from ticketapp.models.user import User
from ticketapp.models.words import not_blank, word

ONLY_ID = 1
MODEL_LIMIT = 100
SEVERITY_WORDS_LIMIT = 50_000
MOST_EXAMPLES = 8


class Setting(StrEnum):
    """What can be set."""

    MODEL = "model"
    MASKED = "masked"
    GIVES_EXAMPLES = "gives_examples"
    MOST_EXAMPLES = "most_examples"
    SEVERITY_WORDS = "severity_words"
    ASKS_AFTER_EDIT = "asks_after_edit"
    ASKS_AFTER_REPLY = "asks_after_reply"


class ClassificationSettings(Base):
    """The settings, once somebody changed any; until then there is no row and the defaults hold.

    A missing ``model`` is the one of the environment, missing ``severity_words`` are those that ship.
    """

    __tablename__ = "classification_settings"

    id: Mapped[int] = mapped_column(RowId, primary_key=True, default=ONLY_ID, autoincrement=False)
    model: Mapped[str | None] = mapped_column(String(MODEL_LIMIT))
    masks_cards: Mapped[bool]
    masks_secrets: Mapped[bool]
    masks_ibans: Mapped[bool]
    masks_emails: Mapped[bool]
    masks_phones: Mapped[bool]
    gives_examples: Mapped[bool]
    most_examples: Mapped[int]
    severity_words: Mapped[str | None] = mapped_column(Text)
    asks_after_edit: Mapped[bool]
    asks_after_reply: Mapped[bool]

    __table_args__ = (
        CheckConstraint(f"id = {ONLY_ID}", name="only_one"),
        not_blank("model"),
        CheckConstraint(f"most_examples BETWEEN 1 AND {MOST_EXAMPLES}", name="most_examples_range"),
        CheckConstraint(f"length(severity_words) <= {SEVERITY_WORDS_LIMIT}", name="severity_words_length"),
    )


class ClassificationSettingChange(Base):
    """One setting that somebody changed: when, from what to what."""

    __tablename__ = "classification_setting_change"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    setting: Mapped[Setting] = mapped_column(word(Setting, "setting"))
    old: Mapped[str] = mapped_column(Text)
    new: Mapped[str] = mapped_column(Text)

    actor: Mapped[User] = relationship()

    __table_args__ = (CheckConstraint("old <> new", name="differs"),)
