"""The form of a mailbox: what is asked, and the settings that come of it; the actions have the last word."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from enum import StrEnum
from typing import TypeVar

from flask_wtf import FlaskForm
from wtforms import DateField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from ticketapp.actions.mailbox_settings import MailboxSettings
from ticketapp.models import AfterRecording, Category, Mailbox, MailboxAccount, Security, SignIn
from ticketapp.web.forms import WholeNumber, one_of
from ticketapp.web.look import words

Word = TypeVar("Word", bound=StrEnum)
SECURITIES = {Security.TLS: "TLS", Security.STARTTLS: "STARTTLS", Security.NONE: "none (test servers)"}
AFTERWARDS = {
    AfterRecording.LEAVE: "is left as it is",
    AfterRecording.SEEN: "is marked as read",
    AfterRecording.MOVE: "is moved to a folder",
}
SIGN_INS = {
    SignIn.PASSWORD: "Password",
    SignIn.GOOGLE: "Google (access token)",
    SignIn.MICROSOFT: "Microsoft (access token)",
    SignIn.ISSUER: "Another issuer (access token)",
}


def _select(label: str, labels: Mapping[Word, str]) -> SelectField:
    choices = [SelectChoice(value.value, text) for value, text in labels.items()]
    return SelectField(label, choices=choices, invalid_choice_message=one_of(choices))


CATEGORIES = [SelectChoice("", "As classified"), *(SelectChoice(each.value, words(each)) for each in Category)]


class MailboxForm(FlaskForm):  # type: ignore[misc]  # flask_wtf publishes no types
    """A mailbox; what the chosen way of signing in does not use is not read. Secrets are never filled in."""

    host = StringField("IMAP server", validators=[InputRequired("Give the server's name, like imap.example.com.")])
    port = WholeNumber("Port", "A port is a number from 1 to 65535; 993 is usual with TLS.")
    security = _select("Connection", SECURITIES)
    username = StringField("User", validators=[InputRequired("Give the name to sign in with.")])
    folder = StringField("Folder", validators=[InputRequired("Give the folder that is read; INBOX is usual.")])
    after = _select("A recorded mail", AFTERWARDS)
    after_folder = StringField("Folder to move to")
    default_category = SelectField(
        "Category of new tickets",
        choices=CATEGORIES,
        invalid_choice_message=one_of(CATEGORIES),
    )
    sign_in = _select("Sign-in", SIGN_INS)
    password = PasswordField("Password")
    tenant = StringField("Tenant")
    issuer_url = StringField("Issuer's address")
    client_id = StringField("Client ID")
    client_secret = PasswordField("Client secret")
    client_secret_expires_on = DateField(
        "Client secret ends on",
        validators=[Optional()],
        invalid_value_message="Give a day as year, month and day, like 2027-03-31.",
    )
    refresh_token = PasswordField("Refresh token")


def blank_form() -> MailboxForm:
    """The form for a new mailbox."""
    return MailboxForm(
        formdata=None,
        port=993,
        folder="INBOX",
        security=Security.TLS.value,
        after=AfterRecording.LEAVE.value,
        sign_in=SignIn.PASSWORD.value,
    )


def form_of(mailbox: Mailbox, account: MailboxAccount) -> MailboxForm:
    """The form with what a mailbox is set to, without its secrets."""
    ends_at = account.client_secret_expires_at
    return MailboxForm(
        formdata=None,
        host=account.host,
        port=account.port,
        security=account.security.value,
        username=account.username,
        folder=account.folder,
        after=account.after.value,
        after_folder=account.after_folder,
        default_category=mailbox.default_category.value if mailbox.default_category else "",
        sign_in=account.sign_in.value,
        tenant=account.tenant,
        issuer_url=account.issuer_url,
        client_id=account.client_id,
        client_secret_expires_on=ends_at.date() if ends_at else None,
    )


def settings_of(form: MailboxForm) -> MailboxSettings:
    """What a form that was validated asks for."""
    category, ends_on = form.default_category.data, form.client_secret_expires_on.data
    return MailboxSettings(
        host=form.host.data,
        port=form.port.data,
        security=Security(form.security.data),
        username=form.username.data,
        folder=form.folder.data,
        after=AfterRecording(form.after.data),
        after_folder=form.after_folder.data or "",
        sign_in=SignIn(form.sign_in.data),
        tenant=form.tenant.data or "",
        issuer_url=form.issuer_url.data or "",
        client_id=form.client_id.data or "",
        client_secret_expires_at=datetime.combine(ends_on, time(), UTC) if ends_on else None,
        default_category=Category(category) if category else None,
        password=form.password.data or "",
        client_secret=form.client_secret.data or "",
        refresh_token=form.refresh_token.data or "",
    )


def show_refusal(form: MailboxForm, field_name: str, sentence: str) -> None:
    """Hang what an action refused on the field it names; a date is entered as a day."""
    name = "client_secret_expires_on" if field_name == "client_secret_expires_at" else field_name
    form[name].errors = [*form[name].errors, sentence]
