"""What a mail becomes in our words: the title and description of a ticket, the text and files of a message."""

import logging
from dataclasses import replace
from typing import Any

from ticketapp.mail import InboundAttachment, InboundEmail, parse
from ticketapp.models.ticket import DESCRIPTION_LIMIT, TITLE_LIMIT

NO_SUBJECT = "(no subject)"
NO_TEXT = "(no text)"
CONTENT_TYPE_LIMIT = 255
log = logging.getLogger(__name__)


def title_of(subject: str) -> str:
    """A subject as a ticket's title: cut to its 200 characters, never blank."""
    return subject.strip()[:TITLE_LIMIT].strip() or NO_SUBJECT


def description_of(text: str) -> str:
    """A message's text as a ticket's description: cut to its 100,000 characters, never blank."""
    return text[:DESCRIPTION_LIMIT].strip() or NO_TEXT


def text_of(email: InboundEmail) -> str:
    """What the mail says, whole, never blank."""
    return email.text if email.text.strip() else NO_TEXT


def named(raw: bytes) -> tuple[str, str]:
    """Sender and subject, by the header alone, of a mail that nobody can read now: whatever it does to us, it is
    recorded, with blanks where that is not to be read either."""
    header = min(raw.partition(b"\n\n")[0], raw.partition(b"\r\n\r\n")[0], key=len)
    try:
        email = parse(header + b"\n\n")
    except Exception:
        log.exception("the header of a mail that is kept for later could not be read")
        return "", ""
    return email.sender.email, email.subject


def header_alone(email: InboundEmail, cause: str) -> InboundEmail:
    """The mail of which only the header was taken in, with a text that says so and why: ``cause`` is a sentence."""
    text = f"(Only the header of this mail was taken in; its text and files were left on the server. {cause})"
    return replace(email, text=text, reply_text=text)


def file_of(part: InboundAttachment) -> dict[str, Any]:
    """An attachment as the columns of its row, but for the message and its position there."""
    return {
        "filename": part.filename,
        "original_filename": part.original_filename,
        "content_type": part.content_type[:CONTENT_TYPE_LIMIT],
        "size": part.size,
        "sha256": part.sha256,
        "content_id": part.content_id,
        "is_inline": part.inline,
    }
