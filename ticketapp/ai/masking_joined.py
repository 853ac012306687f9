"""Looks for secrets of letters joined by dashes, dots or strokes, or with signs before them: tiger-lily, $ecret.

People also join words to say something, read-only, and names, mail.example.com. What decides are the parts: of two
words none may say something, of more fewer than half. A look reads 200 characters at most.
"""

import re
from functools import cache

from ticketapp.ai import masking_looks as looks
from ticketapp.ai.languages import sections
from ticketapp.ai.masking_looks import SEEN

LEAST, LEAST_GROUP, LONGEST_ACRONYM = 6, 4, 4
FEWEST_PARTS_OF_A_KEY, FEWEST_PARTS_IN_A_SENTENCE = 3, 4
_JOINED = re.compile(r"[^\W\d_]{2,30}(?:[./-][^\W\d_]{1,30}){1,40}(?<=[^\W\d_]{2})")
_JOIN = re.compile(r"[./-]")
_GOES_ON = re.compile(r"[./-]?[\w@]")
_RISING = re.compile(r"!{0,3}")
_NAME = re.compile(
    r"www\..*|.*\.(?:com|org|net|info|de|fr|es|it|pt|br|nl|pl|eu|io|uk|us|ch|at|be|example|local|lan|intern|corp|php|aspx?|html?"
    r"|pdf|docx?|xlsx?|csv|txt|exe|msi|dll|py|js|ts|ya?ml|json|xml|ini|conf|cfg|toml|env|png|jpe?g|log|zip|pem|kdbx)",
    re.IGNORECASE,
)
_SIGNS_FIRST = re.compile(r"[$!@#%&^~+=]{1,3}[^\W\d_]{2,40}!{0,3}")
# Lines that are drawn, and what hides a password, are of one of the other signs.
_SIGNS_ALONE = re.compile(r"[!@$%^&]{4,40}")


def word(text: str, at: int) -> int | None:
    """Behind a word for password and a colon: joined words, or letters behind a sign, by themselves."""
    end = _end_of_joined(text, at)
    if end is not None:
        return end
    signs = _SIGNS_ALONE.match(text, at) or _SIGNS_FIRST.match(text, at)
    return signs.end() if signs and looks.ends(text, signs.end()) and not looks.is_statement(signs[0]) else None


def after_is(text: str, at: int) -> int | None:
    """As behind a colon, where the last word does not say what a password is: long-expired."""
    end = word(text, at)
    return None if end is None or looks.says_of(_JOIN.split(text[at:end])[-1]) else end


def key(text: str, at: int) -> int | None:
    """Behind a word for key: three groups of letters at least."""
    return _end_of_joined(text, at, least=FEWEST_PARTS_OF_A_KEY)


def code(text: str, at: int) -> int | None:
    """Behind a word for code: groups of letters, each as long as the others."""
    end = _end_of_joined(text, at)
    lengths = {len(part) for part in _JOIN.split(text[at:end])} if end is not None else set()
    return end if len(lengths) == 1 and min(lengths) >= LEAST_GROUP else None


def in_a_sentence(text: str, at: int) -> int | None:
    """Four joined words at least, whatever stands behind them: correct-horse-battery-staple is refused."""
    found = _joined(text, at, FEWEST_PARTS_IN_A_SENTENCE)
    return found.end() if found and not _GOES_ON.match(text, found.end()) else None


def is_joined_secret(value: str) -> bool:
    """Whether this is nothing but joined words that say nothing."""
    found = _joined(value, 0, 2)
    return found is not None and found.end() == len(value)


def _end_of_joined(text: str, at: int, *, least: int = 2) -> int | None:
    found = _joined(text, at, least)
    if found is None:
        return None
    rising = _RISING.match(text, found.end())
    end = rising.end() if rising else found.end()
    return end if looks.ends(text, end) else None


def _joined(text: str, at: int, least: int) -> re.Match[str] | None:
    found = _JOINED.match(text, at, at + SEEN)
    if found is None or len(found[0]) < LEAST or _NAME.fullmatch(found[0]):
        return None
    parts = _JOIN.split(found[0])
    return None if len(parts) < least or _say(parts) else found


def _say(parts: list[str]) -> bool:
    """Whether joined words say something, as read-only does, or name something, as VPN-Zugang does."""
    saying = sum(looks.is_statement(part) or part.lower() in _of_compounds() for part in parts)
    if len(parts) > 2:
        return saying * 2 >= len(parts)
    capitals = [part.isupper() and len(part) <= LONGEST_ACRONYM for part in parts]
    return saying > 0 or (any(capitals) and not all(capitals))


@cache
def _of_compounds() -> frozenset[str]:
    return frozenset().union(*sections("of_joined.txt").values())
