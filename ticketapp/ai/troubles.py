"""What tells, near a severity word that seems harmless, that something happens: *no outage? We are down*.

Pure, of folded text. The phrases are in ``words/troubles.txt``, a blank within one written ``_``.
"""

import re
from functools import cache, partial

from ticketapp.ai.phrases import any_of

SEEN = 200  # so much before and behind the word may tell
_any_of = partial(any_of, "troubles.txt")
_NOT_SEEN = 30  # so much before what tells may deny it
_ENDS = re.compile(r"[.!?](?=\s)|\u3002|\n[ \t]*\n")
_END = re.compile(r"(?:[^.!?\n\u3002]|[.!?](?!\s|\Z)|\n(?![ \t]*\n))*[.!?\u3002]?")


def tells_of_trouble(text: str, start: int, end: int) -> bool:
    """Whether something near the word between these places, and not within it, tells of something that happens."""
    if _phrase("Right behind").match(text, end + 1):
        return True
    word, near = (start, end), (max(0, start - SEEN), end + SEEN)
    return _tells("Trouble", text, word, near) or _tells(
        "In the sentence", text, word, _sentence_at(text, start, end)
    )


def _sentence_at(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence around these places begins and ends, as far as it is seen."""
    begins = max(0, start - SEEN)
    for mark in _ENDS.finditer(text, begins, start):
        begins = mark.end()
    behind = _END.match(text, end, end + SEEN)
    return begins, behind.end() if behind else end


def _tells(heading: str, text: str, word: tuple[int, int], seen: tuple[int, int]) -> bool:
    """Whether a phrase stands in what is seen, beside the word, and is not denied itself."""
    before = ((hit.start(), 0) for hit in _phrase(heading).finditer(text, seen[0], word[0]))
    behind = ((hit.start(), word[1]) for hit in _phrase(heading).finditer(text, word[1], seen[1]))
    return any(not _not().search(text, max(since, at - _NOT_SEEN), at) for at, since in (*before, *behind))


@cache
def _not() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_any_of('Not')})(?:[ \n]{{1,2}}[\w'-]{{1,20}}){{0,2}}[ \n]{{1,2}}\Z")


@cache
def _phrase(heading: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_any_of(heading)})(?!\w)")
