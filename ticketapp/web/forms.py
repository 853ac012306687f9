"""The forms of the ticket pages: what is asked, and the first check of it; the actions have the last word."""

from typing import cast

from flask_wtf import FlaskForm
from wtforms import EmailField, Field, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from ticketapp.errors import InvalidInput
from ticketapp.models import Category, Priority, Status
from ticketapp.models.ticket import DESCRIPTION_LIMIT, TITLE_LIMIT
from ticketapp.web.look import words

TEXT_LIMIT = 100_000
NAME_LIMIT = 200
ADDRESS_LIMIT = 320


class TicketForm(FlaskForm):  # type: ignore[misc]  # flask_wtf publishes no types
    """A new ticket. An empty category or priority leaves the choice to the machine."""

    description = TextAreaField(
        "Description", validators=[InputRequired("Say what it is about."), Length(max=DESCRIPTION_LIMIT)]
    )
    title = StringField("Title", validators=[InputRequired("Give the ticket a title."), Length(max=TITLE_LIMIT)])
    category = SelectField(
        "Category", choices=[("", "Not chosen (general)"), *((str(value), words(value)) for value in Category)]
    )
    priority = SelectField(
        "Priority", choices=[("", "Not chosen (medium)"), *((str(value), words(value)) for value in Priority)]
    )
    requester_email = EmailField("Requester's address (optional)", validators=[Length(max=ADDRESS_LIMIT)])
    requester_name = StringField("Requester's name (optional)", validators=[Length(max=NAME_LIMIT)])


class ReplyForm(FlaskForm):  # type: ignore[misc]  # flask_wtf publishes no types
    """An answer to the requester, with a change of status where one is chosen."""

    text = TextAreaField(
        "Answer to the requester", id="reply-text", validators=[InputRequired("Write an answer first.")]
    )
    status = SelectField(
        "Status after sending",
        id="reply-status",
        choices=[("", "As it is"), *((str(value), words(value)) for value in Status)],
    )


class NoteForm(FlaskForm):  # type: ignore[misc]  # flask_wtf publishes no types
    """A note that only staff see."""

    text = TextAreaField("Note for colleagues", id="note-text", validators=[InputRequired("Write a note first.")])


def refuse(form: FlaskForm, error: InvalidInput) -> None:
    """Hang what an action refused on the field it names, so that the page shows it there."""
    field = cast(Field, form[error.field])
    field.errors = [*field.errors, error.sentence]
