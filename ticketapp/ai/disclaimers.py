"""Which sentence is a disclaimer, and which words it takes their meaning.

Pure, of folded text. The phrases are in ``words/disclaimers.txt``, a blank within one written ``_``.
"""

import re
from dataclasses import dataclass
from functools import cache

from ticketapp.ai.folding import folded
from ticketapp.ai.languages import sections as sections_of
from ticketapp.ai.phrases import any_of

SEEN = 80  # so much before a word says whether it is meant as any or as a certain one


@dataclass(frozen=True, slots=True)
class Disclaimer:
    """A sentence that takes words behind ``begins_at`` their meaning, with ``is_bare`` only any such thing."""

    begins_at: int
    is_bare: bool

    def takes(self, text: str, start: int, at: int) -> bool:
        """Whether the word at ``at`` tells nothing, in the sentence that begins at ``start``: it is no certain thing,
        and stands behind the phrase or means any."""
        seen_from = max(start, at - SEEN)
        if _definite().search(text, seen_from, at):
            return False
        is_behind = at - start > self.begins_at and not self.is_bare
        return is_behind or any(pattern.search(text, seen_from, at) for pattern in self._before())

    def _before(self) -> tuple[re.Pattern[str], ...]:
        return (_any(),) if self.is_bare else (_any(), _for_it())


def disclaimer_of(sentence: str, *, is_below: bool) -> Disclaimer | None:
    """What ``sentence`` disclaims, ``is_below`` what somebody wrote or not; None: it is somebody's own words."""
    of_this_mail = phrases("This mail").search(sentence) is not None
    if told().search(sentence) or not (is_below or of_this_mail):
        return None
    if is_below and (hit := phrases("Only below").search(sentence)):
        return Disclaimer(hit.start(), is_bare=False)
    if hit := phrases("Disclaimers").search(sentence):
        return Disclaimer(0 if _for().match(sentence) else hit.start(), is_bare=False)
    hit = phrases("Bare").search(sentence)
    return Disclaimer(hit.start(), is_bare=not of_this_mail) if hit else None


@cache
def is_disclaimed(word: str) -> bool:
    """Whether disclaimers speak of such a thing as a severity word names: no mail disclaims that something burns."""
    return folded(word) in {folded(each).replace("_", " ") for each in sections_of("disclaimers.txt")["Disclaimed"]}


@cache
def phrases(heading: str) -> re.Pattern[str]:
    """Any phrase of a section, as whole words."""
    return re.compile(rf"(?<!\w)(?:{_any_of(heading)})(?!\w)")


@cache
def told() -> re.Pattern[str]:
    """Words that tell something; *if you are* tells no more than *if*."""
    return re.compile(rf"(?<!\w)(?<!if )(?<!unless )(?:{_any_of('Told')})(?!\w)")


@cache
def _definite() -> re.Pattern[str]:
    """A word for a certain thing, and one more word at most, that does not say by what."""
    between = rf"(?:(?!(?:{_any_of('By')})(?!\w))[\w'-]{{1,20}}[ \n]{{1,2}})?"
    return re.compile(rf"(?<!\w)(?:{_any_of('Definite')})[ \n]{{1,2}}{between}\Z")


@cache
def _any() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_any_of('Any')})(?:[ \n]{{1,2}}[\w'-]{{1,20}}){{0,5}}[ \n]{{1,2}}\Z")


@cache
def _for_it() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_any_of('For')})(?:[ \n]{{1,2}}[\w'-]{{1,20}}){{0,3}}[ \n]{{1,2}}\Z")


@cache
def _for() -> re.Pattern[str]:
    return re.compile(rf"\W{{0,4}}(?:{_any_of('For')})(?!\w)")


def _any_of(heading: str) -> str:
    return any_of("disclaimers.txt", heading).replace(r"\*", r"\b[^.!?]{0,80}?\b")
