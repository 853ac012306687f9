"""The phrases of word lists, sought in folded text. Pure."""

import re
from functools import cache

from ticketapp.ai.folding import folded
from ticketapp.ai.languages import sections


@cache
def any_of(file: str, heading: str, *, blank: str = r"[ \n]{1,2}") -> str:
    """What matches any phrase of a section of ``words/file``, to be put in a group; a blank, which is written ``_``
    there, is what ``blank`` matches. Raises ``KeyError`` where there is no such section."""
    phrases = sorted(re.escape(folded(phrase)) for phrase in sections(file)[heading])
    return "|".join(phrase.replace("_", blank) for phrase in phrases)
