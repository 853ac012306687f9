"""Shortening a long text by one rule: its beginning, the newest reply in it and its end stay. Pure, linear."""

import re
import unicodedata
from itertools import pairwise

GAP = "\n[... {} characters left out ...]\n"
# How far a cut moves at most so that an accent, a joiner or a variation stays with the letter it belongs to.
MAX_STEP = 16
# So much before a blind cut may be the first half of a number, an address or a token.
HALVES = 200

_QUOTED_LINE = re.compile(r"^[ \t]{0,8}>.*\n?", re.MULTILINE)
_JOINERS = frozenset("\u200c\u200d\ufe0e\ufe0f")


def cut(text: str, limit: int) -> str:
    """``text`` itself up to ``limit`` characters; of a longer one that many, with each gap said in its place.

    Where somebody answered below what they quoted, the newest reply begins after the longest quotation: the
    beginning gets half of ``limit``, that reply's first words and the end a quarter each; a reply of up to half of
    it stays whole. Otherwise the newest words are at the top or the bottom: the beginning gets two thirds and the
    end one. A letter is never parted from its accents. The work is linear in the length of ``text``.
    """
    return text if len(text) <= limit else _joined(text, _kept(len(text), _newest_reply(text), limit))


def without_halves(text: str, limit: int) -> str:
    """``text``, or where it has ``limit`` characters, so that it may have been cut there blindly, less of its end.

    Its last 200 characters go, and the word that these begin in, so that half a secret, which masking would not know,
    is left of none.
    """
    if len(text) < limit:
        return text
    words = text[: max(0, limit - HALVES)].rsplit(maxsplit=1)
    return words[0] if len(words) > 1 else ""


def _kept(length: int, reply_at: int | None, limit: int) -> list[tuple[int, int]]:
    """The spans, together ``limit`` long, that stay of a longer text with a reply at ``reply_at``."""
    half, quarter, end = limit // 2, limit // 4, limit // 3
    if reply_at is None or reply_at + end >= length:
        return [(0, limit - end), (length - end, length)]
    if reply_at + 2 * quarter >= length:
        return [(0, limit - (length - reply_at)), (reply_at, length)]
    if reply_at <= half:
        beginning = max(limit - end, reply_at + quarter)
        return [(0, beginning), (length - limit + beginning, length)]
    return [(0, half), (reply_at, reply_at + quarter), (length - quarter, length)]


def _newest_reply(text: str) -> int | None:
    """Where the words after the longest quotation begin, the last of several; None where nothing is quoted or nothing
    follows. Lines with none but blank ones between are one quotation; a line quoted within a reply is a short one."""
    start = end = 0
    longest = (0, 0)
    for quoted in _QUOTED_LINE.finditer(text):
        if text[end : quoted.start()].strip():
            start = quoted.start()
        end = quoted.end()
        longest = max(longest, (end - start, end))
    blank = re.compile(r"\s*").match(text, longest[1])
    reply_at = blank.end() if blank else longest[1]
    return reply_at if longest[0] > 0 and reply_at < len(text) else None


def _joined(text: str, spans: list[tuple[int, int]]) -> str:
    """The spans of ``text`` with the gaps between them said."""
    whole = [(_between_letters(text, start), _between_letters(text, end)) for start, end in spans]
    pieces = [text[slice(*whole[0])]]
    for (_, before), (start, end) in pairwise(whole):
        pieces += [GAP.format(start - before), text[start:end]] if start > before else [text[before:end]]
    return "".join(pieces)


def _between_letters(text: str, at: int) -> int:
    """``at``, or a few places earlier, where a cut leaves every letter with what belongs to it."""
    for place in range(at, max(0, at - MAX_STEP), -1):
        if place == len(text) or not (_belongs_to_the_left(text[place]) or text[place - 1] == "\u200d"):
            return place
    return at


def _belongs_to_the_left(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character) in ("Mn", "Mc", "Me")
