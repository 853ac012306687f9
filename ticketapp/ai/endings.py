"""Where what somebody wrote ends: at a closing, the mark of a signature, or a name in a line by itself.

Pure. The phrases are in ``words/endings.txt``, a blank within one written ``_``.
"""

import re
from functools import cache

from ticketapp.ai.folding import folded, plain
from ticketapp.ai.languages import sections, small_words
from ticketapp.ai.phrases import any_of

_OPENING_WORDS = 5  # at most, behind a greeting
_WORD_OF_NAME = r"(?:[^\W\d_]\.|[^\W\d_][^\W\d_'-]{0,30}(?:['-][^\W\d_]{1,30}){0,2})"
_LINE_OF_NAME = re.compile(rf"[ \t]{{0,4}}(?P<names>{_WORD_OF_NAME}(?:[ ]{_WORD_OF_NAME}){{0,2}})[ \t\r]{{0,4}}")


def end_of_own(text: str, written: str = "") -> int:
    """Where in a folded ``text`` what somebody wrote below a title ends; where nothing says so, at its end.

    A name is one to three words with capitals in ``written``, the text before it was folded, in a line by itself with
    an empty one below, and above it one or a sentence's end; it is none in the first paragraph below a greeting, and
    the end is behind it, for the line may be no name.
    """
    ends = (at for at in (_closing_at(text), _end_of_name(text, written)) if at is not None)
    return min(ends, default=len(text))


def _closing_at(text: str) -> int | None:
    begins = text.find("\n") + 1
    found = (hit for hit in _closing().finditer(text, begins) if _are_names(hit["names"] or ""))
    return next((hit.start() for hit in found if not _is_opening(text, begins, hit)), None)


def _is_opening(text: str, begins: int, hit: re.Match[str]) -> bool:
    """Whether a mail begins with this: thanks, without a name, and an empty line below."""
    is_alone = hit["closing"] and not hit["names"] and text.startswith(("\n\n", "\n\r\n"), hit.end())
    above = map(str.strip, text[begins : hit.start()].split("\n"))
    return bool(is_alone) and not any(line and not _greeting().fullmatch(line) for line in above)


def _are_names(words: str) -> bool:
    """Whether these words behind a closing may be names: *thanks, Jo van Dijk*, not *thanks for this*."""
    others = [word for word in words.split() if word not in _particles()]
    return len(others) < 2 or not small_words().intersection(others)


def _end_of_name(text: str, written: str) -> int | None:
    lines, seen = plain(written).split("\n"), text.split("\n")
    at, paragraphs, above = len(seen[0]) + 1, 0, ""
    for number in range(1, min(len(lines), len(seen))):
        line, below = lines[number].strip(), "".join(seen[number + 1 : number + 2]).strip()
        stands_below = paragraphs > 1 and above.endswith((".", "!", "?")) if above else paragraphs > 0
        if stands_below and not below and _is_name(lines[number]):
            return at + len(seen[number])
        if line and not above and not _greeting().fullmatch(folded(line)):
            paragraphs += 1
        at, above = at + len(seen[number]) + 1, line
    return None


def _is_name(line: str) -> bool:
    found = _LINE_OF_NAME.fullmatch(line)
    words = found["names"].split() if found else []
    own = [word for word in words if word not in _particles()]
    return bool(own) and all(_is_capital(word) for word in own) and not small_words().intersection(map(folded, own))


def _is_capital(word: str) -> bool:
    return word[0].isupper() and (len(word) < 3 or not word.isupper())


@cache
def _closing() -> re.Pattern[str]:
    """A line; or a closing, a comma and a name that end a paragraph behind a sentence."""
    closing = rf"(?:{_any_of('Closings')})"
    also = rf"(?:(?:,[ ]|,?[ ](?:{_any_of('And')})[ ]){closing}){{0,2}}"
    names = r"(?:[ ][\w'.-]{1,20}){1,3}"
    line = rf"{closing}{also}(?:[ ]?[,.!])?(?P<names>{names})?[ ]?[,.!]?"
    sent = rf"(?:{_any_of('Sent')})(?:[ ][^\s.!?:,]{{1,20}}){{0,4}}|(?:von|vom)[ ][\w ]{{2,40}}gesendet"
    polite = rf"(?:{_any_of('Polite')})[^\n.]{{0,120}}[,.]?"
    whole = rf"^[ \t]{{0,4}}(?:--|_{{5,80}}|(?P<closing>{line})|{sent}|{polite})[ \t\r]{{0,4}}$"
    behind = rf"(?<=[.!?][ ]){closing},{names.replace('3', '2')}[.]?[ \t\r]{{0,4}}$(?=\n[ \t\r]{{0,4}}$|\Z)"
    return re.compile(rf"{whole}|{behind}", re.MULTILINE)


@cache
def _greeting() -> re.Pattern[str]:
    names = rf"(?:[ ,][ ]?[\w'.-]{{1,20}}){{0,{_OPENING_WORDS}}}"
    return re.compile(rf"(?:{_any_of('Greetings')})(?:{names}[ ]?[,!:]|(?:[ ][\w'.-]{{1,20}}){{0,2}})")


@cache
def _particles() -> frozenset[str]:
    return sections("endings.txt")["Particles"]


def _any_of(heading: str) -> str:
    """The longest first, for a shorter one would take the rest for names."""
    return "|".join(sorted(any_of("endings.txt", heading, blank="[ ]{1,2}").split("|"), key=len, reverse=True))
