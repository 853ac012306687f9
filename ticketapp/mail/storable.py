"""Strings every database accepts: no NUL, no lone surrogate, one kind of line end."""

import re

_SURROGATES = re.compile("[\ud800-\udfff]")
_BREAKS = "\x00-\x1f\x7f\x85\u2028\u2029"
# A run of blanks that holds a control character or line end; every run is entered once.
_BROKEN = re.compile(f"(?<! ) *+[{_BREAKS}][ {_BREAKS}]*+")
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_UNSEEN = re.compile(f"[\x00-\x1f\x7f-\x9f{_BIDI}\ufeff]")


def storable(text: str) -> str:
    """The same text with NUL dropped and lone surrogates replaced by U+FFFD: valid UTF-8 that PostgreSQL takes."""
    if text.isascii():
        return text.replace("\x00", "")
    return _SURROGATES.sub("\ufffd", text.replace("\x00", ""))


def one_line(text: str) -> str:
    """Storable text on a single line: line ends and control characters, with the blanks around, become one space."""
    return storable(_BROKEN.sub(" ", text)).strip()


def unix_lines(text: str) -> str:
    """Storable text whose lines end in a line feed only, without byte order marks at its start."""
    if "\r" in text:
        text = text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
    return storable(text).lstrip("\ufeff")


def without_unseen(text: str) -> str:
    """The text without control and bidirectional characters, which make a name lie about itself."""
    return _UNSEEN.sub("", text)
