"""A secret that is known stays one wherever the very same value stands again, as a whole word. Pure and linear."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice

from ticketapp.ai.masking_names import PROGRAM

MOST_KNOWN = 100  # of one question: so the work is in proportion to the text
LEAST, MOST_CHARACTERS = 6, 200
FEWEST_WORDS_OF_A_PHRASE = 3
Span = tuple[int, int]
_RUN = re.compile(r"\w+")
_LETTER, _DIGIT = re.compile(r"[^\W\d_]"), re.compile(r"\d")
_SIGN_AMONG_LETTERS = re.compile(r"\w[@#$%^&*+=~!?]+\w")
_JOINED_WORDS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+){2,}")
# What it may be is said beside a word for password, and decides a ticket.
_NAME = re.compile(PROGRAM, re.IGNORECASE)
_REST_OF_ADDRESS = re.compile(r"@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")


def known(values: Iterable[str]) -> tuple[str, ...]:
    """Which of these secrets are known again: those that are no ordinary word, a hundred at most.

    They have six characters or more, letters and digits, six digits, or a sign among letters; or three words,
    also joined by dashes. What ends a sentence may or may not be part of one.
    """
    forms = (form for value in values for form in (value, value.rstrip("!?")) if _is_no_word(form))
    return tuple(islice(dict.fromkeys(forms), MOST_KNOWN))


def repeated(text: str, values: tuple[str, ...]) -> Iterator[Span]:
    """Where one of these values stands by itself, or as the name in a mail address, which goes with it.

    Behind a colon, as in https://user:password@host, it is no name.
    """
    by_first_run: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for value in values:
        run = _RUN.search(value)
        if run:
            by_first_run[run[0]].append((value, run.start()))
    for run in _RUN.finditer(text) if by_first_run else ():
        for value, at in by_first_run.get(run[0], ()):
            start = run.start() - at
            end = start + len(value)
            if start >= 0 and text.startswith(value, start) and not _goes_on(text, end):
                rest = None if text[start - 1 : start] == ":" else _REST_OF_ADDRESS.match(text, end)
                yield start, rest.end() if rest else end


def _goes_on(text: str, end: int) -> bool:
    return _RUN.match(text, end) is not None and _RUN.match(text, end - 1) is not None


def _is_no_word(value: str) -> bool:
    if not LEAST <= len(value) <= MOST_CHARACTERS or _NAME.fullmatch(value):
        return False
    if len(value.split()) > 1:
        return len(value.split()) >= FEWEST_WORDS_OF_A_PHRASE and "\n" not in value
    if value.isdigit():
        return not value.endswith("000")
    is_mixed = _LETTER.search(value) is not None and _DIGIT.search(value) is not None
    looks_joined = _JOINED_WORDS.fullmatch(value) is not None
    return is_mixed or looks_joined or _SIGN_AMONG_LETTERS.search(value) is not None
