"""The sentences and paragraphs of a text: which language is spoken around a place, and whether it is disclaimed.

Pure, of folded text; a pass over the text, and each passage looked at once.
"""

import re
from bisect import bisect_left, bisect_right
from functools import cached_property

from ticketapp.ai.disclaimers import Disclaimer, disclaimer_of, phrases, told
from ticketapp.ai.endings import end_of_own
from ticketapp.ai.footers import is_in_name, says_whom_to_call
from ticketapp.ai.languages import WHOLE, clear_language, language_of, small_word_hits

WRAPPED = 50  # a line of so many characters may go on in the next
FEWEST_HITS_OF_TEXT = 5 * WHOLE // 2  # a slogan below a mail does not make it English
_ENDS = re.compile(r"[.!?](?=\s)|\u3002|\n")
_PARAGRAPH = re.compile(r"\n[ \t]*\n")


class Passages:
    """A folded text by its sentences; a line end ends one where the line is short or the next is empty.

    ``written`` is the text before it was folded, whose capitals tell names.
    """

    def __init__(self, text: str, written: str = "") -> None:
        self._text = text
        self._written = written
        self._languages: dict[tuple[int, int], str | None] = {}
        self._spoken: dict[tuple[str, int], bool] = {}
        self._disclaimers: dict[int, Disclaimer | None] = {}

    @cached_property
    def end_of_own(self) -> int:
        """Where what somebody wrote ends."""
        return end_of_own(self._text, self._written)

    @cached_property
    def own_words(self) -> str:
        """The text without each disclaimer and what follows it in its paragraph: below what was written, or where one
        that names this very mail begins a paragraph."""
        first = bisect_right(self._sentences, self.end_of_own)
        of_this_mail = self._with(phrases("This mail")) & {self._number(at) for at in self._paragraphs}
        below = [number for number in self._below if number >= first or number in of_this_mail]
        return self._own_words(below, len(self._text))

    def disclaim(self, at: int) -> bool:
        """Whether what stands at ``at`` is only disclaimed, as below every mail of a company: not liable for."""
        start, end = self._span(self._sentences, at)
        if start not in self._disclaimers:
            is_below = start >= self.end_of_own
            self._disclaimers[start] = disclaimer_of(self._text[start:end], is_below=is_below)
        disclaimer = self._disclaimers[start]
        return disclaimer is not None and disclaimer.takes(self._text, start, at)

    def is_footer(self, at: int) -> bool:
        """Whether what stands at ``at``, below what was written, is in a line of a signature that tells nothing."""
        start, end = self._span(self._sentences, at)
        if start < self.end_of_own:
            return False
        return says_whom_to_call(self._text, start, end, at) or is_in_name(self._text, at)

    def speak(self, language: str, at: int) -> bool:
        """Whether what stands around ``at`` may be in ``language``: nothing says that it is in another.

        The sentence is asked first, then its paragraph, then the text without its disclaimers and without the last
        paragraph below; the first that is clear decides, unless the sentence has more small words of ``language``.
        """
        sentence = self._span(self._sentences, at)
        if (language, sentence[0]) not in self._spoken:
            self._spoken[language, sentence[0]] = self._may_speak(language, sentence)
        return self._spoken[language, sentence[0]]

    def _may_speak(self, language: str, sentence: tuple[int, int]) -> bool:
        spoken = self._language(sentence)
        paragraph = self._span(self._paragraphs, sentence[0])
        if not spoken and not self._has_below(paragraph):
            spoken = self._language(paragraph)
        spoken = spoken or (self._of_beginning if sentence[0] < self._last_paragraph else self._of_all)
        if spoken in (None, language):
            return True
        hits = small_word_hits(self._text[slice(*sentence)])
        return hits[language] > hits[spoken or ""]

    def _has_below(self, span: tuple[int, int]) -> bool:
        first, last = bisect_right(self._sentences, span[0]), bisect_right(self._sentences, span[1] - 1)
        return bisect_right(self._below, last) > bisect_left(self._below, first)

    @cached_property
    def _sentences(self) -> list[int]:
        """Where each but the first begins."""
        starts, line = [], 0
        for end in _ENDS.finditer(self._text):
            if end[0] != "\n":
                starts.append(end.end())
                continue
            is_short = end.start() - line < WRAPPED or self._text[end.end() : end.end() + 1] == "\n"
            line = end.end()
            if is_short:
                starts.append(line)
        return starts

    @cached_property
    def _paragraphs(self) -> list[int]:
        return [end.end() for end in _PARAGRAPH.finditer(self._text)]

    @cached_property
    def _below(self) -> list[int]:
        """The numbers, in order, of the sentences that may be not of whoever wrote."""
        disclaimers = self._with(phrases("Disclaimers")) | self._with(phrases("Bare"))
        return sorted(disclaimers - self._with(told()) | self._with(phrases("Below mails")))

    def _with(self, phrase: re.Pattern[str]) -> frozenset[int]:
        return frozenset(self._number(hit.start()) for hit in phrase.finditer(self._text))

    def _number(self, at: int) -> int:
        """Of the sentence at ``at``."""
        return bisect_right(self._sentences, at)

    @cached_property
    def _of_all(self) -> str | None:
        return clear_language(self._own_words(self._below, len(self._text)), fewest_hits=FEWEST_HITS_OF_TEXT)

    @cached_property
    def _of_beginning(self) -> str | None:
        return clear_language(self._own_words(self._below, self._last_paragraph), fewest_hits=FEWEST_HITS_OF_TEXT)

    @cached_property
    def _last_paragraph(self) -> int:
        """Where the last one begins that begins with no disclaimer: a footer in words that are not known, perhaps."""
        below = set(self._below)
        begins = (at for at in reversed(self._paragraphs) if bisect_right(self._sentences, at) not in below)
        return next(begins, 0)

    def _own_words(self, below: list[int], end: int) -> str:
        """The text up to ``end`` without the sentences of these numbers and what follows each in its paragraph."""
        kept, at = [], 0
        for number in below:
            start = min(end, self._sentences[number - 1] if number else 0)
            kept.append(self._text[at : max(at, start)])
            at = max(at, self._span(self._paragraphs, start)[1])
        return "".join([*kept, self._text[at:end]])

    def _language(self, span: tuple[int, int]) -> str | None:
        if span not in self._languages:
            self._languages[span] = language_of(self._text[slice(*span)])
        return self._languages[span]

    def _span(self, starts: list[int], at: int) -> tuple[int, int]:
        number = bisect_right(starts, at)
        return starts[number - 1] if number else 0, starts[number] if number < len(starts) else len(self._text)
