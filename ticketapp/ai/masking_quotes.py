"""Where a secret begins and ends that may stand in quotation marks or behind stars. Pure, within 200 characters."""

from ticketapp.ai import masking_looks as looks
from ticketapp.ai.masking_looks import SEEN, Look

_QUOTES = {'"': '"', "'": "'", "`": "`", "\u201c": "\u201d", "\u201e": "\u201c", "\u00ab": "\u00bb"}


def behind_quote(text: str, at: int) -> int:
    """The place behind the closing mark at ``at``, or ``at`` where none is there."""
    return at + 1 if text[at : at + 1] in _QUOTES.values() else at


def within_quotes(text: str, start: int, look: Look) -> tuple[int, int | None]:
    """Where the secret at ``start`` begins and ends; in quotation marks it may be several words."""
    stars = start
    while stars < start + 2 and text[stars : stars + 1] == "*":
        stars += 1
    closing = _QUOTES.get(text[stars : stars + 1])
    if closing is None:
        return stars, look(text, stars)
    end = text.find(closing, stars + 1, stars + SEEN)
    inner = text[stars + 1 : end] if end > 0 else ""
    is_whole = " " in inner and "\n" not in inner and (look is looks.any_word or not _says_much(inner, look))
    return stars + 1, end if is_whole else look(text, stars + 1)


def _says_much(words: str, look: Look) -> bool:
    """Whether quoted words say something. Of a phrase only half of them would: correct horse battery staple."""
    if look is looks.phrase_or_word:
        return 2 * sum(map(looks.is_statement, words.split())) >= len(words.split())
    return looks.is_statement(words)
