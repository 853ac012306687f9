"""The demo's customers' mails as bytes, made the way mail programs make them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from ticketapp.cli.believable.files import content
from ticketapp.cli.believable.stories import ATTRIBUTIONS, CLOSINGS, GREETINGS


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """A customer who writes mail to ``support``."""

    name: str
    email: str
    language: str
    support: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """The mail that is answered: its Message-ID, what it answered itself, and its text."""

    message_id: str
    references: str
    subject: str
    text: str
    written_at: datetime


def first_mail(
    writer: Writer, *, number: int, subject: str, text: str, at: datetime, files: Sequence[str], has_html: bool,
    slots: Mapping[str, object],
) -> bytes:  # fmt: skip
    """A mail that opens a ticket."""
    mail = _mail(writer, number, subject, at)
    body = f"{GREETINGS[writer.language]}\n\n{text}\n\n{CLOSINGS[writer.language]}\n{writer.name}"
    mail.set_content(body + "\n")
    if has_html:
        paragraphs = "".join(f"<p>{escape(part)}</p>".replace("\n", "<br>") for part in body.split("\n\n"))
        mail.add_alternative(f"<html><body>{paragraphs}</body></html>\n", subtype="html")
    for name in files:
        data, kind = content(name, slots)
        maintype, _, subtype = kind.partition("/")
        mail.add_attachment(data, maintype=maintype, subtype=subtype, filename=name)
    return mail.as_bytes()


def answer(writer: Writer, *, number: int, text: str, at: datetime, to: Quoted) -> bytes:
    """A mail that answers ours, with our text quoted below."""
    mail = _answering(writer, number, at, to)
    date = to.written_at.strftime("%Y-%m-%d %H:%M")
    introduction = ATTRIBUTIONS[writer.language].format(date=date, who=f"Support <{writer.support}>")
    quoted = "\n".join(f"> {line}".rstrip() for line in to.text.split("\n"))
    mail.set_content(f"{text}\n\n{writer.name}\n\n{introduction}\n\n{quoted}\n")
    return mail.as_bytes()


def out_of_office(writer: Writer, *, number: int, at: datetime, to: Quoted) -> bytes:
    """What a customer's mail server answers by itself (RFC 3834)."""
    mail = _answering(writer, number, at, to)
    mail["Auto-Submitted"] = "auto-replied"
    del mail["Subject"]
    mail["Subject"] = f"Out of office: {to.subject}"
    mail.set_content("I am out of the office until Monday and will answer then.\n")
    return mail.as_bytes()


def newsletter(writer: Writer, *, number: int, at: datetime) -> bytes:
    """A mailing of the kind that opens no ticket."""
    mail = _mail(writer, number, "What is new this month", at)
    mail["Precedence"] = "bulk"
    mail["List-Unsubscribe"] = f"<mailto:{writer.email}?subject=unsubscribe>"
    mail.set_content("New in this issue: five ways to pack better.\n")
    return mail.as_bytes()


def _mail(writer: Writer, number: int, subject: str, at: datetime) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f'"{writer.name}" <{writer.email}>'
    mail["To"] = f"Support <{writer.support}>"
    mail["Subject"] = subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<demo.{number}@{writer.email.rpartition('@')[2]}>"
    return mail


def _answering(writer: Writer, number: int, at: datetime, to: Quoted) -> EmailMessage:
    mail = _mail(writer, number, to.subject if to.subject.startswith("Re:") else f"Re: {to.subject}", at)
    mail["In-Reply-To"] = f"<{to.message_id}>"
    mail["References"] = " ".join(f"<{name}>" for name in [*to.references.split(), to.message_id])
    return mail
