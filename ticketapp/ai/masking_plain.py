"""A copy of a text in which blanks, digits and signs of other scripts and widths are those of ASCII. Pure, linear.

What is masked is looked for in such a copy, so that no pattern has to know every way to write a blank: French text
has one that does not break before a colon.
"""

import re
from collections.abc import Sequence

# Each by one character, so that places stay the same.
_BLANKS = dict.fromkeys(
    (0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000, 0x2800, 0x115F, 0x1160, 0x3164, 0xFFA0), " "
)
_LINE_ENDS = dict.fromkeys((0x0B, 0x0C, 0x85, 0x2028, 0x2029), "\n")
_WIDE = {0xFEE0 + place: chr(place) for place in range(0x21, 0x7F)}
_DIGITS = {zero + digit: str(digit) for zero in (0x660, 0x6F0, 0x966) for digit in range(10)}
_SIGNS = {
    **dict.fromkeys((0x2236, 0x02F8, 0xA789, 0xFE13, 0xFE55), ":"),
    **dict.fromkeys((0x2010, 0x2011, 0xFE63), "-"),
    0xFE66: "=",
    0xFE6B: "@",
}
_PLAIN = {**_WIDE, **_BLANKS, **_LINE_ENDS, **_DIGITS, **_SIGNS}
# Those of them that prompting leaves, joiners and variations, are part of letters and pictures.
_UNSEEN = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]")
_DASHES = dict.fromkeys((*range(0x2012, 0x2016), 0x2212, 0x2043, 0xFE58), "-")
_DOTS = dict.fromkeys((0xB7, 0x2022, 0x2027, 0x2219, 0x22C5, 0x30FB), ".")
_AMONG_DIGITS = {ord("\t"): " ", ord("\r"): " ", **_DASHES, **_DOTS}


def plain(text: str) -> tuple[str, Sequence[int]]:
    """What can be seen of ``text``, blanks, digits and signs as ASCII has them, and the place in ``text`` of each
    of its characters and of its end."""
    if text.isascii():
        return text, range(len(text) + 1)
    unseen = {match.start() for match in _UNSEEN.finditer(text)}
    places = [at for at in range(len(text) + 1) if at not in unseen]
    return _UNSEEN.sub("", text).translate(_PLAIN), places


def plain_digits(text: str) -> str:
    """Of a plain text, what may part the groups of a number as ASCII has it; as long as it was."""
    return text.translate(_AMONG_DIGITS)
