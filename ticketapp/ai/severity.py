"""Words that say by themselves how grave a ticket at least is: the list, how it is written, and finding one. Pure.

The floor is no model: of context it knows the language around a word, and where that is denied, only asked about, or
in a disclaimer or footer; so it only ever raises.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain

from ticketapp.ai.disclaimers import is_disclaimed
from ticketapp.ai.folding import JOINED, folded, plain
from ticketapp.ai.harmless import is_asked_about, is_asked_about_joined, is_negated, only_asks
from ticketapp.ai.languages import known_language
from ticketapp.ai.passages import Passages
from ticketapp.ai.suggestion import PRIORITIES
from ticketapp.ai.turned import questions, turned

MAX_WORDS = 1000
MAX_WORD_CHARACTERS = 80
_WORD = re.compile(r"\w+")
# What may stand between the words of a phrase, and what may not belong to one.
_BETWEEN = r"[\s'-]"
_BEFORE, _BEHIND = '"([{\u00ab\u201c\u00a1\u00bf', '")]}\u00bb\u201d.!?\u3002'
# Korean puts endings behind a word without a blank.
_HANGUL = re.compile("[\uac00-\ud7a3]")
_COMMAS = re.compile("[,;\u3001]")  # as NFKC leaves them


@dataclass(frozen=True, slots=True)
class SeverityWord:
    """A word or phrase as it was written, and the priority that a ticket in its language has with it at least.

    ``language`` is the English name of one that can be told; None: it counts whatever is spoken.
    """

    word: str
    priority: str
    language: str | None = None


class SeverityWordsError(ValueError):
    """A list of severity words that cannot be used; the text says which line and why."""


@cache
def shipped_severity_words() -> str:
    """The list that counts until an admin writes another."""
    return (files(__package__) / "words" / "severity.txt").read_text(encoding="utf-8")


@lru_cache(maxsize=8)
def read_severity_words(text: str) -> tuple[SeverityWord, ...]:
    """The words of a list: sections like ``[English]``, lines like ``high: outage, system is down``, ``#`` remarks.

    A section's words count where nothing says that another language is spoken; those before any section, or in one
    that names no language that can be told, everywhere. Commas, semicolons and colons may be those of any keyboard:
    they are told apart after NFKC.

    Raises ``SeverityWordsError`` naming the first line that is none of these, a priority that does not exist or
    raises nothing, a word without letters or over 80 characters, or more than 1,000 words.
    """
    found = list(_every_word(text))
    if len(found) > MAX_WORDS:
        raise SeverityWordsError(f"At most {MAX_WORDS:,} words; these are {len(found):,}.")
    return tuple(found)


def floor_of(text: str, words: tuple[SeverityWord, ...]) -> SeverityWord | None:
    """The gravest of ``words`` that stands in ``text``, of equals the first in the list; None where there is none.

    Upper and lower case, width and compatibility forms are one (NFKC, casefold); words count whole, also across a
    line's end or any hyphen inside a phrase. A word's own signs count, too (C++), and in Korean it may go on.
    Not counted is a word of another language than is clearly spoken around it, one in a disclaimer or a footer
    below a mail, and one that is negated right beside it, no outage, outage-free, or asked about where nothing is
    told: how do I report a data breach, where do I see whether the system is down? A phrase counts also as a
    question for its cause turns it: why is the system down? The work is linear in the length of ``text``.
    """
    seen = folded(text)
    index, passages = _index(words), Passages(seen, text)
    asks = only_asks(passages.own_words)
    found: set[int] = set()
    for place, at in chain(_joined_places(seen, index, asks=asks), _places(seen, index, asks=asks)):
        if place not in found and _counts(words[place], passages, at):
            found.add(place)
    ranked = sorted(found, key=lambda place: (-PRIORITIES.index(words[place].priority), place))
    return words[ranked[0]] if ranked else None


def is_section(line: str) -> bool:
    """Whether a line of a list, without blanks around it, begins a section."""
    return line.startswith("[") and line.endswith("]")


def _counts(word: SeverityWord, passages: Passages, at: int) -> bool:
    if word.language and not passages.speak(word.language, at):
        return False
    if is_disclaimed(word.word) and passages.disclaim(at):
        return False
    return not passages.is_footer(at)


@dataclass(frozen=True, slots=True)
class _Phrase:
    """How a phrase is found: its pattern matches so many signs before its first letters or digits."""

    place: int
    signs: int
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Index:
    """The words made ready: those inside others, and the rest by the first letters or digits of the phrase; and how a
    phrase goes on in a question for its cause, by its verb there."""

    joined: tuple[tuple[str, int], ...]
    by_first: dict[str, list[_Phrase]]
    by_verb: dict[str, list[tuple[int, re.Pattern[str]]]]


@lru_cache(maxsize=8)
def _index(words: tuple[SeverityWord, ...]) -> _Index:
    joined: list[tuple[str, int]] = []
    by_first: dict[str, list[_Phrase]] = {}
    by_verb: dict[str, list[tuple[int, re.Pattern[str]]]] = {}
    for place, each in enumerate(words):
        phrase = folded(each.word)
        if JOINED.search(phrase):
            joined.append((phrase, place))
        else:
            parts = _parts(phrase)
            first = _WORD.findall(parts[0])[0]
            pattern = re.compile(_pattern(parts))
            by_first.setdefault(first, []).append(_Phrase(place, parts[0].index(first), pattern))
            for verb, asked in turned(parts):
                by_verb.setdefault(verb, []).append((place, asked))
    return _Index(tuple(joined), by_first, by_verb)


def _parts(phrase: str) -> list[str]:
    """The words of a phrase with the signs that belong to them: C++, .NET, AT&T."""
    return [part for part in re.split(_BETWEEN, phrase.lstrip(_BEFORE).rstrip(_BEHIND)) if _WORD.search(part)]


def _pattern(parts: list[str]) -> str:
    """The parts in a row. A letter or digit at either end ends the word; any other sign ends it by itself."""
    between = [
        rf"\w{{0,8}}+{_BETWEEN}{{1,4}}" if _HANGUL.match(part[-1]) else rf"{_BETWEEN}{{1,4}}" for part in parts
    ]
    last = parts[-1][-1]
    end = r"(?!\w)" if _WORD.match(last) and not _HANGUL.match(last) else ""
    rows = (re.escape(part) + gap for part, gap in zip(parts, [*between[:-1], end], strict=True))
    return (r"(?<!\w)" if _WORD.match(parts[0][0]) else "") + "".join(rows)


def _joined_places(text: str, index: _Index, *, asks: bool) -> Iterator[tuple[int, int]]:
    """Each phrase without blanks and where it stands; where a text only asks, other than as what is asked about."""
    for phrase, place in index.joined:
        at = text.find(phrase)
        while at >= 0:
            if not (asks and is_asked_about_joined(text, at, at + len(phrase))):
                yield place, at
            at = text.find(phrase, at + len(phrase))


def _places(text: str, index: _Index, *, asks: bool) -> Iterator[tuple[int, int]]:
    """The words that stand in the text, and where, unless harmless there or part of a phrase that is."""
    negated_to = 0
    for place, hit in sorted(_hits(text, index), key=lambda each: (each[1].start(), -each[1].end())):
        if is_negated(text, hit) or (asks and is_asked_about(text, hit)):
            negated_to = max(negated_to, hit.end())
        if hit.end() > negated_to:
            yield place, hit.start()


def _hits(text: str, index: _Index) -> Iterator[tuple[int, re.Match[str]]]:
    for match in _WORD.finditer(text):
        for first in _beginnings(match[0]):
            for phrase in index.by_first.get(first, ()):
                hit = phrase.pattern.match(text, max(0, match.start() - phrase.signs))
                if hit:
                    yield phrase.place, hit
    for verb, end in questions(text):
        for place, asked in index.by_verb.get(verb, ()):
            if hit := asked.match(text, end):
                yield place, hit


def _beginnings(word: str) -> Iterator[str]:
    """The word, and where it is Korean each of its beginnings, up to the length of the longest in a list."""
    yield word
    if _HANGUL.match(word):
        yield from (word[:length] for length in range(1, min(len(word), MAX_WORD_CHARACTERS + 1)))


def _every_word(text: str) -> Iterator[SeverityWord]:
    language = None
    for number, line in enumerate(map(str.strip, text.splitlines()), 1):
        if is_section(line):
            language = known_language(line.strip("[] "))
        elif line and not line.startswith("#"):
            yield from _words(number, line, language)


def _words(number: int, line: str, language: str | None) -> Iterator[SeverityWord]:
    priority, colon, listed = plain(line).partition(":")
    priority = priority.strip().lower()
    if not colon:
        raise SeverityWordsError(f"Line {number} is neither [language] nor like high: outage, breach.")
    if priority not in PRIORITIES[1:]:
        raise SeverityWordsError(
            f"Line {number} begins with {priority[:40]!r}; a floor is {', '.join(PRIORITIES[1:])}."
        )
    for word in filter(None, map(str.strip, _COMMAS.split(listed))):
        if len(word) > MAX_WORD_CHARACTERS or not _parts(folded(word)):
            raise SeverityWordsError(
                f"Line {number}: {word[:40]!r} is no word of 1 to {MAX_WORD_CHARACTERS} characters."
            )
        yield SeverityWord(word, priority, language)
