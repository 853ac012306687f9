"""The header lines (From, Sent, To, Subject, in any language) that clients put above the history."""

from ticketapp.mail import reply_patterns as patterns

_WINDOW = 10
_MOST_BLANK_LINES = 6
_MOST_RECIPIENT_LINES = 60
_LONGEST_TITLE = 200


def kind_of(line: str) -> str:
    """Which header a line is labelled as (`from`, `sent`, `to`, `subject`, `cc`), empty for other lines."""
    if not any(colon in line for colon in patterns.COLONS):
        return ""
    return next((kind for kind, label in patterns.LABELS.items() if label.match(line)), "")


def is_header_block(lines: list[str], number: int) -> bool:
    """Whether the header lines that Outlook and others put above an unmarked quote start here."""
    if not kind_of(lines[number]):
        return False
    window = _window(lines, number)
    labelled = [(kind_of(line), line) for line in window]
    kinds = {kind for kind, _ in labelled} - {""}
    if "from" not in kinds or not kinds & {"sent", "to"} or len(kinds) < 3:
        return False
    if any("@" in line for line in window) or _is_dated(labelled):
        return True
    return "subject" in kinds and any(_tells_moment(line) for kind, line in labelled if kind == "sent")


def _tells_moment(line: str) -> bool:
    """Whether a day of some year or a time of day is told, as clients do and people rarely."""
    told = line.translate(patterns.UNSEEN_MARKS)
    return bool(patterns.TIME.search(told) or patterns.DATE.search(told))


def _window(lines: list[str], number: int) -> list[str]:
    """The next lines that are not blank, without those that only go on with a list of recipients."""
    window, blanks = [lines[number]], 0
    for line in lines[number + 1 : number + _MOST_RECIPIENT_LINES]:
        blanks += not line.strip()
        if len(window) == _WINDOW or blanks > _MOST_BLANK_LINES:
            break
        if line.strip() and (not _names_recipient(line) or kind_of(line)):
            window.append(line)
    return window


def _names_recipient(line: str) -> bool:
    return "@" in line and line.rstrip().endswith((">", ",", ";"))


def _is_dated(labelled: list[tuple[str, str]]) -> bool:
    """Whether it is From, a moment, To in this order: the block of Windows Mail, which names neither more."""
    if [kind for kind, _ in labelled[:3]] != ["from", "sent", "to"]:
        return False
    sent = labelled[1][1].translate(patterns.UNSEEN_MARKS)
    return bool(patterns.TIME.search(sent)) and bool(patterns.DATE.search(sent) or patterns.DAY.search(sent))


def block_above_quote(lines: list[str], number: int) -> int:
    """How many lines of headers, at least From and a date or address, lead a marked quote here; 0 where none do."""
    if not kind_of(lines[number]):
        return 0
    kinds: set[str] = set()
    last = number
    for last in range(number, min(number + _WINDOW, len(lines))):
        kind = kind_of(lines[last])
        if not kind:
            break
        kinds.add(kind)
    following = next((line for line in lines[last : last + _MOST_BLANK_LINES] if line.strip()), "")
    is_told = "sent" in kinds or "@" in lines[number]
    return last - number if "from" in kinds and is_told and patterns.QUOTE_LINE.match(following) else 0


def titles_quoted_forward(line: str, *, is_forward: bool) -> bool:
    """Whether the quoted line says that a forwarded message follows, as Apple's and IONOS' programs quote it too."""
    mark = patterns.QUOTE_LINE.match(line)
    if mark is None or len(line) > _LONGEST_TITLE:
        return False
    title = line[mark.end() :]
    return bool(patterns.FORWARD.match(title) or (is_forward and patterns.ORIGINAL.match(title)))
