"""The MIME tree over bytes: parts found by boundaries, or by what boundaries look like where damaged."""

import re
from dataclasses import dataclass, field

from ticketapp.mail.encoded_words import header_text
from ticketapp.mail.headers import Headers, read_headers
from ticketapp.mail.parameters import Parameters, read_parameters
from ticketapp.mail.transfer import decoded, encoding_of

_DEEPEST = 110
_MOST_PARTS = 20_000
_TYPE = re.compile(r"[\w!#$&^.+-]{1,100}/[\w!#$&^.+-]{1,120}$", re.ASCII)
_ANY_DELIMITER = re.compile(
    rb"^--([^\s-][^\r\n]{0,200}?|-{1,60}[^\r\n\s-][^\r\n]{0,200}?)[ \t]*\r*\n(?=content-[a-z-]{2,40}:)", re.I | re.M
)
# What closes a boundary; behind it may stand what no boundary is made of (RFC 2046 section 5.1.1).
_CLOSES = re.compile(rb"--(?![0-9A-Za-z'()+_,./:=?-])")
_LOOKS_LIKE_PART = re.compile(rb"\s*content-(?:type|transfer-encoding|disposition)[ \t]*:", re.I)
_SHORT_TYPES = {
    "text": "text/plain",
    "html": "text/html",
    "plain": "text/plain",
    "multipart": "multipart/mixed",
    "": "",
}


@dataclass(slots=True)
class Part:
    """One node: its headers, what they declare, and either its children or its bytes."""

    headers: Headers
    content_type: str
    parameters: Parameters
    disposition: Parameters
    raw: bytes
    children: list["Part"] = field(default_factory=list)

    def content(self) -> bytes:
        """The decoded bytes of a leaf."""
        return decoded(self.raw, encoding_of(self.headers.first("content-transfer-encoding")))

    def named(self, header: str, key: str, charset: str | None) -> str:
        """A parameter of one of its headers, raw 8-bit bytes read in the mail's own charset."""
        return read_parameters(self.headers.first(header), charset).get(key)

    @property
    def is_multipart(self) -> bool:
        """Whether it holds parts; a container without any is a leaf."""
        return bool(self.children)

    @property
    def content_id(self) -> str | None:
        """The Content-ID without brackets."""
        text = header_text(self.headers.first("content-id")).strip("<> ")
        return text or None

    @property
    def charset(self) -> str:
        """The charset the part declares, empty where it declares none."""
        return self.parameters.get("charset")


@dataclass(slots=True)
class _Reading:
    data: bytes
    parts_left: int = _MOST_PARTS


def read_tree(data: bytes) -> Part:
    """The tree of a whole message; never raises, depth and number of parts are bounded."""
    return _read_part(_Reading(data), 0, len(data), "text/plain", _DEEPEST)


def _read_part(reading: _Reading, start: int, end: int, default_type: str, depth: int) -> Part:
    headers, body = read_headers(reading.data, start, end)
    parameters = read_parameters(headers.first("content-type"))
    part = Part(
        headers,
        _content_type(parameters.value, default_type),
        parameters,
        read_parameters(headers.first("content-disposition")),
        b"",
    )
    if not _TYPE.match(parameters.value) and parameters.value not in _SHORT_TYPES and _is_named(part):
        part.content_type = "application/octet-stream"
    if part.content_type.startswith("multipart/") and depth > 0:
        _read_children(reading, part, body, end, depth)
    if not part.children:
        part.raw = reading.data[body:end]
        _settle_childless(part)
    return part


def _content_type(declared: str, default_type: str) -> str:
    declared = _SHORT_TYPES.get(declared, declared)
    return declared if _TYPE.match(declared) else default_type if not declared else "text/plain"


def _is_named(part: Part) -> bool:
    return bool(part.disposition.get("filename").strip() or part.parameters.get("name").strip())


