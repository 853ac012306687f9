"""Leaves that are not text to attachments: decoded bytes, safe names, and whether the HTML shows them."""

import mimetypes
import re
from urllib.parse import unquote

from ticketapp.mail import tnef
from ticketapp.mail.charsets import decode
from ticketapp.mail.filenames import declared_name, made_up_name, safe_name
from ticketapp.mail.html_text import html_to_text
from ticketapp.mail.html_tokens import tokens
from ticketapp.mail.message import InboundAttachment
from ticketapp.mail.parts import Part
from ticketapp.mail.storable import one_line, unix_lines

_REFERENCE = re.compile(r"\bcid:([^\"'\s>)]{1,500})", re.I)


def read_attachments(parts: list[Part], html: list[str], charset: str | None) -> tuple[InboundAttachment, ...]:
    """One attachment a part, in order; files found inside a `winmail.dat` follow it, marked as unpacked."""
    shown = {unquote(found).lower() for source in html for found in _REFERENCE.findall(source)} if parts else set()
    found: list[InboundAttachment] = []
    for number, part in enumerate(parts, start=1):
        content = part.content()
        found.append(_attachment(part, content, number=number, shown=shown, charset=charset))
        if tnef.is_tnef(part, content):
            found += [_unpacked(name, data) for name, data in tnef.unpack(content).files]
    return tuple(found)


def packed_text(parts: list[Part]) -> str:
    """The text inside the first `winmail.dat`: what such a mail says if it has no text of its own."""
    for part in parts:
        content = part.content()
        if tnef.is_tnef(part, content):
            found = tnef.unpack(content)
            return unix_lines(found.text).strip() or html_to_text(tokens(decode(found.html)))
    return ""


def _attachment(
    part: Part, content: bytes, *, number: int, shown: set[str], charset: str | None
) -> InboundAttachment:
    original = declared_name(part, charset)
    return InboundAttachment(
        filename=safe_name(original) or safe_name(made_up_name(part, number)) or f"attachment-{number}.bin",
        content_type=part.content_type,
        content=content,
        content_id=part.content_id,
        inline=_is_inline(part, shown),
        original_filename=original,
    )


def _is_inline(part: Part, shown: set[str]) -> bool:
    if part.content_id and part.content_id.lower() in shown:
        return True
    if part.disposition.value:
        return part.disposition.value == "inline"
    return part.content_id is not None and part.content_type.startswith("image/")


def _unpacked(name: str, data: bytes) -> InboundAttachment:
    filename = safe_name(name) or "attachment.bin"
    kind = mimetypes.guess_type(filename)[0] or "application/octet-stream"
    return InboundAttachment(
        filename, kind, data, None, inline=False, original_filename=one_line(name), is_unpacked=True
    )
