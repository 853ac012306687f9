"""How a phrase that tells stands in a question for its cause: "system is down" in "Why is the system down?".

Pure, of folded text. The words are in ``words/turned.txt``, a blank within one written ``_``.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice

from ticketapp.ai.folding import folded
from ticketapp.ai.languages import sections

MOST_QUESTIONS = 50  # are looked at in a text
_GAP = r"[\s'-]{1,4}"


def questions(text: str) -> Iterator[tuple[str, int]]:
    """The verb of each question for a cause, and where it ends."""
    return ((found["verb"], found.end()) for found in islice(_question().finditer(text), MOST_QUESTIONS))


def turned(parts: list[str]) -> Iterator[tuple[str, re.Pattern[str]]]:
    """The verbs of questions for the cause of what these words in a row tell, each with what follows it there.

    The verb goes to the front: why *is* the system down. Whoever it is about may stand behind all the rest, as in
    Spanish, Italian and Polish: ¿por qué *está* caído el sistema?
    """
    for told, verb, rest in _verbs():
        for at in range(len(parts) - len(told) + 1):
            if parts[at : at + len(told)] == told:
                about, state = parts[:at], [*rest, *parts[at + len(told) :]]
                yield from ((verb, re.compile(pattern)) for pattern in _orders(about, state))


def _orders(about: list[str], state: list[str]) -> Iterator[str]:
    some = rf"(?:(?!(?:{_any_of('Never between')})(?!\w))\w{{1,30}}{_GAP}){{{0 if about else 1},4}}?"
    if about or state:
        yield _GAP + some + _row([*about, *state])
    if about and state:
        yield _GAP + _row(state) + _GAP + some + _row(about)


def _row(words: list[str]) -> str:
    return _GAP.join(map(re.escape, words)) + (r"(?!\w)" if re.match(r"\w", words[-1][-1]) else "")


@cache
def _question() -> re.Pattern[str]:
    """Two words may stand between: why on earth is."""
    verbs = "|".join(sorted({re.escape(verb) for _, verb, _ in _verbs()}, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{_any_of('Why')})(?:[ \n]{{1,2}}\w{{1,12}}){{0,2}}?{_GAP}(?P<verb>{verbs})(?!\w)")


@cache
def _verbs() -> tuple[tuple[list[str], str, list[str]], ...]:
    """Each verb as it tells, as it asks, and what of it stays behind then."""
    found = []
    for entry in sorted(sections("turned.txt")["Verbs"]):
        told, becomes, asks = folded(entry).partition("=")
        verb, _, rest = asks.partition("_") if becomes else (told.replace("_", " "), "", "")
        found.append((told.split("_"), verb, rest.split()))
    return tuple(found)


@cache
def _any_of(heading: str) -> str:
    phrases = (folded(word).replace("_", " ") for word in sections("turned.txt")[heading])
    return "|".join(re.escape(phrase) for phrase in sorted(phrases))
