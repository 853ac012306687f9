"""Header values with parameters: `type; name=value` by RFC 2045, 2231 and as mailers really write it."""

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from ticketapp.mail.charsets import decode
from ticketapp.mail.encoded_words import decode_words, raw_text
from ticketapp.mail.storable import storable

_LONGEST = 100_000
_MOST_PARAMETERS = 2_000
_VALUE = re.compile(rb"[^;\s]*")
# A media type by itself: blanks and a comment may stand around its slash, a comma or a comment behind it.
_MEDIA_TYPE = re.compile(rb"[\"']?([\w!#$&^.+-]{1,100})\s*+/\s*+([\w!#$&^.+-]{1,120})")
_PARAMETER = re.compile(rb"(?>(?:[\s;]|\([^()]{0,200}\))*)([^\s;=\"]{1,80})\s*+=\s*+")
_QUOTED = re.compile(rb'"((?>(?:[^"\\]++|\\.)*))"', re.S)
_ESCAPED = re.compile(rb'\\(["\\])')
_SECTION = re.compile(r"(.+?)(?:\*(\d{1,4}))?(\*)?$")
_LANGUAGE_TAGGED = re.compile(r"([\w.-]{2,40})'[\w-]{0,20}'(.*%[0-9A-Fa-f]{2}.*)$", re.S)
_NEXT_PARAMETER = re.compile(rb"\s+[A-Za-z][\w-]{1,30}\*?\d{0,3}\*?=")
_FREE_TEXT = frozenset({"name", "filename"})


@dataclass(frozen=True, slots=True)
class Parameters:
    """The leading value of such a header in lower case, and its parameters decoded, by lower-case name."""

    value: str
    named: dict[str, str]

    def get(self, name: str) -> str:
        """The parameter's text, empty where it is missing."""
        return self.named.get(name, "")


@dataclass(slots=True)
class _Sections:
    plain: bytes | None
    numbered: dict[int, tuple[bytes, bool]]


def read_parameters(header: bytes, charset: str | None = None) -> Parameters:
    """Value and parameters of a header; RFC 2231 forms win over plain ones, `charset` reads raw 8-bit bytes."""
    header = header[:_LONGEST]
    value = _leading_value(header.lstrip())
    if "=" in value and "/" not in value:
        value, rest = "", header
    else:
        rest = header[header.find(b";") :] if b";" in header else header[len(value) :]
    sections = _gather(rest)
    return Parameters(storable(value), {name: _assemble(name, found, charset) for name, found in sections.items()})


def _leading_value(header: bytes) -> str:
    media = _MEDIA_TYPE.match(header)
    if media:
        return b"/".join(media.groups()).decode("ascii").lower()
    found = _VALUE.match(header)
    return found[0].decode("latin-1").lower().strip("\"'") if found else ""


def _gather(rest: bytes) -> dict[str, _Sections]:
    found: dict[str, _Sections] = {}
    position = 0
    for _ in range(_MOST_PARAMETERS):
        named = _PARAMETER.match(rest, position)
        if named:
            name = named[1].decode("latin-1").lower()
            value, position = _read_value(rest, named.end(), name)
            _file_section(found, name, value)
        else:
            position = rest.find(b";", position + 1)
            if position < 0:
                break
    return found


def _read_value(rest: bytes, position: int, name: str) -> tuple[bytes, int]:
    quoted = _QUOTED.match(rest, position)
    if quoted:
        return _ESCAPED.sub(rb"\1", quoted[1]), quoted.end()
    if rest[position : position + 1] == b'"':
        position += 1
    end = rest.find(b";", position)
    value = rest[position : end if end >= 0 else len(rest)]
    if name.split("*")[0] in _FREE_TEXT:
        following = _NEXT_PARAMETER.search(value)
        stop = following.start() if following else len(value)
    else:
        stop = len(value.split(None, 1)[0]) if value.split(None, 1) else 0
    return _without(b"'", value[:stop].strip()), position + stop


def _without(mark: bytes, value: bytes) -> bytes:
    """A value that was put between marks of a kind, as some mailers quote."""
    return value[1:-1] if len(value) > 2 and value[:1] == value[-1:] == mark else value


def _file_section(found: dict[str, _Sections], name: str, value: bytes) -> None:
    section = _SECTION.match(name)
    if not section:
        return
    sections = found.setdefault(section[1], _Sections(None, {}))
    if section[2] is None and section[3] is None:
        sections.plain = value if sections.plain is None else sections.plain
    else:
        sections.numbered.setdefault(int(section[2] or 0), (value, section[3] is not None))


def _assemble(name: str, sections: _Sections, charset: str | None) -> str:
    if sections.numbered:
        return storable(_continued(sections.numbered, charset))
    return storable(_plain(sections.plain or b"", name, charset))


def _continued(numbered: dict[int, tuple[bytes, bool]], charset: str | None) -> str:
    """Sections in the order of their numbers (RFC 2231 sections 3 and 4)."""
    ordered = [numbered[number] for number in sorted(numbered)]
    declared = ""
    if ordered[0][1]:
        pieces = ordered[0][0].split(b"'", 2)
        if len(pieces) == 3:
            declared = pieces[0].decode("latin-1")
            ordered[0] = (pieces[2], True)
    joined = b"".join(unquote_to_bytes(value) if extended else value for value, extended in ordered)
    joined = _without(b'"', joined)  # some quote behind the charset
    return decode(joined, declared) if declared else decode_words(raw_text(joined, charset))


def _plain(value: bytes, name: str, charset: str | None) -> str:
    text = decode_words(raw_text(value, charset))
    tagged = _LANGUAGE_TAGGED.match(text) if name in _FREE_TEXT else None
    if tagged and text.isascii():
        return decode(unquote_to_bytes(tagged[2]), tagged[1])
    return text
