"""What takes a severity word its meaning where it stands: a negation beside it, a question how one would report it.

Pure; texts and hits are of folded text. The phrases are in ``words/harmless.txt``, a blank within one written ``_``.
"""

import re
from functools import cache

from ticketapp.ai.folding import folded
from ticketapp.ai.languages import sections

SEEN = 60  # so much before a word may hold its negation
LONGEST_QUESTION = 1000  # who writes more tells something
_SENTENCE = re.compile(r"[^.!?\n]*[^.!?\s][^.!?\n]*[.!?]?")
_TELLING_WORDS = 3


def is_negated(text: str, hit: re.Match[str]) -> bool:
    """Whether what stands right before or behind takes it its meaning: no outage, outage-free, an outage plan."""
    return bool(_behind().match(text, hit.end()) or _before().search(text, max(0, hit.start() - SEEN), hit.start()))


def is_asked_about(text: str, hit: re.Match[str]) -> bool:
    """Whether somebody asks how one would report or avoid such a thing, in a text in which nothing is told."""
    return bool(_asking().search(text, max(0, hit.start() - SEEN), hit.start()))


def only_asks(text: str) -> bool:
    """Whether each sentence of three words or more ends with a question mark; greetings and thanks aside."""
    if len(text) > LONGEST_QUESTION:
        return False
    return not any(_tells(match[0].strip()) for match in _SENTENCE.finditer(text))


def _tells(sentence: str) -> bool:
    is_long = len(sentence.split()) >= _TELLING_WORDS
    return is_long and not sentence.endswith("?") and not _polite().match(sentence)


@cache
def _before() -> re.Pattern[str]:
    """A negation and up to three small words, right before the place that is looked at."""
    between = rf"(?:{_any_of('Between')})(?:[ \n]{{1,2}}|(?<='))"
    return re.compile(rf"(?<!\w)(?:{_any_of('Before')})[ \n-]{{1,2}}(?:{between}){{0,3}}\Z")


@cache
def _behind() -> re.Pattern[str]:
    return re.compile(rf"[ -](?:{_any_of('Behind')})(?!\w)")


@cache
def _asking() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_any_of('Asking')}) (?:(?:{_any_of('Any')})[ '])?\Z")


@cache
def _polite() -> re.Pattern[str]:
    return re.compile(rf"(?:{_any_of('Polite')})(?!\w)")


def _any_of(heading: str) -> str:
    phrases = (folded(word).replace("_", " ") for word in sections("harmless.txt")[heading])
    return "|".join(re.escape(phrase) for phrase in sorted(phrases))
