"""Bytes to header fields: where the header block ends and which lines belong together, however damaged."""

import re
from dataclasses import dataclass, field
from itertools import islice

_MOST_LINES = 50_000
_MOST_INNER_FIELDS = 1_000
_LOOK_AHEAD_LINES = 20
_LONGEST_VALUE = 2_000_000
_LONGEST_TYPE = 2_000
_LONGEST_DELIMITER = 200
_LOOK_BACK_FIELDS = 60
_NAME = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_INDENTED = re.compile(rb"[ \t]+([!-9;-~]{1,200})[ \t]*:")
_FOLD = re.compile(rb"[ \t]*[\r\n]+[ \t]*")
_INNER_FIELD = re.compile(rb"\r+(?=([A-Za-z][A-Za-z-]{1,60}):)")
_MBOX_LINE = re.compile(rb">?From (?![ \t]*:)[^\n]*\n")
_CONTINUES = re.compile(
    rb"\s*(?:=\?|<|(?:boundary|charset|name|filename|type|format|delsp|micalg|protocol)\*?\d*\*?=)", re.I
)
_KNOWN = re.compile(
    rb"(?:from|to|cc|bcc|subject|date|sender|reply-to|return-path|received|message-id|in-reply-to|references|mime-version"
    rb"|content-[a-z-]{2,40}|x-[!-9;-~]{1,80}|list-[a-z-]{2,20}|delivered-to|envelope-to|errors-to|organi[sz]ation|precedence"
    rb"|auto-submitted|user-agent|importance|priority|sensitivity|thread-(?:index|topic)|resent-[a-z-]{2,20}|dkim-signature"
    rb"|arc-[a-z-]{2,40}|authentication-results|received-spf|domainkey-signature|comments|keywords|status|mailing-list"
    rb"|feedback-id|autocrypt|disposition-notification-to|return-receipt-to|newsgroups|path|lines|xref|approved|followup-to)"
    rb"[ \t]*:",
    re.I,
)


@dataclass(slots=True)
class Headers:
    """Header fields by lower-case name, each value unfolded and otherwise as it came."""

    _values: dict[str, list[bytes]] = field(default_factory=dict)

    def add(self, name: bytes, value: bytes) -> None:
        """Append one field; line ends and the blanks around them in its value become one space."""
        unfolded = _FOLD.sub(b" ", value[:_LONGEST_VALUE].strip())
        self._values.setdefault(name.decode("latin-1").lower(), []).append(unfolded.replace(b"\x00", b""))

    def all(self, name: str) -> list[bytes]:
        """Every value of the fields called `name` (lower case), in order, equal ones once."""
        return list(dict.fromkeys(self._values.get(name, ())))

    def first(self, name: str) -> bytes:
        """The first value of `name` that is not blank, else empty bytes."""
        return next((value for value in self._values.get(name, ()) if value), b"")

    def has(self, name: str) -> bool:
        """Whether a field of that name is there, blank or not."""
        return name in self._values

    def names(self) -> tuple[str, ...]:
        """The lower-case names in order of first appearance."""
        return tuple(self._values)


@dataclass(slots=True)
class _Block:
    data: bytes
    position: int
    end: int
    fields: list[tuple[bytes, int, int]] = field(default_factory=list)

    def line_end(self, position: int) -> int:
        found = self.data.find(b"\n", position, self.end)
        return self.end if found < 0 else found + 1


def read_headers(data: bytes, start: int, end: int) -> tuple[Headers, int]:
    """The header fields from `start` on, and the offset of the body (RFC 5322 section 2.1, read tolerantly)."""
    block = _Block(data, start if start else _skip_leading(data, end), end)
    body = _gather(block, start)
    headers = Headers()
    for name, value_start, value_end in block.fields:
        _add_field(headers, name, data[value_start:value_end])
    return headers, body


def _skip_leading(data: bytes, end: int) -> int:
    """Past the mbox separator line of a message, and past blank lines that stand before known fields."""
    position = 0
    while position < end and data[position] in b"\r\n":
        position += 1
    if position and not (_KNOWN.match(data, position, end) or _MBOX_LINE.match(data, position, end)):
        return 0
    separator = _MBOX_LINE.match(data, position, end)
    return separator.end() if separator else position


