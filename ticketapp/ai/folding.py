"""The form in which severity words and texts are compared: case, width, dashes and unseen marks do not matter."""

import re
import unicodedata

# Scripts that are written without blanks between words.
JOINED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_UNSEEN = dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
_PLAIN = {**_UNSEEN, **dict.fromkeys((*range(0x2010, 0x2016), 0x2212), "-")}


def folded(text: str) -> str:
    """``plain`` text, in which upper and lower case are one and an apostrophe is straight."""
    return unicodedata.normalize("NFKC", plain(text).casefold()).replace("\u2019", "'")


def plain(text: str) -> str:
    """The text in compatible forms (NFKC), each dash a hyphen, without what is not seen."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).translate(_PLAIN))
