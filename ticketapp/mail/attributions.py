"""Lines such as `On Monday, Jane wrote:` above a quote, however wrapped and in whichever language."""

from ticketapp.mail import reply_patterns as patterns

_MOST_LINES_OF_ONE = 6
_LONGEST = 600


def find_attributions(lines: list[str], *, is_reply: bool) -> dict[int, int]:
    """First line number of each attribution to how many lines it takes; weaker wordings count only in an answer."""
    found: dict[int, int] = {}
    taken = -1
    for number, line in enumerate(lines):
        ending = line.rstrip(" \t\u00a0*_")
        if not ending.endswith(patterns.ATTRIBUTION_ENDS) or len(line) >= _LONGEST or patterns.QUOTE_LINE.match(line):
            continue
        length = _length(lines, number, taken, is_reply=is_reply)
        if length:
            found[number - length + 1] = length
            taken = number
    return found


def quotes_attribution(lines: list[str]) -> bool:
    """Whether a quoted line is itself an attribution, as clients write that quote it too: the mail is an answer."""
    quoted = (line.lstrip("> \t") for line in lines if line.startswith(">"))
    return any(line.rstrip().endswith(patterns.ATTRIBUTION_ENDS) and _is_strong(line) for line in quoted)


def _length(lines: list[str], last: int, taken: int, *, is_reply: bool) -> int:
    """How many lines, ending with `last`, are one attribution; 0 where they are none."""
    is_above_quote = _quote_follows(lines, last)
    text, blanks, weak_length = "", 0, 0
    for first in range(last, max(taken, last - _MOST_LINES_OF_ONE - 2), -1):
        line = lines[first].strip()
        if patterns.QUOTE_LINE.match(line):
            return weak_length
        blanks += not line
        text = f"{line} {text}".strip()
        if len(text) > _LONGEST or blanks > 1 or last - first >= _MOST_LINES_OF_ONE:
            return weak_length
        if line and _is_strong(text):
            return last - first + 1
        if line and is_above_quote and is_reply and not weak_length and last - first < 2 and _is_weak(text):
            weak_length = last - first + 1
    return weak_length


def _quote_follows(lines: list[str], last: int) -> bool:
    following = next((line for line in lines[last + 1 : last + 6] if line.strip()), "")
    return bool(patterns.QUOTE_LINE.match(following))


def _is_strong(text: str) -> bool:
    """A wording that is an attribution wherever it stands: a date with a time or address, and a verb or opener."""
    has_date, has_time = bool(patterns.DATE.search(text)), bool(patterns.TIME.search(text))
    has_email = bool(patterns.EMAIL.search(text))
    if not has_date and not (has_time and patterns.DAY.search(text) and patterns.OPENER.match(text)):
        return False
    if not (has_time or has_email):
        return False
    if patterns.VERB.search(text):
        return _starts_like_one(text)
    return has_time and has_email and text.endswith(patterns.BRACKETED_COLONS) and _starts_like_one(text)


def _starts_like_one(text: str) -> bool:
    """Opened by a word such as `On`, or with the date, the name or the address near its start."""
    opened = patterns.OPENER.match(text)
    near = text[:80]
    return bool(opened) or bool(patterns.DATE.search(near)) or bool(patterns.EMAIL.search(near))


def _is_weak(text: str) -> bool:
    """A wording that is an attribution because a quote follows it."""
    if len(text) > 300 or not text.endswith((*patterns.COLONS, "-", ".")):
        return False
    if patterns.VERB.search(text) or patterns.QUOTING.match(text) or patterns.CITED_BY.match(text):
        return True
    has_date = bool(patterns.DATE.search(text))
    return has_date and (bool(patterns.EMAIL.search(text)) or bool(patterns.TIME.search(text)))
