"""How tickets are classified, for admins: the model, what is masked, examples, severity words; and trying it out."""

import dataclasses
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_limiter import RateLimitExceeded
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, StringField, TextAreaField
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from ticketapp.actions.classification_settings import change_settings, told, try_out
from ticketapp.ai import Caller, MaskedKind, Verdict
from ticketapp.errors import Conflict, InvalidInput
from ticketapp.extensions import limiter
from ticketapp.models import Setting
from ticketapp.outside import outside
from ticketapp.queries import classification_settings, similar_tickets
from ticketapp.queries.classification_settings import Settings
from ticketapp.web.classification_words import change_line, trial_sentence
from ticketapp.web.forms import WholeNumber, refuse
from ticketapp.web.row_id import LARGEST
from ticketapp.web.security import admin_only, me
from ticketapp.web.settings_meeting import bring_together, mark_contested

RATE = "6 per minute"
MET = "Nothing was saved yet. Where you had changed nothing, the form shows what is set now: look, then save again."
TOO_OFTEN = "The settings were tested too often in the last minute. Wait a minute, then test again."

blueprint = Blueprint("admin_classification", __name__, url_prefix="/admin/classification")


class _Revision(IntegerField):  # type: ignore[misc]  # wtforms publishes no types for this
    """A hidden number of a change, none where it cannot be one."""

    data: Any

    def __init__(self, **more: Any) -> None:
        super().__init__(widget=HiddenInput(), validators=[Optional()], **more)

    def process_formdata(self, valuelist: list[str]) -> None:
        """As WTForms reads it, as far as a column can hold it."""
        super().process_formdata(valuelist)
        if self.data is not None and not 0 <= self.data <= LARGEST:
            self.data = None
            raise ValueError(self.gettext("Not a valid integer value."))


class SettingsForm(FlaskForm):  # type: ignore[misc]  # flask_wtf publishes no types
    """All settings at once. An empty model is the one of the environment.

    ``seen`` is the revision it shows, ``opened_at`` the one it showed first where it met what others saved since.
    """

    seen = _Revision()
    opened_at = _Revision()
    model = StringField("Model (optional)")
    card = BooleanField("Card numbers")
    secret = BooleanField("Passwords, keys and tokens")
    iban = BooleanField("Bank account numbers (IBAN)")
    email = BooleanField("Mail addresses")
    phone = BooleanField("Phone numbers")
    gives_examples = BooleanField("Give similar tickets")
    most_examples = WholeNumber("At most so many examples", "Give a whole number, in digits.")
    severity_words = TextAreaField("Words that raise the priority")
    asks_after_edit = BooleanField("Title or description edited")
    asks_after_reply = BooleanField("Requester's first reply")


@blueprint.get("")
@admin_only
def show() -> ResponseReturnValue:
    """The settings as they are, and what was changed."""
    return _page(_form_of(classification_settings.current()))


@blueprint.post("")
@admin_only
def change() -> ResponseReturnValue:
    """Make what the form says the settings."""
    form = SettingsForm()
    if form.validate():
        try:
            changes = change_settings(_wanted(form), by=me(), seen=form.seen.data)
        except Conflict as error:
            flash(f"{error} {MET}", "error")
            return _met(form), 409
        except InvalidInput as error:
            refuse(form, error)
        else:
            flash("Saved. It counts from the next ticket on." if changes else "Nothing was changed.", "success")
            return redirect(url_for(".show"), 303)
    return _page(form), 422


@blueprint.post("/trial")
@admin_only
def test() -> ResponseReturnValue:
    """Make one real call with what the form says, and show what came of it; nothing is saved."""
    form = SettingsForm()
    if form.validate():
        try:
            return _page(form, trial=_tried(_wanted(form)))
        except RateLimitExceeded:
            flash(TOO_OFTEN, "error")
            return _page(form), 429
        except InvalidInput as error:
            refuse(form, error)
    return _page(form), 422


def _met(form: SettingsForm) -> str:
    """The page with what others saved since the form was opened, and what was changed on it."""
    others = classification_settings.changes_since(form.seen.data)
    bring_together(form, told(_wanted(form)), others)
    if form.opened_at.data is None:
        _set(form.opened_at, form.seen.data)
    _set(form.seen, others[-1].id if others else classification_settings.revision())
    return _page(form)


def _set(field: IntegerField, number: int) -> None:
    field.raw_data, field.data = None, number  # what was sent would be shown before it


def _their_words(form: SettingsForm) -> str:
    """The severity words others saved since the form was opened, where it met theirs and says others."""
    if form.opened_at.data is None:
        return ""
    since = classification_settings.changes_since(form.opened_at.data)
    words = mark_contested(form, told(_wanted(form)), since).get(Setting.SEVERITY_WORDS)
    return words.new if words else ""


def _trial_key() -> str:
    return f"classification trials of {me().id}"


@limiter.shared_limit(RATE, scope="classification trials", key_func=_trial_key)
def _tried(wanted: Settings) -> Verdict:
    tester = outside().classifier.for_caller(Caller.ADMIN)
    return try_out(wanted, tester, deadline_seconds=outside().config.classify_timeout_seconds)


def _form_of(settings: Settings) -> SettingsForm:
    facts = {field.name: getattr(settings, field.name) for field in dataclasses.fields(settings)}
    masked = {kind.value: kind in settings.masked for kind in MaskedKind}
    texts = {"severity_words": settings.severity_list, "seen": classification_settings.revision()}
    return SettingsForm(formdata=None, data={**facts, **masked, **texts})


def _wanted(form: SettingsForm) -> Settings:
    return Settings(
        model=form.model.data or None,
        masked=frozenset(kind for kind in MaskedKind if form[kind.value].data),
        gives_examples=form.gives_examples.data,
        most_examples=form.most_examples.data,
        severity_words=form.severity_words.data or "",
        asks_after_edit=form.asks_after_edit.data,
        asks_after_reply=form.asks_after_reply.data,
    )


def _page(form: SettingsForm, *, trial: Verdict | None = None) -> str:
    heading = "The form needs a correction" if form.errors else "Changed meanwhile as well"
    their_words = _their_words(form)
    return render_template(
        "admin_classification/show.html",
        form=form,
        heading=heading,
        their_words=their_words,
        kinds=[form[kind.value] for kind in MaskedKind],
        default_model=outside().config.gemini_model,
        has_trigrams=similar_tickets.has_trigrams(),
        trial=trial,
        trial_sentence=trial_sentence(trial) if trial else "",
        changes=[(change, change_line(change)) for change in classification_settings.changes()],
    )
