"""The forms of the ticket pages: what is asked, and the first check of it; the actions have the last word."""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, cast

from flask_wtf import FlaskForm
from wtforms import EmailField, Field, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from ticketapp.errors import InvalidInput
from ticketapp.models import Category, Priority, Status
from ticketapp.models.ticket import DESCRIPTION_LIMIT, TITLE_LIMIT
from ticketapp.web.look import words

NAME_LIMIT = 200
ADDRESS_LIMIT = 320
DIGITS = re.compile(r"\d{1,9}", re.ASCII)


def _at_most(limit: int) -> Length:
    return Length(max=limit, message=f"At most {limit:,} characters.")


class WholeNumber(IntegerField):  # type: ignore[misc]  # wtforms publishes no types for this
    """A number in the digits 0 to 9 alone; ``sentence`` says what would be right."""

    def __init__(self, label: str, sentence: str, **more: Any) -> None:
        super().__init__(label, [InputRequired(sentence)], invalid_value_message=sentence, **more)

    def process_formdata(self, valuelist: list[str]) -> None:
        """As WTForms reads it, without other alphabets' digits, signs and underscores."""
        if valuelist and not DIGITS.fullmatch(valuelist[0].strip()):
            raise ValueError(self.invalid_value_message)
        super().process_formdata(valuelist)


def one_of(choices: Sequence[SelectChoice]) -> str:
    """What to say of a choice that is not among these."""
    return f"Choose one of these: {', '.join(str(choice.label) for choice in choices)}."


def _select(label: str, kind: type[StrEnum], nothing: str, **more: str) -> SelectField:
    choices = [SelectChoice("", nothing), *(SelectChoice(str(value), words(value)) for value in kind)]
    return SelectField(label, choices=choices, default="", invalid_choice_message=one_of(choices), **more)


class TicketForm(FlaskForm):  # type: ignore[misc]  # flask_wtf publishes no types
    """A new ticket. An empty category or priority leaves the choice to the machine."""

    description = TextAreaField(
        "Description", validators=[DataRequired("Say what it is about."), _at_most(DESCRIPTION_LIMIT)]
    )
    title = StringField("Title", validators=[DataRequired("Give the ticket a title."), _at_most(TITLE_LIMIT)])
    category = _select("Category", Category, "Not chosen (general)")
    priority = _select("Priority", Priority, "Not chosen (medium)")
    requester_email = EmailField("Requester's address (optional)", validators=[_at_most(ADDRESS_LIMIT)])
    requester_name = StringField("Requester's name (optional)", validators=[_at_most(NAME_LIMIT)])


class ReplyForm(FlaskForm):  # type: ignore[misc]  # flask_wtf publishes no types
    """An answer to the requester, with a change of status where one is chosen."""

    text = TextAreaField(
        "Answer to the requester", id="reply-text", validators=[DataRequired("Write an answer first.")]
    )
    status = _select("Status after sending", Status, "As it is", id="reply-status")


class NoteForm(FlaskForm):  # type: ignore[misc]  # flask_wtf publishes no types
    """A note that only staff see."""

    text = TextAreaField("Note for colleagues", id="note-text", validators=[DataRequired("Write a note first.")])


def refuse(form: FlaskForm, error: InvalidInput) -> None:
    """Hang what an action refused on the field it names, so that the page shows it there."""
    field = cast(Field, form[error.field])
    field.errors = [*field.errors, error.sentence]
