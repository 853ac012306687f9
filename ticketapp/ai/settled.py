"""What says of a severity word that it is over, that an alarm is tested, or asks what an insurance covers.

Pure, of folded text. The phrases are in ``words/settled.txt``, a blank within one written ``_``.
"""

import re
from functools import cache, partial

from ticketapp.ai.phrases import any_of
from ticketapp.ai.troubles import may_not_be_over, sentence_of, tells_of_trouble

SEEN = 100  # so much before and behind the word is looked at
_any_of = partial(any_of, "settled.txt")
_FEW = r"(?:[ \n]{1,2}(?!(?:not|nicht|pas|no|non|niet|não|nie)\b)[\w'-]{1,20}){0,4}?,?[ \n]{1,2}"


def is_settled(text: str, hit: re.Match[str]) -> bool:
    """Whether the word tells of nothing that is: *the outage is fixed*, where nothing near it says otherwise;
    *the gas alarm will be tested*; *does the insurance cover a fire?*"""
    start, end = hit.span()
    if _over().match(text, end, end + SEEN) or _thanked().search(text, max(0, start - SEEN), start):
        return not (may_not_be_over(text, start, end) or tells_of_trouble(text, start, end))
    is_none = _is_tested(text, start, end) or _is_insured(text, start, end)
    return is_none and not tells_of_trouble(text, start, end)


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