def _gather(block: _Block, start: int) -> int:
    """Collect the fields' extents; the offset of the body."""
    for _ in range(_MOST_LINES):
        if block.position >= block.end:
            return block.end
        line_end = block.line_end(block.position)
        if not _take_line(block, line_end):
            return _body_offset(block, line_end, start)
        block.position = line_end
    return block.position


def _take_line(block: _Block, line_end: int) -> bool:
    """Whether the line at the position belongs to the header block; it is recorded if so."""
    if block.data[block.position] in b" \t":
        return _take_continuation(block, line_end)
    named = _NAME.match(block.data, block.position, line_end)
    if named:
        block.fields.append((named[1], named.end(), line_end))
        return True
    return not _is_blank(block, block.position, line_end) and _take_junk(block, line_end)


def _take_continuation(block: _Block, line_end: int) -> bool:
    if _is_blank(block, block.position, line_end):
        return bool(block.fields) and (_is_header_at(block, line_end) or _is_folded_on(block, line_end))
    if block.fields:
        _extend_last(block, line_end)
        return True
    return _take_indented(block, line_end) or _headers_follow(block, line_end)


def _take_indented(block: _Block, line_end: int) -> bool:
    """Whether a first line that goes on with nothing is a known field behind blanks; it is recorded if so."""
    named = _INDENTED.match(block.data, block.position, line_end)
    if not named or not _KNOWN.match(block.data, named.start(1), line_end):
        return False
    block.fields.append((named[1], named.end(), line_end))
    return True


def _take_junk(block: _Block, line_end: int) -> bool:
    """A line that is neither field nor continuation: passed over, or joined to the field it was broken off."""
    if _is_own_delimiter(block, line_end):
        return False
    if not _headers_follow(block, line_end):
        return False
    if block.fields and _was_broken_off(block, line_end):
        _extend_last(block, line_end)
    return True


def _is_own_delimiter(block: _Block, line_end: int) -> bool:
    """Whether the parts begin here without a blank line: `--` and a boundary that one of these fields declares."""
    line = block.data[block.position : line_end].strip()
    if not 2 < len(line) <= _LONGEST_DELIMITER or not line.startswith(b"--"):
        return False
    return any(
        name.lower() == b"content-type" and line[2:] in block.data[start : min(end, start + _LONGEST_TYPE)]
        for name, start, end in block.fields[-_LOOK_BACK_FIELDS:]
    )


def _was_broken_off(block: _Block, line_end: int) -> bool:
    _, value_start, value_end = block.fields[-1]
    value = block.data[value_start:value_end].rstrip()
    return value_end == block.position and (
        value.endswith((b";", b",")) or not value or bool(_CONTINUES.match(block.data, block.position, line_end))
    )


def _extend_last(block: _Block, line_end: int) -> None:
    name, value_start, _ = block.fields[-1]
    block.fields[-1] = (name, value_start, line_end)


def _is_blank(block: _Block, start: int, end: int) -> bool:
    return not block.data[start:end].strip()


def _is_folded_on(block: _Block, position: int) -> bool:
    """Whether a field goes on here below a line of mere blanks (RFC 5322 section 4.2), and is followed by another."""
    return block.data[position : position + 1] in (b" ", b"\t") and _headers_follow(block, position)


def _is_header_at(block: _Block, position: int) -> bool:
    return bool(_KNOWN.match(block.data, position, block.end))


def _headers_follow(block: _Block, position: int) -> bool:
    """Whether a known field comes within the next lines, before any blank one."""
    for _ in range(_LOOK_AHEAD_LINES):
        if position >= block.end:
            return False
        if _is_header_at(block, position):
            return True
        line_end = block.line_end(position)
        if _is_blank(block, position, line_end):
            return False
        position = line_end
    return False


def _body_offset(block: _Block, line_end: int, start: int) -> int:
    if not block.fields and not _is_blank(block, block.position, line_end):
        return start
    return line_end if _is_blank(block, block.position, line_end) else block.position


def _add_field(headers: Headers, name: bytes, value: bytes) -> None:
    """Record a field; one that hides behind a bare carriage return is a field of its own if mail knows its name."""
    start = 0
    if b"\r" in value.rstrip(b"\r\n"):
        for found in islice(_INNER_FIELD.finditer(value), _MOST_INNER_FIELDS):
            if _KNOWN.match(value, found.end()):
                headers.add(name, value[start : found.start()])
                name, start = found[1], found.end(1) + 1
    headers.add(name, value[start:])
