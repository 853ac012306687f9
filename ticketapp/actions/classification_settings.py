"""Changing how tickets are classified, each change written down with who made it; and trying it out."""

from sqlalchemy.orm import Session

from ticketapp.actions import fields
from ticketapp.actions.model_calls import noted
from ticketapp.ai import (
    Classifier,
    Manner,
    MaskedKind,
    SeverityWordsError,
    Verdict,
    check_sections,
    is_model_name,
    read_severity_words,
    shipped_severity_words,
)
from ticketapp.ai.manner import MAX_MODEL_CHARACTERS
from ticketapp.clock import utc_now
from ticketapp.db import add_missing, db, transaction
from ticketapp.errors import Conflict, InvalidInput
from ticketapp.models import ClassificationSettingChange, ClassificationSettings, Purpose, Setting, User
from ticketapp.models.classification_settings import MOST_EXAMPLES, ONLY_ID, SEVERITY_WORDS_LIMIT
from ticketapp.queries import classification_settings
from ticketapp.queries.classification_settings import COLUMN_OF, Settings

SAMPLE_TITLE = "Test of the settings"
SAMPLE_DESCRIPTION = (
    "Hello, since this morning the export of our invoices stops with an error, and the bookkeeping is due tomorrow. "
    "My card 4111 1111 1111 1111 was charged twice as well. Regards, Jo Sample, jo.sample@example.com"
)


def change_settings(wanted: Settings, *, by: User, seen: int | None = None) -> list[ClassificationSettingChange]:
    """Make these the settings, committed; what changed, a row for each setting. They count from the next question on.

    A list of severity words like the one that ships is not kept: a later release may ship a better one. ``seen`` is
    the revision that was looked at. Raises ``InvalidInput`` naming the setting, ``Conflict`` where somebody changed
    settings since.
    """
    wanted = _checked(wanted)
    now = utc_now()
    with transaction() as session:
        row = _locked_row(session)
        if seen is not None and seen != classification_settings.revision():
            raise Conflict("The settings were changed since you opened this page; see the changes below.")
        before = classification_settings.current()
        old, new = told(before), told(wanted)
        changes = [
            ClassificationSettingChange(at=now, actor_id=by.id, setting=name, old=old[name], new=new[name])
            for name in Setting
            if old[name] != new[name]
        ]
        for column, value in _columns(wanted).items():
            setattr(row, column, value)
        session.add_all(changes)
    return changes


def try_out(wanted: Settings, classifier: Classifier, *, deadline_seconds: float) -> Verdict:
    """The model's verdict on a sample text with the model and the masking of ``wanted``; its call is noted.

    No connection is held while the model is asked, and the start of the process is no latency.
    Raises ``InvalidInput`` where the settings cannot be.
    """
    wanted = _checked(wanted)
    db.session.commit()
    classifier.warm_up()
    verdict = classifier.classify(
        title=SAMPLE_TITLE,
        description=SAMPLE_DESCRIPTION,
        manner=Manner(model=wanted.model, masked=wanted.masked),
        deadline_seconds=deadline_seconds,
    )
    return noted(verdict, Purpose.TEST)


def told(settings: Settings) -> dict[Setting, str]:
    """Each setting as text, as it is written down when it changes."""
    return {
        Setting.MODEL: settings.model or "",
        Setting.MASKED: ", ".join(kind for kind in MaskedKind if kind in settings.masked),
        Setting.GIVES_EXAMPLES: _on_or_off(settings.gives_examples),
        Setting.MOST_EXAMPLES: str(settings.most_examples),
        Setting.SEVERITY_WORDS: settings.severity_list,
        Setting.ASKS_AFTER_EDIT: _on_or_off(settings.asks_after_edit),
        Setting.ASKS_AFTER_REPLY: _on_or_off(settings.asks_after_reply),
    }


def _checked(wanted: Settings) -> Settings:
    model = fields.optional_text("model", wanted.model or "", limit=MAX_MODEL_CHARACTERS)
    if model and not is_model_name(model):
        rule = "one is made of letters, digits, dots, dashes and slashes, like gemini-3.5-flash-lite"
        raise InvalidInput("model", f"That is no name of a model; {rule}.")
    if not 1 <= wanted.most_examples <= MOST_EXAMPLES:
        raise InvalidInput("most_examples", f"Give 1 to {MOST_EXAMPLES} examples.")
    return Settings(
        model=model or None,
        masked=wanted.masked,
        gives_examples=wanted.gives_examples,
        most_examples=wanted.most_examples,
        severity_words=_checked_words(wanted.severity_words),
        asks_after_edit=wanted.asks_after_edit,
        asks_after_reply=wanted.asks_after_reply,
    )


def _checked_words(words: str | None) -> str | None:
    if words is None:
        return None
    text = fields.optional_text("severity_words", words.replace("\r\n", "\n"), limit=SEVERITY_WORDS_LIMIT)
    try:
        read_severity_words(text)
        check_sections(text)
    except SeverityWordsError as error:
        raise InvalidInput("severity_words", str(error)) from error
    return None if text == shipped_severity_words().strip() else text


def _locked_row(session: Session) -> ClassificationSettings:
    """The one row, made if this is the first change, and ours until the transaction ends."""
    add_missing(session, ClassificationSettings, [{"id": ONLY_ID, **_columns(Settings())}])
    return session.get_one(ClassificationSettings, ONLY_ID, with_for_update=True, populate_existing=True)


def _columns(settings: Settings) -> dict[str, object]:
    return {
        "model": settings.model,
        **{column: kind in settings.masked for kind, column in COLUMN_OF.items()},
        "gives_examples": settings.gives_examples,
        "most_examples": settings.most_examples,
        "severity_words": settings.severity_words,
        "asks_after_edit": settings.asks_after_edit,
        "asks_after_reply": settings.asks_after_reply,
    }


def _on_or_off(flag: bool) -> str:  # noqa: FBT001 - the flag is what it is about
    return "on" if flag else "off"
