"""A mail of ours to bytes: RFC 5322 lines no value can break out of, ready for SMTP."""

import hashlib
import re
from email.headerregistry import Address as HeaderAddress
from email.headerregistry import HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from ticketapp.mail.message import Address, OutboundEmail
from ticketapp.mail.storable import one_line, unix_lines

_HEADERS = HeaderRegistry()
# Ids are cleaned here; the reader of the standard library, which would look at our own once more, fails on some.
del _HEADERS.registry["message-id"]
_POLICY = SMTP.clone(max_line_length=78, header_factory=_HEADERS)
_ID_CHARACTERS = re.compile(r"[^A-Za-z0-9!#$%&'*+/=?^_`{|}~.@\[\]:-]")
_DOMAIN_CHARACTERS = re.compile(r"[^A-Za-z0-9.-]")
_MOST_REFERENCES = 50


def compose(email: OutboundEmail) -> bytes:
    """The mail as bytes with CRLF line ends, 7-bit clean; the same mail gives the same bytes.

    Line ends and control characters in any header value become blanks, so that no value can add a header.
    """
    message = EmailMessage(policy=_POLICY)
    message["From"] = _header_address(email.sender)
    message["To"] = _header_addresses(email.to)
    if email.cc:
        message["Cc"] = _header_addresses(email.cc)
    if email.reply_to:
        message["Reply-To"] = _header_addresses(email.reply_to)
    message["Subject"] = one_line(email.subject)
    message["Date"] = format_datetime(email.date)
    _set_identity(message, email)
    if email.auto_submitted:
        message["Auto-Submitted"] = "auto-replied" if email.in_reply_to else "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
    _set_content(message, email)
    if message.is_multipart():
        message.set_boundary(f"=-{hashlib.sha256(email.message_id.encode()).hexdigest()[:32]}")
    return message.as_bytes()


def new_message_id(domain: str, ticket_id: int, token: str) -> str:
    """A Message-ID without brackets that names a ticket and carries a token: `ticket.7.token@domain`."""
    safe_token = re.sub(r"[^A-Za-z0-9_-]", "", token)
    return f"ticket.{ticket_id}.{safe_token}@{_DOMAIN_CHARACTERS.sub('', domain) or 'localhost'}"


def _set_identity(message: EmailMessage, email: OutboundEmail) -> None:
    """Ids as they are compared, one a line, so that long threads fold between ids and never inside one."""
    message["Message-ID"] = _bracketed(email.message_id)
    if email.in_reply_to:
        message["In-Reply-To"] = _bracketed(email.in_reply_to)
    references = email.references if len(email.references) <= _MOST_REFERENCES else _shortened(email.references)
    if references:
        message["References"] = " ".join(_bracketed(reference) for reference in references)


def _shortened(references: tuple[str, ...]) -> tuple[str, ...]:
    """The first, which names the thread, and the latest (RFC 5537 section 3.4.4 trims alike)."""
    return (references[0], *references[-(_MOST_REFERENCES - 1) :])


def _bracketed(message_id: str) -> str:
    return f"<{_ID_CHARACTERS.sub('', message_id)}>"


def _header_addresses(addresses: tuple[Address, ...]) -> tuple[HeaderAddress, ...]:
    return tuple(_header_address(address) for address in addresses)


def _header_address(address: Address) -> HeaderAddress:
    user, _, domain = re.sub(r"[\s<>,;\x00-\x1f\x7f]", "", address.email).rpartition("@")
    if '"' in address.email or "\\" in address.email:
        raise ValueError(f"The address {address.email!r} cannot be written to: its part before the @ is quoted")
    if not user.isascii():
        raise ValueError(f"The address {address.email!r} cannot be written to: its part before the @ is not ASCII")
    return HeaderAddress(one_line(address.name), user, _ascii_domain(domain))


def _ascii_domain(domain: str) -> str:
    return domain if domain.isascii() else domain.encode("idna").decode("ascii")


def _set_content(message: EmailMessage, email: OutboundEmail) -> None:
    message.set_content(unix_lines(email.text), charset="utf-8", cte="quoted-printable")
    for attachment in email.attachments:
        kind, _, subtype = attachment.content_type.partition("/")
        message.add_attachment(
            attachment.content,
            maintype=kind if subtype and kind not in ("multipart", "message") else "application",
            subtype=subtype if subtype and kind not in ("multipart", "message") else "octet-stream",
            filename=one_line(attachment.filename),
        )
