"""What crosses the border: the types of a mail read and a mail to send, and the JSON contract of the first."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox: display name decoded and without quotes, address in the letter case it came in."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class InboundAttachment:
    """One leaf of a mail that is not its text; `filename` is safe to store, `original_filename` is for show.

    `is_unpacked` marks a file found inside another attachment (`winmail.dat`), which the contract does not list.
    """

    filename: str
    content_type: str
    content: bytes
    content_id: str | None
    inline: bool
    original_filename: str
    is_unpacked: bool = False

    @property
    def size(self) -> int:
        """Bytes of the decoded content."""
        return len(self.content)

    @property
    def sha256(self) -> str:
        """SHA-256 of the decoded content, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What a bounce says: whether the mail is only late, why, and the Message-IDs of what it returns."""

    is_delay: bool
    words: str
    returned_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InboundEmail:
    """A mail as read: ids without brackets, aware date or None, text whole and as reply, HTML sanitised.

    ``delivered_to`` holds the addresses that servers on the way delivered it to; ``report`` is what a bounce says;
    ``is_answerable`` tells whether a machine may answer it (RFC 3834 section 2); ``mailing_list`` is the list that
    distributed it, None where it came straight.
    """

    message_id: str | None
    in_reply_to: str | None
    references: tuple[str, ...]
    sender: Address
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    subject: str
    date: datetime | None
    text: str
    reply_text: str
    html: str | None
    attachments: tuple[InboundAttachment, ...]
    auto_submitted: bool
    bounce: bool
    spam: bool
    delivered_to: tuple[Address, ...] = ()
    report: DeliveryReport | None = None
    is_answerable: bool = False
    mailing_list: str | None = None
    is_forged: bool = False
    defects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OutboundAttachment:
    """A file to send along."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class OutboundEmail:
    """A mail to send: plain text, ids without brackets, `date` aware; `auto_submitted` marks what no person wrote."""

    message_id: str
    sender: Address
    to: tuple[Address, ...]
    subject: str
    text: str
    date: datetime
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    attachments: tuple[OutboundAttachment, ...] = ()
    auto_submitted: bool = False


def as_contract(email: InboundEmail) -> dict[str, Any]:
    """The mail as the JSON object `mail parse` prints: its keys and their order are a promise to outside tools."""
    return {
        "message_id": email.message_id,
        "in_reply_to": email.in_reply_to,
        "references": list(email.references),
        "from": _address(email.sender),
        "to": [_address(address) for address in email.to],
        "cc": [_address(address) for address in email.cc],
        "reply_to": [_address(address) for address in email.reply_to],
        "subject": email.subject,
        "date": email.date.isoformat() if email.date else None,
        "text": email.text,
        "reply_text": email.reply_text,
        "html": email.html,
        "attachments": [_attachment(found) for found in email.attachments if not found.is_unpacked],
        "auto_submitted": email.auto_submitted,
        "bounce": email.bounce,
        "spam": email.spam,
    }


def _address(address: Address) -> dict[str, str]:
    return {"name": address.name, "email": address.email}


def _attachment(attachment: InboundAttachment) -> dict[str, Any]:
    return {
        "filename": attachment.filename,
        "content_type": attachment.content_type,
        "size": attachment.size,
        "sha256": attachment.sha256,
        "content_id": attachment.content_id,
        "inline": attachment.inline,
    }
