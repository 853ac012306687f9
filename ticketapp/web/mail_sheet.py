"""A mail of the ledger laid out for an admin: what its header says, what it says itself, what is attached."""

import re
from dataclasses import dataclass

from ticketapp.mail import InboundEmail, parse
from ticketapp.models import InboundMail

SHOWN_HEADER_BYTES = 16_000
SHOWN_TEXT_CHARACTERS = 20_000
SHOWN_LINE_CHARACTERS = 300
END_OF_HEADER = re.compile(rb"\r?\n\r?\n|\r\r")


@dataclass(frozen=True, slots=True)
class MailSheet:
    """What is shown of one mail; ``is_cut`` says that its text goes on. Long lines end in an ellipsis."""

    header: str
    subject: str
    sender: str
    sender_name: str
    email: InboundEmail
    text: str
    is_cut: bool


def mail_sheet(mail: InboundMail) -> MailSheet:
    """Read a ledger row with its bytes; of a mail over the size limit there is only the header."""
    kept = mail.raw if mail.raw is not None else mail.header or b""
    email = parse(kept)
    return MailSheet(
        header=_header(kept),
        subject=shown_line(email.subject),
        sender=shown_line(f"{email.sender.name} <{email.sender.email}>" if email.sender.email else ""),
        sender_name=shown_line(email.sender.name or email.sender.email),
        email=email,
        text=email.text[:SHOWN_TEXT_CHARACTERS],
        is_cut=len(email.text) > SHOWN_TEXT_CHARACTERS,
    )


def shown_line(text: str) -> str:
    """At most 300 characters of a line that a stranger wrote, an ellipsis where it goes on."""
    return text if len(text) <= SHOWN_LINE_CHARACTERS else f"{text[:SHOWN_LINE_CHARACTERS]}…"


def _header(kept: bytes) -> str:
    start = kept[:SHOWN_HEADER_BYTES]
    end = END_OF_HEADER.search(start)
    return start[: end.start() if end else None].replace(b"\r\n", b"\n").decode(errors="replace")
