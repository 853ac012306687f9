"""What takes a severity word its meaning where it stands: a negation beside it, a question how one would report it.

Pure; texts and hits are of folded text. The phrases are in ``words/harmless.txt``, a blank within one written ``_``.
"""

import re
from functools import cache

from ticketapp.ai.folding import JOINED, folded
from ticketapp.ai.languages import sections

SEEN = 60  # so much before a word may hold its negation
LONGEST_QUESTION = 1000  # who writes more tells something
_SENTENCE = re.compile(r"[^.!?\u3002\n]*[^.!?\u3002\s][^.!?\u3002\n]*[.!?\u3002]?")
_TELLING_WORDS, _TELLING_LETTERS = 3, 5
# How a question ends that may do without its mark.
_ASKS_JOINED = re.compile("(?:か|吗|嗎|呢|教えてください)\u3002?\\Z")


def is_negated(text: str, hit: re.Match[str]) -> bool:
    """Whether what stands right before or behind takes it its meaning: no outage, outage-free, a gas leak detector,
    unless that went off."""
    behind = _behind().match(text, hit.end())
    if behind and not _alarmed().match(text, behind.end()):
        return True
    return bool(_before().search(text, max(0, hit.start() - SEEN), hit.start()))


def is_asked_about(text: str, hit: re.Match[str]) -> bool:
    """Whether somebody asks how one would report or avoid such a thing, or where to see whether there is one, in a
    text in which nothing is told. Whoever asks others to look whether there is one has seen a reason."""
    seen_from, start = max(0, hit.start() - SEEN), hit.start()
    if any(pattern.search(text, seen_from, start) for pattern in (_asking(), _were_there_one())):
        return True
    if _reported().match(text, hit.end()) and _how().search(text, seen_from, start):
        return True
    return bool(_whether().search(text, seen_from, start)) and not _look().search(text, seen_from, start)


def is_asked_about_joined(text: str, start: int, end: int) -> bool:
    """The same of a word in a script without blanks."""
    asking, asked = (_joined(f"{word} in joined scripts") for word in ("Asking", "Asked"))
    before = text[max(0, start - SEEN) : start]
    return bool(re.search(rf"(?:{asking})\w{{0,6}}\Z", before) or re.match(asked, text[end : end + SEEN]))


def only_asks(text: str) -> bool:
    """Whether each sentence of three words or more asks; greetings and thanks aside.

    In scripts without blanks it is one of five letters or more.
    """
    if len(text) > LONGEST_QUESTION:
        return False
    return not any(_tells(match[0].strip()) for match in _SENTENCE.finditer(text))


def _tells(sentence: str) -> bool:
    is_long = len(sentence.split()) >= _TELLING_WORDS or len(JOINED.findall(sentence)) >= _TELLING_LETTERS
    asks = sentence.endswith("?") or _ASKS_JOINED.search(sentence)
    return is_long and not asks and not _polite().match(sentence)


@cache
def _before() -> re.Pattern[str]:
    """A negation and up to three small words, right before the place that is looked at."""
    between = rf"(?:{_any_of('Between')})(?:[ \n]{{1,2}}|(?<='))"
    return re.compile(rf"(?<!\w)(?:{_any_of('Before')})[ \n-]{{1,2}}(?:{between}){{0,3}}\Z")


@cache
def _behind() -> re.Pattern[str]:
    return re.compile(rf"[ -](?:{_any_of('Behind')})(?!\w)")


@cache
def _alarmed() -> re.Pattern[str]:
    return re.compile(rf"{_few_words(3)}[ \n]{{1,2}}(?:{_any_of('Alarmed')})(?!\w)")


@cache
def _asking() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_any_of('Asking')})(?: |(?<='))(?:(?:{_any_of('Any')})[ '])?\Z")


@cache
def _how() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_any_of('How')}){_few_words(5)}[ \n]{{1,2}}\Z")


@cache
def _reported() -> re.Pattern[str]:
    return re.compile(rf"[ \n]{{1,2}}(?:{_any_of('Reported')})(?!\w)")


@cache
def _whether() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_any_of('Whether')}){_few_words(4)}[ \n]{{1,2}}\Z")


@cache
def _were_there_one() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_any_of('Were there one')}){_few_words(4)}[ \n]{{1,2}}\Z")


@cache
def _look() -> re.Pattern[str]:
    """At the beginning of a clause: where can you see is asked of anybody."""
    begins = r"(?:\A|(?<=[.!?,;:\n]))[ \n\u00bf]{0,2}"
    whether = rf",?[ \n]{{1,2}}(?:{_any_of('Whether')})(?!\w)"
    return re.compile(rf"{begins}(?:{_any_of('Look')}){_few_words(3)}{whether}")


@cache
def _polite() -> re.Pattern[str]:
    return re.compile(rf"(?:{_any_of('Polite')})(?!\w)")


@cache
def _joined(heading: str) -> str:
    return "|".join(re.escape(folded(word)) for word in sorted(sections("harmless.txt")[heading]))


def _few_words(most: int) -> str:
    return rf"(?:[ \n]{{1,2}}[\w'-]{{1,20}}){{0,{most}}}?"


@cache
def _any_of(heading: str) -> str:
    """The phrases of a section; a comma within is there or not."""
    phrases = (re.escape(folded(word)) for word in sections("harmless.txt")[heading])
    return "|".join(phrase.replace("_", ",? ") for phrase in sorted(phrases))
