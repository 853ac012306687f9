"""Header bytes to text: RFC 2047 words, also the damaged ones, and raw 8-bit bytes."""

import binascii
import re
from dataclasses import dataclass, replace
from itertools import groupby

from ticketapp.mail.charsets import codec_for, decode
from ticketapp.mail.storable import one_line

# The text may hold stray question marks, none that opens or closes a word: no search runs past the next word.
ENCODED_WORD_SHAPE = r"=\?[^?\s]{1,80}\?[bBqQ]\?[^?]*+(?:(?<!=)\?(?!=)[^?]*+){0,4}\?="
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,80})\?([bBqQ])\?([^?]*+(?:(?<!=)\?(?!=)[^?]*+){0,4})\?=")
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")
_UNREADABLE = "\ufffd"
_RAW_HIGH = re.compile("[\x80-\xff]")


@dataclass(slots=True)
class _Word:
    charset: str
    encoding: str
    text: str


def header_text(value: bytes, charset: str | None = None) -> str:
    """A header value as one line of storable text: words decoded, raw bytes read as UTF-8, `charset` or cp1252."""
    return one_line(decode_words(raw_text(value, charset)))


def raw_text(value: bytes, charset: str | None = None) -> str:
    """Header bytes as text without decoding any encoded word: UTF-8, else `charset`, else what they look like."""
    if value.isascii():
        return value.decode("ascii") if b"\x1b$" not in value else decode(value, "iso-2022-jp")
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        known = codec_for(charset)
        return decode(value, charset if known and known not in ("utf-8", "western") else None)


def decode_words(text: str) -> str:
    """The text with its RFC 2047 words decoded; blanks between two are dropped, a split character is joined."""
    if "=?" not in text:
        return text
    pieces: list[str] = []
    words: list[_Word] = []
    position = 0
    for found in _ENCODED_WORD.finditer(text):
        between = text[position : found.start()]
        if between.strip() or not words:
            pieces += (_decode_run(words), between)
            words = []
        words.append(_Word(found[1].split("*")[0].lower(), found[2].lower(), found[3]))
        position = found.end()
    return "".join((*pieces, _decode_run(words), text[position:]))


def _decode_run(words: list[_Word]) -> str:
    """Neighbouring words, joined where their base64 looks cut, unless that only spoils words without padding."""
    text = _text_of(_join_cut_base64(words))
    if _UNREADABLE not in text:
        return text
    apart = _text_of(words)
    return text if _UNREADABLE in apart else apart


def _text_of(words: list[_Word]) -> str:
    """The words as text; those of one charset are joined as bytes first, as mailers split characters."""
    runs = groupby(words, key=lambda word: word.charset)
    return "".join(decode(b"".join(map(_payload, run)), charset) for charset, run in runs)


def _join_cut_base64(words: list[_Word]) -> list[_Word]:
    groups: list[list[_Word]] = []
    past = 0
    for word in words:
        if past and (word.encoding, word.charset) == (groups[-1][0].encoding, groups[-1][0].charset):
            groups[-1].append(word)
        else:
            groups.append([word])
            past = 0
        past = _characters_past(word, past)
    return [replace(group[0], text="".join(word.text for word in group)) for group in groups]


def _characters_past(word: _Word, past: int) -> int:
    """How many characters of a cut group of four end the word; none where a last byte only lacks its padding."""
    if word.encoding != "b" or word.text.endswith("="):
        return 0
    plain = _NOT_BASE64.sub("", word.text)
    past = (past + len(plain)) % 4
    return 0 if past == 2 and plain.endswith(("A", "Q", "g", "w")) else past


def _payload(word: _Word) -> bytes:
    if word.encoding == "b":
        plain = _NOT_BASE64.sub("", word.text)
        plain = plain[:-1] if len(plain) % 4 == 1 else plain
        return binascii.a2b_base64(plain + "=" * (-len(plain) % 4))
    return binascii.a2b_qp(word.text.encode("utf-8", "surrogatepass").replace(b"_", b" "), header=False)