def _settle_childless(part: Part) -> None:
    """A container in which no part is found is text to be read, unless it says that it is a file."""
    if part.content_type.startswith("multipart/"):
        is_file = part.disposition.value == "attachment" or part.disposition.get("filename")
        part.content_type = "application/octet-stream" if is_file else "text/plain"


def _read_children(reading: _Reading, part: Part, start: int, end: int, depth: int) -> None:
    default_type = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
    for child_start, child_end in _extents(reading, part, start, end):
        if reading.parts_left <= 0:
            return
        reading.parts_left -= 1
        part.children.append(_read_part(reading, child_start, child_end, default_type, depth - 1))


def _extents(reading: _Reading, part: Part, start: int, end: int) -> list[tuple[int, int]]:
    boundary = part.parameters.get("boundary")
    found = _split(reading, boundary, start, end) if boundary.strip() else []
    if not found and boundary != boundary.strip(" '\"<>"):
        found = _split(reading, boundary.strip(" '\"<>"), start, end)
    if not found:
        guessed = _ANY_DELIMITER.search(reading.data, start, end)
        found = _split_bytes(reading, guessed[1], start, end) if guessed else []
    return found


def _split(reading: _Reading, boundary: str, start: int, end: int) -> list[tuple[int, int]]:
    for encoding in ("latin-1", "utf-8"):
        try:
            found = _split_bytes(reading, boundary.encode(encoding), start, end)
        except UnicodeEncodeError:
            continue
        if found:
            return found
    return []


def _split_bytes(reading: _Reading, boundary: bytes, start: int, end: int) -> list[tuple[int, int]]:
    """Extents of the parts between delimiter lines (RFC 2046 section 5.1.1); the last one may lack its end."""
    extents: list[tuple[int, int]] = []
    opened: int | None = None
    preamble_end: int | None = None
    for line_start, line_end, closes in _delimiters(reading.data, boundary, start, end):
        before = _before_line_break(reading.data, line_start, opened if opened is not None else start)
        if opened is not None:
            extents.append((opened, before))
        elif preamble_end is None:
            preamble_end = before
        opened = None if closes else line_end
        if len(extents) > reading.parts_left:
            return extents
    if opened is not None and (opened < end or not extents):
        extents.append((opened, _before_glued_close(reading.data, boundary, opened, end)))
    if preamble_end is not None and _LOOKS_LIKE_PART.match(reading.data, start, preamble_end):
        extents.insert(0, (start, preamble_end))
    return extents


def _delimiters(data: bytes, boundary: bytes, start: int, end: int) -> list[tuple[int, int, bool]]:
    """Start, end and whether it closes, of each delimiter line of this boundary."""
    found: list[tuple[int, int, bool]] = []
    needle = b"--" + boundary
    position = data.find(needle, start, end)
    while position >= 0 and len(found) <= 2 * _MOST_PARTS:
        after = position + len(needle)
        if position == start or data[position - 1] in b"\r\n":
            line_end = data.find(b"\n", after, end)
            line_end = end if line_end < 0 else line_end + 1
            tail = data[after : min(line_end, after + 1_000)].strip()
            if not tail or _CLOSES.match(tail):
                found.append((position, line_end, bool(tail)))
                after = line_end
        position = data.find(needle, after, end)
    return found


def _before_glued_close(data: bytes, boundary: bytes, start: int, end: int) -> int:
    """The offset of the closing delimiter where a last line without a line break runs into it, else the end."""
    closing = b"--" + boundary + b"--"
    found = data.rfind(closing, start, end)
    return end if found < 0 or data[found + len(closing) : end].strip() else found


def _before_line_break(data: bytes, position: int, floor: int) -> int:
    """The offset without the line break that belongs to the delimiter."""
    if position > floor and data[position - 1] == 0x0A:
        position -= 1
        while position > floor and data[position - 1] == 0x0D:
            position -= 1
    return max(position, floor)
