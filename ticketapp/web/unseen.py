"""Characters that cannot be seen, or move what is seen, kept from lying on a page. Pure, no Flask."""

import re

from markupsafe import Markup, escape

# Controls, and marks that turn the writing round: with them "exe.jpg" may be "gpj.exe".
_MOVING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_MOVING_PROSE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e]")
# Marks without width. The joiners of emoji and of Persian and Indian writing are none of them.
_UNSEEN = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def only_seen(value: object) -> object:
    """A text as a page may write it: the replacement sign for what moves other characters, nothing for what cannot be
    seen. Anything else is given back, markup too: what made it has done this before.

    The template environment does it to every value that a template writes, so that no page can forget it.
    """
    if type(value) is not str or value.isprintable():
        return value
    return _UNSEEN.sub("", _MOVING.sub("\ufffd", value))


def prose(text: str) -> Markup:
    """A text of many lines, with the marks that right-to-left writing needs, but without overrides and controls."""
    return escape(_MOVING_PROSE.sub("\ufffd", text))


def as_typed(text: object) -> Markup:
    """A text to be sent back as it is: what a form or a filter holds."""
    return escape(text)
