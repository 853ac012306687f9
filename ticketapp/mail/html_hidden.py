"""Which elements a browser does not show, or shows so that nobody can read them: preheaders, tracking words."""

import re
from functools import lru_cache

from ticketapp.mail.html_tokens import Tag

SHOWN, HIDDEN, TINY, WHITISH = "", "hidden", "tiny", "whitish"
_HINTS = re.compile(r"none|hid|opacity|font|color|white", re.I)
_END = r"\s*(?:!|;|[\"']|$)"
_HIDDEN = re.compile(
    rf"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|(?<![\w-])opacity\s*:\s*0*\.?0*{_END}", re.I
)
_FLAT = re.compile(rf"(?:max-)?height\s*:\s*0(?:px|pt|em)?{_END}", re.I)
_TINY = re.compile(rf"font-size\s*:\s*(?:0+(?:\.\d+)?(?:px|pt|%)?|0(?:\.0\d*)?r?em|1(?:\.\d+)?(?:px|pt)){_END}", re.I)
_SIZED = re.compile(r"font-size\s*:|(?<![\w-])font\s*:|\bsize\s*=", re.I)
_NEARLY_WHITE = re.compile(
    r"(?<![\w-])color\s*[:=]\s*[\"']?\s*(?:#(?:f[a-f0-9]?)(?:f[a-f0-9]?){2}\b|white\b|rgba?\(\s*25\d\s*,\s*25\d\s*,\s*25\d)",
    re.I,
)
_LONGEST_KEPT = 400


def how_shown(tag: Tag) -> str:
    """What a start tag's own attributes make of its content.

    `HIDDEN`; `TINY` unless letters grow again inside; `WHITISH`, which can be read on a ground only; else `SHOWN`.
    """
    source = tag.source
    if not source or not _HINTS.search(source):
        return SHOWN
    shown = _judged(source) if len(source) <= _LONGEST_KEPT else _judgement(source)
    if not shown and "hidden" in source.lower() and "hidden" in tag.attributes():
        return HIDDEN
    return shown


def has_ground(document: str) -> bool:
    """Whether anything in the document sets a ground on which white letters may be meant to be read."""
    lowered = document.lower()
    return "background" in lowered or "bgcolor" in lowered


def is_resized(tag: Tag) -> bool:
    """Whether a start tag gives its content a letter size of its own that can be read."""
    return bool(_SIZED.search(tag.source)) and not _TINY.search(tag.source)


def _judgement(source: str) -> str:
    is_cut_off = "overflow" in source.lower() and bool(_FLAT.search(source))
    if is_cut_off or _HIDDEN.search(source):
        return HIDDEN
    if _TINY.search(source):
        return TINY
    return WHITISH if _NEARLY_WHITE.search(source) else SHOWN


@lru_cache(maxsize=2_048)
def _judged(source: str) -> str:
    """The same attributes come again and again in one mail and in the next."""
    return _judgement(source)
