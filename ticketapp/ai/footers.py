"""Lines below what somebody wrote that tell nothing of a severity word in them: whom to call, how a firm is called.

Pure, of folded text. The phrases are in ``words/footers.txt``, a blank within one written ``_``.
"""

import re
from functools import cache, partial

from ticketapp.ai.phrases import any_of

SEEN = 80  # so much before a word may hold for which case the line is
SEEN_BEHIND = 160  # and so much from it on whom to call
_any_of = partial(any_of, "footers.txt")
_NUMBER = r"\d{3}|\d(?:[ ./()-]{0,2}\d){5}"  # also one in pairs
_ADDRESS = re.compile(rf"{_NUMBER}|@|https?:|www\.")


def says_whom_to_call(text: str, start: int, end: int, at: int) -> bool:
    """Whether the sentence from ``start`` to ``end``, below what was written, says only whom to call where there is
    such a thing as the word at ``at`` names: it speaks to any reader, and of nobody's case."""
    if at - start > SEEN:
        return False
    before, behind = text[start:at], text[at : min(max(end, _line_end(text, at)), at + SEEN_BEHIND)]
    if _any_phrase("Told").search(before) or _any_phrase("Told").search(behind):
        return False
    says_how = _ADDRESS.search(text, start, at + len(behind)) or _any_phrase("Reach").search(behind)
    is_reported = re.fullmatch(r"\W*", before) and _reported().match(behind) and _ADDRESS.search(behind)
    return bool(is_reported or (says_how and _in_case().fullmatch(before)) or _is_label(before, behind))


def is_in_name(text: str, at: int) -> bool:
    """Whether the word at ``at`` is part of what a firm is called or was honoured for: Ransomware Recovery Ltd."""
    begins = text.rfind("\n", max(0, at - SEEN), at) + 1 or max(0, at - SEEN)
    if _any_phrase("Told").search(text, begins, _line_end(text, at)):
        return False
    return _named().match(text[at : at + SEEN_BEHIND]) is not None


def _is_label(before: str, behind: str) -> bool:
    """Whether the word is only what a number or an address is for: *data breach hotline 0800 123 456*."""
    return any(begins.fullmatch(before) and goes_on.match(behind) for begins, goes_on in _labels())


def _line_end(text: str, at: int) -> int:
    """Where the line of ``at`` ends, as far as it is seen."""
    end = text.find("\n", at, at + SEEN_BEHIND)
    return end if end >= 0 else min(len(text), at + SEEN_BEHIND)


@cache
def _in_case() -> re.Pattern[str]:
    """From the sentence's beginning to the word: for which case, perhaps behind whose number it is."""
    service = rf"(?:(?:{_any_of('Service')})(?!\w)[^.!?]{{0,40}}?[ (\n])?"
    thing = r"[\w'-]{1,20}(?:[ \n]{1,2}[\w'-]{1,20}){0,2}"
    others = rf"(?:{thing}(?:,[ \n]{{1,2}}{thing}){{0,2}}[ \n]{{1,2}}(?:{_any_of('And')})[ \n]{{1,2}})?"
    one = rf"(?:(?:{_any_of('One')})(?:[ \n]{{1,2}}|(?<='))){{0,2}}"
    return re.compile(rf"\W*{service}(?:{_any_of('In case')})(?:[ \n]{{1,2}}|(?<=')){others}{one}")


@cache
def _reported() -> re.Pattern[str]:
    return re.compile(
        rf"[\w'-]{{1,30}}(?:[ \n]{{1,2}}[\w'-]{{1,20}}){{0,4}}?[ \n]{{1,2}}(?:{_any_of('Reported')})(?!\w)"
    )


@cache
def _labels() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    """What stands before the word, and it with what is behind: beside a line's name, to be reported, asked, the last
    of several things."""
    word = r"[\w'-]{1,30}(?:[ ][\w'-]{1,20}){0,3}?"
    thing = r"[\w'-]{1,20}(?:[ ][\w'-]{1,20})?"
    address = rf"[ ]?:?[ ]{{0,2}}(?:\+?(?:{_NUMBER})|[\w.+-]{{1,40}}@|https?:|www\.)"
    named = rf"(?:{_any_of('Line')})(?!\w)"
    one_more = r"(?:[\w'-]{1,20}[ ])?"  # of a longer word that ends in this one
    alone, at_line = r"\W*", rf"\W*(?:[\w'-]{{1,20}}[ ])?{named}[ ]?:?[ ]"
    several = rf"\W*{thing}[ ](?:{_any_of('And')})[ ]{one_more}"
    asked = rf"[ ]?\?[ ](?:{_any_of('Reach')})(?!\w)"
    pairs = (
        (at_line, f"{word}{address}"),
        (alone + one_more, rf"{word}[ -]{named}{address}"),
        (alone, rf"{word}[ ](?:{_any_of('Reported at once')}){address}"),
        (alone, rf"{word}(?:[ ](?:{_any_of('Reported at once')}))?{asked}{address}"),
        (several, rf"{word}[ ]?:{address}"),
    )
    return tuple((re.compile(begins), re.compile(goes_on)) for begins, goes_on in pairs)


@cache
def _named() -> re.Pattern[str]:
    trades = rf"(?:[ -](?:{_any_of('Trades')})(?!\w)){{1,3}}"
    ends = rf"[ ]{{0,4}}(?:\n|\Z|[|,/&-]|\d{{4}}|(?:{_any_of('Form')})(?!\w))"
    part = rf"[ -](?!(?:{_any_of('Apart')})(?!\w))[\w']{{1,20}}"
    return re.compile(rf"[\w'-]{{1,30}}(?:{part}){{0,3}}?{trades}{ends}")


@cache
def _any_phrase(heading: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_any_of(heading)})(?!\w)")
