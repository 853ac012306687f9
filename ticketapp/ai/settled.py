"""What says of a severity word that it is over, that an alarm is tested, or asks what an insurance covers.

Pure, of folded text. The phrases are in ``words/settled.txt``, a blank within one written ``_``.
"""

import re
from functools import cache, partial

from ticketapp.ai.phrases import any_of
from ticketapp.ai.troubles import may_not_be_over, sentence_at, sentence_of, tells_of_trouble

SEEN = 100  # so much before and behind the word is looked at
LONGEST = 1000  # who writes more tells something else, too
TELLING_WORDS = 3
_any_of = partial(any_of, "settled.txt")
_POLITE = any_of("harmless.txt", "Polite")
_SENTENCES = re.compile(r"[.!?\n]")
_FEW = r"(?:[ \n]{1,2}(?!(?:not|nicht|pas|no|non|niet|não|nie)\b)[\w'-]{1,20}){0,4}?,?[ \n]{1,2}"


def is_settled(text: str, hit: re.Match[str], *, end_of_own: int) -> bool:
    """Whether the word tells of nothing that is: *the outage is fixed*, where that is all that somebody wrote up to
    ``end_of_own``; *the gas alarm will be tested*; *does the insurance cover a fire?*"""
    start, end = hit.span()
    if told := _told_to_be_over(text, start, end):
        is_over = _is_all(text, start, told, end_of_own) and not may_not_be_over(text, start, end)
        return is_over and not tells_of_trouble(text, start, end)
    is_none = _is_tested(text, start, end) or _is_insured(text, start, end)
    return is_none and not tells_of_trouble(text, start, end)


def _told_to_be_over(text: str, start: int, end: int) -> int | None:
    """Where that is told, if it is."""
    if over := _over().match(text, end, end + SEEN):
        return over.end()
    return end if _thanked().search(text, max(0, start - SEEN), start) else None


def _is_all(text: str, start: int, told: int, end_of_own: int) -> bool:
    """Whether nothing but thanks, and that the ticket may be closed or what is paid, stands beside it."""
    title = text.find("\n", 0, start) + 1
    begins, ends = sentence_at(text, start, told)
    begins = max(begins, title)
    if end_of_own > LONGEST or not (
        _leads().fullmatch(text, begins, start) and _trails().fullmatch(text, told, ends)
    ):
        return False
    others = (text[title:begins], text[ends:end_of_own])
    return all(_adds_nothing(sentence.strip()) for other in others for sentence in _SENTENCES.split(other))


def _adds_nothing(sentence: str) -> bool:
    return len(sentence.split()) < TELLING_WORDS or bool(
        _polite().match(sentence) or _phrase("Closes").search(sentence)
    )


def _is_tested(text: str, start: int, end: int) -> bool:
    alarm = _alarm_before().search(text, max(0, start - SEEN), start) or _alarm_behind().match(text, end, end + SEEN)
    return bool(alarm) and _tested().match(text, end, end + SEEN) is not None


def _is_insured(text: str, start: int, end: int) -> bool:
    sentence = sentence_of(text, start, end)
    if not sentence.endswith("?") or _phrase("Happened").search(sentence):
        return False
    before = sentence[: sentence.find(text[start:end])]
    return all(_phrase(heading).search(before) for heading in ("Insurances", "Covers"))


@cache
def _leads() -> re.Pattern[str]:
    """What stands before the word in its sentence: thanks, and a few words."""
    thanks = rf"(?:{_POLITE})(?:[ ]\w{{1,20}}){{0,3}}[,!:-]{{0,2}}\s+"
    return re.compile(rf"\s*(?:{thanks}){{0,3}}(?:[\w'-]{{1,30}}\s+){{0,6}}(?:\w{{1,5}}')?")


@cache
def _trails() -> re.Pattern[str]:
    """And what stands behind: the same in turn."""
    thanks = rf"(?:[ ]?[,-]{{1,2}}\s*|\s+)(?:(?:and|und|et|y|e|en)\s)?(?:{_POLITE})(?:\s\w{{1,20}}){{0,4}}"
    return re.compile(rf"(?:[ ][\w'-]{{1,20}}){{0,3}}(?:{thanks})?[.! ]{{0,4}}\s*")


@cache
def _polite() -> re.Pattern[str]:
    return re.compile(rf"(?:{_POLITE})(?!\w)")


@cache
def _over() -> re.Pattern[str]:
    return re.compile(rf"{_FEW}(?:{_any_of('Over')})(?!\w)")


@cache
def _thanked() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_any_of('Thanked')})(?:[ \n]{{1,2}}[\w'-]{{1,20}}){{0,3}}[ \n]{{1,2}}\Z")


@cache
def _alarm_before() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_any_of('Alarms')})[ ](?:(?:de|di|d'|per|for|of)[ ]?)?\Z")


@cache
def _alarm_behind() -> re.Pattern[str]:
    return re.compile(rf"[ ](?:{_any_of('Alarms')})(?!\w)")


@cache
def _tested() -> re.Pattern[str]:
    return re.compile(rf"[^.!?\n]{{0,60}}?[ ](?:{_any_of('Tested')})(?!\w)")


@cache
def _phrase(heading: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_any_of(heading)})(?!\w)")
