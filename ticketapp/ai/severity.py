"""Words that say by themselves how grave a ticket at least is: the list, how it is written, and finding one. Pure.

The floor is no model: it knows no negation and no context, and therefore only ever raises.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from ticketapp.ai.suggestion import PRIORITIES

MAX_WORDS = 1000
MAX_WORD_CHARACTERS = 80
# Scripts that are written without blanks between words: there a word is found inside others.
_JOINED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_WORD = re.compile(r"\w+")
# What may stand between the words of a phrase.
_BETWEEN = re.compile(r"[ \t\n\r\u00a0'\u2019-]{1,4}")


@dataclass(frozen=True, slots=True)
class SeverityWord:
    """A word or phrase as it was written, and the priority that a ticket with it has at least."""

    word: str
    priority: str


class SeverityWordsError(ValueError):
    """A list of severity words that cannot be used; the text says which line and why."""


@cache
def shipped_severity_words() -> str:
    """The list that counts until an admin writes another."""
    return (files(__package__) / "words" / "severity.txt").read_text(encoding="utf-8")


@lru_cache(maxsize=8)
def read_severity_words(text: str) -> tuple[SeverityWord, ...]:
    """The words of a list: sections like ``[English]``, lines like ``high: outage, system is down``, ``#`` remarks.

    Raises ``SeverityWordsError`` naming the first line that is none of these, a priority that does not exist or
    raises nothing, a word without letters or over 80 characters, or more than 1,000 words.
    """
    found = [word for number, line in enumerate(text.splitlines(), 1) for word in _words(number, line.strip())]
    if len(found) > MAX_WORDS:
        raise SeverityWordsError(f"At most {MAX_WORDS:,} words; these are {len(found):,}.")
    return tuple(found)


def floor_of(text: str, words: tuple[SeverityWord, ...]) -> SeverityWord | None:
    """The gravest of ``words`` that stands in ``text``, of equals the first in the list; None where there is none.

    Upper and lower case, width and compatibility forms are one (NFKC, casefold); words count whole, also across a
    line's end or a hyphen inside a phrase. The work is linear in the length of ``text``.
    """
    folded = _folded(text)
    index = _index(words)
    found = {place for phrase, place in index.joined if phrase in folded}
    found.update(_places(folded, index))
    ranked = sorted(found, key=lambda place: (-PRIORITIES.index(words[place].priority), place))
    return words[ranked[0]] if ranked else None


@dataclass(frozen=True, slots=True)
class _Index:
    """The words made ready: those inside others, and the rest by the first word of the phrase."""

    joined: tuple[tuple[str, int], ...]
    by_first: dict[str, list[tuple[tuple[str, ...], int]]]


@lru_cache(maxsize=8)
def _index(words: tuple[SeverityWord, ...]) -> _Index:
    joined: list[tuple[str, int]] = []
    by_first: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    for place, each in enumerate(words):
        phrase = _folded(each.word)
        if _JOINED.search(phrase):
            joined.append((phrase, place))
        else:
            parts = tuple(_WORD.findall(phrase))
            by_first.setdefault(parts[0], []).append((parts, place))
    return _Index(tuple(joined), by_first)


def _places(folded: str, index: _Index) -> Iterator[int]:
    for match in _WORD.finditer(folded):
        for parts, place in index.by_first.get(match[0], ()):
            if _goes_on(folded, match.end(), parts[1:]):
                yield place


def _goes_on(folded: str, at: int, parts: tuple[str, ...]) -> bool:
    """Whether the further words of a phrase follow at this place, with no more between than blanks or a hyphen."""
    for part in parts:
        between = _BETWEEN.match(folded, at)
        word = _WORD.match(folded, between.end()) if between else None
        if word is None or word[0] != part:
            return False
        at = word.end()
    return True


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _words(number: int, line: str) -> Iterator[SeverityWord]:
    if not line or line.startswith("#") or (line.startswith("[") and line.endswith("]")):
        return
    priority, colon, listed = line.partition(":")
    priority = priority.strip().lower()
    if not colon:
        raise SeverityWordsError(f"Line {number} is neither [language] nor like high: outage, breach.")
    if priority not in PRIORITIES[1:]:
        raise SeverityWordsError(
            f"Line {number} begins with {priority[:40]!r}; a floor is {', '.join(PRIORITIES[1:])}."
        )
    for word in filter(None, map(str.strip, listed.split(","))):
        if len(word) > MAX_WORD_CHARACTERS or not _WORD.search(_folded(word)):
            raise SeverityWordsError(
                f"Line {number}: {word[:40]!r} is no word of 1 to {MAX_WORD_CHARACTERS} characters."
            )
        yield SeverityWord(word, priority)
