"""Which leaves of a mail are its text and which are attachments, and what the text says."""

import re
from dataclasses import dataclass, field

from ticketapp.mail.charsets import WESTERN, codec_for, decode
from ticketapp.mail.flowed import unflow
from ticketapp.mail.html_text import html_to_text
from ticketapp.mail.html_tokens import MOST_TOKENS, Tag, tokens
from ticketapp.mail.parts import Part
from ticketapp.mail.storable import unix_lines

_META_CHARSET = re.compile(rb"<meta[^<>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.I)
_XML_ENCODING = re.compile(rb"<\?xml[^<>]{0,100}?encoding\s*=\s*[\"']([\w.:-]{2,40})", re.I)
_SEEN = re.compile(r"[^\s\u00a0\u200b-\u200f\u2060\ufeff\u00ad]")
_STUB = re.compile(
    r"(?:html|e-?mail|mail|message)\b.{0,120}(?:viewer|reader|client|browser|capable|compatible|enabled|support|version|aware|format)"
    r"|(?:view|see|display|read|show)\b.{0,80}\bhtml\b|\bhtml\b.{0,60}(?:only|anzeigen|darstellen|unterstütz|required)",
    re.I | re.S,
)
_LONGEST_STUB = 250
_READABLE = frozenset({"text/plain", "text/html"})
_TAGGED_TEXT = frozenset({"text/html", "text/enriched", "text/richtext"})
# Kinds of text that are data for a program; every other kind is read as plain text (RFC 2046 section 4.1.4).
_DATA = frozenset({"text/calendar", "text/vcard", "text/x-vcard", "text/directory", "text/rtf", "text/csv"})


@dataclass(slots=True)
class Piece:
    """A readable leaf: its text as it came (HTML as markup), and whether it is HTML."""

    content: str
    is_html: bool
    scanned: list[Tag | str] = field(default_factory=list)
    _rendered: str | None = None

    def as_text(self) -> str:
        """What a person would read."""
        if self._rendered is None:
            self._rendered = html_to_text(self.scanned) if self.is_html else self.content
        return self._rendered

    def is_empty(self) -> bool:
        """Whether nothing visible is in it."""
        return not _SEEN.search(self.as_text())


@dataclass(slots=True)
class Reading:
    """The leaves of a tree sorted: `shown` in the order a person reads them, all HTML, and the attachments."""

    shown: list[Piece] = field(default_factory=list)
    html: list[Piece] = field(default_factory=list)
    attached: list[Part] = field(default_factory=list)
    leaves: list[Part] = field(default_factory=list)
    charset: str = ""
    tokens_left: int = MOST_TOKENS

    def text(self) -> str:
        """All text in order, as it is read."""
        return "\n".join(text for text in (piece.as_text().strip("\n") for piece in self.shown) if text).rstrip()

    @property
    def is_html_only(self) -> bool:
        """Whether the text was made from HTML alone."""
        return bool(self.shown) and all(piece.is_html for piece in self.shown)


def read_bodies(root: Part) -> Reading:
    """Sort the leaves of a message."""
    reading = Reading()
    _descend(root, reading, reading.shown, is_root=True, in_alternative=False)
    if not reading.shown:
        _promote_named_text(reading)
    return reading


def _promote_named_text(reading: Reading) -> None:
    """Where a mail has no other text, its only text part that has a name and is no declared attachment."""
    named = [part for part in reading.attached if part.content_type in _READABLE]
    if len(named) == 1 and named[0].disposition.value != "attachment":
        reading.attached = [part for part in reading.attached if part is not named[0]]
        _take_body(named[0], reading, reading.shown)


def _descend(part: Part, reading: Reading, shown: list[Piece], *, is_root: bool, in_alternative: bool) -> None:
    if part.is_multipart:
        pieces: list[Piece] = []
        alternative = part.content_type == "multipart/alternative"
        for child in part.children:
            _descend(child, reading, pieces, is_root=False, in_alternative=alternative)
        shown.extend(_best_of(pieces) if alternative else _without_doubles(pieces))
        return
    reading.leaves.append(part)
    if _is_body(part, is_root=is_root, in_alternative=in_alternative):
        _take_body(part, reading, shown)
    else:
        reading.attached.append(part)


def _is_body(part: Part, *, is_root: bool, in_alternative: bool) -> bool:
    if part.disposition.value == "attachment":
        return False
    is_named = bool(part.disposition.get("filename").strip() or part.parameters.get("name").strip())
    if part.content_type not in _READABLE:
        is_text = part.content_type.startswith("text/") and part.content_type not in _DATA
        return is_root and is_text and not is_named
    return is_root or in_alternative or not is_named


def _take_body(part: Part, reading: Reading, shown: list[Piece]) -> None:
    is_html = part.content_type in _TAGGED_TEXT
    content = decoded_text(part, is_html=is_html)
    reading.charset = reading.charset or part.charset
    piece = Piece(content, is_html, list(tokens(content, reading.tokens_left)) if is_html else [])
    reading.tokens_left = max(0, reading.tokens_left - len(piece.scanned))
    if part.content_type == "text/html":
        reading.html.append(piece)
    shown.append(piece)


def decoded_text(part: Part, *, is_html: bool) -> str:
    """The text of a leaf: transfer encoding, charset, line ends and format=flowed undone."""
    data = part.content()
    charset = _charset_of(part.charset, data) if is_html else part.charset
    text = unix_lines(decode(data, charset or None))
    if not is_html and part.parameters.get("format").lower() == "flowed":
        return unflow(text, delete_space=part.parameters.get("delsp").lower() == "yes")
    return text


def _charset_of(declared: str, data: bytes) -> str:
    """The declared charset; where it says nothing beyond Western defaults, the one the HTML itself names."""
    inside = _charset_inside(data)
    return inside if inside and codec_for(declared) in (None, WESTERN) else declared


def _charset_inside(data: bytes) -> str:
    found = _META_CHARSET.search(data[:4_000]) or _XML_ENCODING.match(data[:200].lstrip())
    return found[1].decode("ascii") if found else ""


def _best_of(pieces: list[Piece]) -> list[Piece]:
    """Of alternatives the plain ones, unless they are empty or only point to the HTML."""
    plain = [piece for piece in pieces if not piece.is_html and not piece.is_empty()]
    rich = [piece for piece in pieces if piece.is_html]
    if plain and not (rich and _is_stub(plain)):
        return plain
    return [piece for piece in rich if not piece.is_empty()] or plain


def _is_stub(plain: list[Piece]) -> bool:
    text = "\n".join(piece.content for piece in plain).strip()
    return len(text) < _LONGEST_STUB and "html" in text.lower() and bool(_STUB.search(text))


def _without_doubles(pieces: list[Piece]) -> list[Piece]:
    """Of parts shown one after the other, HTML that only repeats the plain text before it is left out."""
    if not any(piece.is_html for piece in pieces) or all(piece.is_html for piece in pieces):
        return pieces
    kept: list[Piece] = []
    for piece in pieces:
        if piece.is_html and any(not before.is_html and not before.is_empty() for before in kept):
            continue
        kept.append(piece)
    return kept
