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
        if not ending.endswith(patterns.ATTRIBUTION_ENDS):
            if _is_between_marks(line) or (_is_dated_sender(ending) and _quote_follows(lines, number)):
                found[number], taken = 1, number
            continue
        if len(line) >= _LONGEST or (patterns.QUOTE_LINE.match(line) and not patterns.WRAPPED_END.match(line)):
            continue
        length = _length(lines, number, taken, is_reply=is_reply)
        if length:
            found[number - length + 1] = length
            taken = number
    return found


def text_before(line: str) -> str:
    """What was written on the first line of an attribution, in front of it; mostly nothing."""
    opening = patterns.INNER_OPENING.search(line)
    if not opening:
        return ""
    before = line[: opening.start()].rstrip(" -\t")
    is_part_of_it = patterns.EMAIL.search(before) or patterns.DATE.search(before) or patterns.VERB.search(before)
    return "" if is_part_of_it else before


def _is_between_marks(line: str) -> bool:
    return bool(patterns.BETWEEN_MARKS.match(line)) and bool(
        patterns.DATE.search(line) and patterns.TIME.search(line)
    )


def _is_dated_sender(line: str) -> bool:
    """A date and an address or name with nothing else said, as old Gmail and Yandex led quotes."""
    if not line.endswith(">"):
        return line.startswith("20") and bool(patterns.ZONED_SENDER.match(line))
    return len(line) < _LONGEST and bool(patterns.DATE.match(line.strip())) and bool(patterns.EMAIL.search(line))


def is_glued(line: str) -> bool:
    """Whether a dated attribution starts the line and the history goes on behind its colon."""
    found = patterns.GLUED.match(line)
    return found is not None and bool(patterns.DATE.search(found[0])) and bool(patterns.TIME.search(found[0]))


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
        if first < last and patterns.QUOTE_LINE.match(line):
            return weak_length
        blanks += not line
        text = f"{line} {text}".strip()
        if len(text) > _LONGEST or blanks > 1 or last - first >= _MOST_LINES_OF_ONE:
            return weak_length
        if line and _is_strong(text) and (is_above_quote or not _is_told(text)):
            return last - first + 1
        if line and is_reply and not weak_length and _is_enough(text, last - first, is_above_quote=is_above_quote):
            weak_length = last - first + 1
    return weak_length


def _is_enough(text: str, lines_above: int, *, is_above_quote: bool) -> bool:
    """Whether it is an attribution in an answer, if no line above makes it a better one."""
    return _is_bare(text) or (is_above_quote and lines_above < 2 and _is_weak(text))


def _quote_follows(lines: list[str], last: int) -> bool:
    following = next((line for line in lines[last + 1 : last + 6] if line.strip()), "")
    return bool(patterns.QUOTE_LINE.match(following))


def _is_strong(text: str) -> bool:
    """A wording that is an attribution wherever it stands: a date with a time or address, and a verb or opener."""
    has_date, has_time = bool(patterns.DATE.search(text)), bool(patterns.TIME.search(text))
    has_email = bool(patterns.EMAIL.search(text))
    if not (has_time or has_email) or not (has_date or _is_dated_by_day(text, has_time=has_time)):
        return False
    if patterns.VERB.search(text):
        return _starts_like_one(text)
    return has_time and has_email and text.endswith(patterns.BRACKETED_COLONS) and _starts_like_one(text)


def _is_told(text: str) -> bool:
    """Whether somebody tells in a sentence of their own who wrote what; an attribution with an address never does."""
    return bool(patterns.PERSONAL.search(text)) and not patterns.EMAIL.search(text)


def _is_bare(text: str) -> bool:
    """Who and the verb, with an address or after a whole date: `On Monday, 1 June 2026, Jane wrote:`."""
    text = text.strip("- ")  # Notes draws a rule through it
    if len(text) > 160 or not patterns.ENDS_WITH_VERB.search(text) or not text.endswith(patterns.COLONS):
        return False
    if patterns.SENDER_WROTE.match(text):
        return True
    found = patterns.DATE.search(text[:50])
    is_at_start = found is not None and (found.start() < 3 or _opens_with_date(text))
    return is_at_start and not patterns.SPEAKS_OF_PEOPLE.search(text) and not _is_told(text)


def _opens_with_date(text: str) -> bool:
    """Whether nothing but an opener, a weekday and the date stands at the start."""
    return bool(patterns.DATED_OPENING.match(text))


def _is_dated_by_day(text: str, *, has_time: bool) -> bool:
    """Opened as an attribution and dated without a year; where the time is missing too, the verb must end it."""
    if not patterns.OPENER.match(text) or not patterns.DAY.search(text):
        return False
    return has_time or bool(patterns.ENDS_WITH_VERB.search(text))


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
    has_email = bool(patterns.EMAIL.search(text))
    if has_email and text.endswith(patterns.BRACKETED_COLONS):
        return True
    return bool(patterns.DATE.search(text)) and (has_email or bool(patterns.TIME.search(text)))
