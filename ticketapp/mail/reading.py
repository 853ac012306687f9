"""Bytes in, InboundEmail out: every step of reading in its order."""

import re
from contextlib import suppress

from ticketapp.mail.addresses import read_addresses, read_mailboxes
from ticketapp.mail.attachments import packed_text, read_attachments
from ticketapp.mail.bodies import Piece, Reading, read_bodies
from ticketapp.mail.dates import read_date
from ticketapp.mail.encoded_words import header_text
from ticketapp.mail.headers import Headers, read_headers
from ticketapp.mail.html_quotes import quote_judge
from ticketapp.mail.html_text import html_to_text
from ticketapp.mail.ids import first_id, read_ids
from ticketapp.mail.machines import is_answerable, is_automatic, is_bounce, is_forged, is_spam, mailing_list
from ticketapp.mail.message import Address, InboundEmail
from ticketapp.mail.parts import Part, read_tree
from ticketapp.mail.replies import beginning_of, reply_text
from ticketapp.mail.reports import read_report
from ticketapp.mail.sanitiser import sanitise_scanned
from ticketapp.mail.storable import storable
from ticketapp.mail.subjects import is_forward_subject, is_reply_subject

_SENDER_HEADERS = ("from", "reply-to", "sender", "return-path")
_DELIVERY_HEADERS = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to")
_LONGEST_SALVAGED = 1_000_000
_NOBODY = Address("", "")
_LONE_RETURN = re.compile(rb"\r")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def parse(raw: bytes) -> InboundEmail:
    """The mail in these bytes as RFC 5322 and MIME mean it, damage read as kindly as it can be; never raises.

    Time and memory grow with the size only. All strings can be stored anywhere.
    """
    try:
        return read(raw)
    except Exception as error:  # noqa: BLE001 - whatever a mail manages to break, the mail must still come in
        return _salvaged(raw, error)


def read(raw: bytes) -> InboundEmail:
    """As `parse`, but a fault of ours would be raised: what tests and a retry after a fix call."""
    root = read_tree(_with_line_feeds(raw))
    reading = read_bodies(root)
    charset = reading.charset or None
    headers = root.headers
    subject = header_text(headers.first("subject"), charset)
    sender = _sender(headers, charset)
    text = reading.text() or packed_text(reading.attached)
    bounce = is_bounce(root, sender.email, subject, text=text, leaves=reading.leaves)
    in_reply_to, references = first_id(headers.all("in-reply-to")), read_ids(headers.all("references"))
    auto_submitted = bounce or is_automatic(root, subject, reading.leaves)
    is_answer = bool(in_reply_to or references or is_reply_subject(subject))
    holds_others = bounce or is_forward_subject(subject, text)
    return InboundEmail(
        message_id=first_id(headers.all("message-id")),
        in_reply_to=in_reply_to,
        references=references,
        sender=sender,
        to=read_addresses(headers.all("to"), charset),
        cc=read_addresses(headers.all("cc"), charset),
        reply_to=read_addresses(headers.all("reply-to"), charset),
        subject=subject,
        date=read_date(header_text(headers.first("date"))),
        text=text,
        reply_text=_reply(reading, text, is_reply=is_answer, is_forward=holds_others),
        html=_fragment(reading),
        attachments=read_attachments(reading.attached, [piece.content for piece in reading.html], charset),
        auto_submitted=auto_submitted,
        bounce=bounce,
        spam=is_spam(headers),
        delivered_to=read_addresses([value for name in _DELIVERY_HEADERS for value in headers.all(name)], charset),
        report=read_report(subject, text, reading.leaves) if bounce else None,
        is_answerable=not auto_submitted and is_answerable(headers, sender.email),
        mailing_list=mailing_list(headers, sender.email),
        is_forged=is_forged(headers),
        defects=_defects(root),
    )


def _with_line_feeds(raw: bytes) -> bytes:
    """Mail saved with old Macintosh line ends, or as UTF-16, as bytes the rest can read."""
    if raw.startswith(_UTF16_MARKS):
        raw = raw.decode("utf-16", "replace").encode("utf-8", "replace")
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    return raw if b"\n" in raw else _LONE_RETURN.sub(b"\n", raw)


def _sender(headers: Headers, charset: str | None) -> Address:
    """The first usable address of From, else of the headers that stand in for it; a name alone beats nothing."""
    named = _NOBODY
    for header in _SENDER_HEADERS:
        mailboxes = read_mailboxes(headers.all(header), charset)
        usable = [address for address in mailboxes if address.email]
        if usable:
            return next((address for address in usable if "@" in address.email), usable[0])
        named = next(iter(mailboxes), named) if named is _NOBODY else named
    return named


def _reply(reading: Reading, text: str, *, is_reply: bool, is_forward: bool) -> str:
    """What was newly written, by the marks in the text, else by the structure of the HTML."""
    if not reading.is_html_only:
        reply = reply_text(text, is_reply=is_reply, is_forward=is_forward)
        is_whole = is_reply and bool(reading.html) and reply == text.strip()
        return (
            beginning_of(text, _structural_reply(reading.html, is_reply=is_reply, is_forward=is_forward))
            if is_whole
            else reply
        )
    return _structural_reply(reading.shown, is_reply=is_reply, is_forward=is_forward) or text


def _structural_reply(pieces: list[Piece], *, is_reply: bool, is_forward: bool) -> str:
    """The text of HTML without what its elements mark as history; empty where nothing else is in it."""
    judge = quote_judge(is_reply=is_reply, is_forward=is_forward)
    marked = "\n".join(html_to_text(piece.scanned, judge) for piece in pieces)
    reply = reply_text(marked, is_reply=True, is_forward=is_forward)
    return "" if reply.strip(">-\n ") in ("", "Original Message") else reply


def _fragment(reading: Reading) -> str | None:
    """All HTML of the mail as one safe fragment, None where it has none."""
    scanned = (token for piece in reading.html for token in (*piece.scanned, "\n"))
    return sanitise_scanned(scanned) if reading.html else None


def _defects(root: Part) -> tuple[str, ...]:
    found = []
    if not root.headers.first("from"):
        found.append("It has no sender.")
    if not root.headers.first("date"):
        found.append("It has no date.")
    if root.parameters.value.startswith("multipart/") and not root.is_multipart:
        found.append("It declares parts, and none could be found.")
    return tuple(found)


def _salvaged(raw: bytes, error: Exception) -> InboundEmail:
    """What can be had of a mail that reading it fails on: who wrote it, its subject and id, and its bytes as text."""
    headers = Headers()
    sender, subject, message_id = _NOBODY, "", None
    with suppress(Exception):
        headers, _ = read_headers(raw, 0, len(raw))
        subject = header_text(headers.first("subject"))
        message_id = first_id(headers.all("message-id"))
        sender = _sender(headers, None)
    text = storable(raw[:_LONGEST_SALVAGED].decode("utf-8", "replace"))
    return InboundEmail(
        message_id=message_id,
        in_reply_to=None,
        references=(),
        sender=sender,
        to=(),
        cc=(),
        reply_to=(),
        subject=subject,
        date=None,
        text=text,
        reply_text=text,
        html=None,
        attachments=(),
        auto_submitted=True,
        bounce=False,
        spam=False,
        defects=(f"It could not be read: {type(error).__name__}.",),
    )
