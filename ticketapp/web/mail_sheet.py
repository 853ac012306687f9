"""A mail of the ledger laid out for an admin: what its header says, what it says itself, what is attached."""

import re
from dataclasses import dataclass

from ticketapp.mail import InboundEmail, parse
from ticketapp.models import InboundMail

SHOWN_HEADER_BYTES = 16_000
SHOWN_TEXT_CHARACTERS = 20_000
END_OF_HEADER = re.compile(rb"\r?\n\r?\n|\r\r")
# Everything that would not be seen, or would move what is seen: controls, and marks that turn the writing round.
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class MailSheet:
    """What is shown of one mail; ``is_cut`` says that its text goes on."""

    header: str
    email: InboundEmail
    text: str
    is_cut: bool


def mail_sheet(mail: InboundMail) -> MailSheet:
    """Read a ledger row with its bytes; of a mail over the size limit there is only the header."""
    kept = mail.raw if mail.raw is not None else mail.header or b""
    email = parse(kept)
    return MailSheet(
        header=_header(kept),
        email=email,
        text=_seen(email.text[:SHOWN_TEXT_CHARACTERS]),
        is_cut=len(email.text) > SHOWN_TEXT_CHARACTERS,
    )


def _header(kept: bytes) -> str:
    start = kept[:SHOWN_HEADER_BYTES]
    end = END_OF_HEADER.search(start)
    return _seen(start[: end.start() if end else None].replace(b"\r\n", b"\n").decode(errors="replace"))


def _seen(text: str) -> str:
    return UNSEEN.sub("\ufffd", text)
