"""What admins set about classification: what counts now, and who changed it when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from ticketapp.ai import (
    USUALLY_MASKED,
    MaskedKind,
    SeverityWord,
    read_severity_words,
    shipped_severity_words,
)
from ticketapp.db import db
from ticketapp.models import ClassificationSettingChange, ClassificationSettings, Setting
from ticketapp.models.classification_settings import ONLY_ID

CHANGES_SHOWN = 20
COLUMN_OF = {
    MaskedKind.CARD: "masks_cards",
    MaskedKind.SECRET: "masks_secrets",
    MaskedKind.IBAN: "masks_ibans",
    MaskedKind.EMAIL: "masks_emails",
    MaskedKind.PHONE: "masks_phones",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings that count; as it is without arguments where nobody set any.

    ``model`` None is the one of the environment, ``severity_words`` None those that ship.
    """

    model: str | None = None
    masked: frozenset[MaskedKind] = USUALLY_MASKED
    gives_examples: bool = True
    most_examples: int = 3
    severity_words: str | None = None
    asks_after_edit: bool = False
    asks_after_reply: bool = False

    @property
    def severity_list(self) -> str:
        """The severity words as they are written."""
        return shipped_severity_words() if self.severity_words is None else self.severity_words

    @property
    def floors(self) -> tuple[SeverityWord, ...]:
        """The severity words as they are looked for."""
        return read_severity_words(self.severity_list)


def current() -> Settings:
    """The settings as the database has them at this moment, so that a change counts from the next question on."""
    row = db.session.get(ClassificationSettings, ONLY_ID, populate_existing=True)
    if row is None:
        return Settings()
    return Settings(
        model=row.model,
        masked=frozenset(kind for kind, column in COLUMN_OF.items() if getattr(row, column)),
        gives_examples=row.gives_examples,
        most_examples=row.most_examples,
        severity_words=row.severity_words,
        asks_after_edit=row.asks_after_edit,
        asks_after_reply=row.asks_after_reply,
    )


def asks_after_reply_since() -> datetime | None:
    """Since when a first reply has the machine read a ticket again; None where it does not."""
    if not current().asks_after_reply:
        return None
    changed = ClassificationSettingChange.setting == Setting.ASKS_AFTER_REPLY
    return db.session.scalar(select(func.max(ClassificationSettingChange.at)).where(changed))


def revision() -> int:
    """How often anything was changed: the number of the newest change, 0 where there is none."""
    return db.session.scalar(select(func.max(ClassificationSettingChange.id))) or 0


def is_changed_since(moment: datetime) -> bool:
    """Whether anything was changed after that by which verdicts may be others."""
    found = select(ClassificationSettingChange.id).where(
        ClassificationSettingChange.at > moment, _bears_on_verdicts()
    )
    return db.session.scalar(found.limit(1)) is not None


def verdict_revision() -> int:
    """The number of the newest change by which verdicts may be others, 0 where there is none."""
    return db.session.scalar(select(func.max(ClassificationSettingChange.id)).where(_bears_on_verdicts())) or 0


def changes() -> list[ClassificationSettingChange]:
    """The newest 20 changes with who made them."""
    newest = select(ClassificationSettingChange).order_by(ClassificationSettingChange.id.desc())
    statement = newest.options(joinedload(ClassificationSettingChange.actor)).limit(CHANGES_SHOWN)
    return list(db.session.scalars(statement))


def changes_since(revision: int) -> list[ClassificationSettingChange]:
    """The changes after this revision, oldest first, with who made them."""
    later = select(ClassificationSettingChange).where(ClassificationSettingChange.id > revision)
    statement = later.options(joinedload(ClassificationSettingChange.actor)).order_by(ClassificationSettingChange.id)
    return list(db.session.scalars(statement))


def _bears_on_verdicts() -> ColumnElement[bool]:
    return ClassificationSettingChange.setting.not_in((Setting.ASKS_AFTER_EDIT, Setting.ASKS_AFTER_REPLY))
