"""What a person newly wrote: history, signatures and footers told from it in one pass over the lines."""

from dataclasses import dataclass, field

from ticketapp.mail import footer_patterns as footers
from ticketapp.mail import reply_patterns as patterns
from ticketapp.mail.attributions import find_attributions, is_glued, quotes_attribution, text_before
from ticketapp.mail.header_blocks import block_above_quote, is_header_block, titles_quoted_forward

_MOST_LINES = 10_000
_LONGEST_LINE = 600


@dataclass(frozen=True, slots=True)
class ReplyParts:
    """A text in two: what was written now, and the history, signature and footers around it."""

    reply: str
    quoted: str


@dataclass(slots=True)
class _Scan:
    lines: list[str]
    is_reply: bool
    is_forward: bool
    attributions: dict[int, int]
    cut: set[int] = field(default_factory=set)
    heads: dict[int, str] = field(default_factory=dict)
    phone_lines: list[int] = field(default_factory=list)
    quotes: list[int] = field(default_factory=list)
    in_signature: bool = False
    may_sign: bool = True
    may_mark: bool = True
    has_bare_marks: bool = True


def split_reply(text: str) -> ReplyParts:
    """Fold a text: `reply` is what an answer newly says, `quoted` all other lines. Linear, never raises."""
    return _split(text, is_reply=True, is_forward=False)


def reply_text(text: str, *, is_reply: bool, is_forward: bool) -> str:
    """The text without quoted history, attribution lines, signature, phone lines and footers; all if nothing is left.

    `is_reply` says that the mail answers another: only then bare `>` lines count as history. In a forwarded mail
    what was forwarded stays.
    """
    return _split(text, is_reply=is_reply, is_forward=is_forward).reply


def beginning_of(text: str, start: str) -> str:
    """The first lines of a text that say what `start` says, blanks aside; all of it if they say something else."""
    wanted = "".join(start.split())
    if not wanted:
        return text
    said = 0
    lines = text.split("\n", _MOST_LINES)
    for number, line in enumerate(lines):
        compact = "".join(line.split())
        if wanted[said : said + len(compact)] != compact:
            return text
        said += len(compact)
        if said == len(wanted):
            return "\n".join(lines[: number + 1]).strip()
    return text


def _split(text: str, *, is_reply: bool, is_forward: bool) -> ReplyParts:
    lines = text.split("\n", _MOST_LINES)
    rest = lines.pop() if len(lines) > _MOST_LINES else None
    clipped = [line[:_LONGEST_LINE] for line in lines]
    scan = _Scan(clipped, is_reply, is_forward, find_attributions(clipped, is_reply=is_reply))
    lowered = "\n".join(clipped).lower()
    scan.may_sign, scan.may_mark = footers.may_hold_phone_lines(lowered), footers.may_hold_reply_marker(lowered)
    scan.has_bare_marks = footers.may_hold_footer(lowered) or "forward" in lowered or "processed by" in lowered
    ends_in_history = _walk(scan)
    _cut_phone_lines_at_ends(scan)
    if not (is_reply or scan.attributions or quotes_attribution(clipped)):
        scan.cut.difference_update(scan.quotes)
    kept = _kept(lines, scan)
    if rest is not None and not ends_in_history:
        kept.append(rest)
    reply = "\n".join(kept).strip()
    if not reply:
        return ReplyParts(text.strip(), "")
    return ReplyParts(reply, "\n".join(line for number, line in enumerate(lines) if number in scan.cut).strip("\n"))


def _kept(lines: list[str], scan: _Scan) -> list[str]:
    """The lines that are not cut; where something was cut, the blank lines around it become one."""
    kept: list[str] = []
    for number, line in enumerate(lines):
        if number in scan.heads:
            kept.append(scan.heads[number])
            continue
        follows_cut = number - 1 in scan.cut and kept and not kept[-1].strip()
        if number in scan.cut or (follows_cut and not line.strip()):
            if not line.strip():
                scan.cut.add(number)
            continue
        kept.append(line)
    return kept


def _walk(scan: _Scan) -> bool:
    """Mark the lines to cut; True where everything from some line on is history."""
    number = 0
    while number < len(scan.lines):
        line = scan.lines[number]
        if not line or line.isspace():
            if scan.in_signature:
                scan.cut.add(number)
            number += 1
            continue
        if _goes_on_with_quote(scan, number):
            scan.cut.add(number)
        elif _is_prose(scan, number):
            _take_prose(scan, number)
        elif _starts_quoted_forward(scan, number):
            return False
        elif number not in scan.attributions and patterns.QUOTE_LINE.match(line):
            scan.in_signature = False
            scan.cut.add(number)
            scan.quotes.append(number)
        elif length := _attribution_length(scan, number):
            _cut_attribution(scan, number, length)
            if not _is_quote_next(scan.lines, number + length):
                return _cut_rest(scan, number)
            number += length
            continue
        elif _starts_forward(scan, number):
            return False
        elif _starts_history(scan, number):
            return _cut_rest(scan, number)
        else:
            _take_plain(scan, number)
        number += 1
    return False


def _attribution_length(scan: _Scan, number: int) -> int:
    """How many lines from here on say whose words the quote below is; 0 where none does."""
    if number in scan.attributions:
        return scan.attributions[number]
    if scan.is_reply and patterns.ORIGINAL.match(scan.lines[number]) and _is_quote_next(scan.lines, number + 1):
        return 1
    return block_above_quote(scan.lines, number) if scan.is_reply and not scan.is_forward else 0


def _cut_attribution(scan: _Scan, number: int, length: int) -> None:
    scan.in_signature = False
    scan.cut.update(range(number, number + length))
    before = text_before(scan.lines[number])
    if before and not footers.is_phone_line(before):
        scan.heads[number] = before


def _cut_rest(scan: _Scan, number: int) -> bool:
    scan.cut.update(range(_past_title(scan.lines, number), len(scan.lines)))
    return True


def _past_title(lines: list[str], number: int) -> int:
    """The line where the rule or title above the history starts, with the blank lines between."""
    names_below = footers.is_reply_marker(lines[number])
    above = number - 1
    while above >= 0 and number - above < 7:
        line = lines[above]
        if _is_title(line) or (names_below and _is_name_and_verb(line)):
            number = above
        elif line.strip():
            break
        above -= 1
    return number


def _is_title(line: str) -> bool:
    titles = (footers.RULE_LINE, patterns.BARE_ORIGINAL, patterns.DASHED_TITLE)
    return any(title.match(line) for title in titles)


def _is_name_and_verb(line: str) -> bool:
    """Whether it is `Jane Doe wrote:`, as a client leaves it above history that starts with a reply marker."""
    return bool(patterns.NAMED.match(line)) and not patterns.SPEAKS_OF_PEOPLE.search(line.split(":")[0].strip())


def _goes_on_with_quote(scan: _Scan, number: int) -> bool:
    """Whether a relay wrapped the quoted line above and this is the rest of it: of its sentence or of its link."""
    if not scan.quotes or scan.quotes[-1] != number - 1:
        return False
    above, line = scan.lines[number - 1], scan.lines[number]
    if patterns.UNFINISHED_LINK.match(above) and patterns.LINK_END.match(line):
        return True
    is_rest = bool(patterns.UNFINISHED_QUOTE.match(above)) and bool(patterns.GOES_ON.match(line))
    following = next(iter(scan.lines[number + 1 : number + 2]), "")
    goes_on = patterns.CONTINUED_QUOTE.match(following)
    return is_rest and bool(goes_on or (patterns.SENTENCE_REST.match(line) and patterns.QUOTE_LINE.match(following)))


def _is_prose(scan: _Scan, number: int) -> bool:
    """Whether the line begins with a letter and names nothing before a colon: no mark of history looks so."""
    if scan.has_bare_marks or scan.may_mark or number in scan.attributions:
        return False
    return bool(patterns.PROSE.match(scan.lines[number]))


def _take_plain(scan: _Scan, number: int) -> None:
    if not scan.in_signature and (_starts_signature(scan.lines, number) or _starts_footer(scan.lines, number)):
        scan.in_signature = True
    _take_prose(scan, number)


def _take_prose(scan: _Scan, number: int) -> None:
    if scan.in_signature or (scan.may_sign and _is_phone_line(scan, number)):
        scan.cut.add(number)
    elif scan.may_sign and footers.may_be_phone_line(scan.lines[number]):
        scan.phone_lines.append(number)


def _is_phone_line(scan: _Scan, number: int) -> bool:
    """Whether a mail program signed here; a whole sentence that is followed by another one is somebody's own."""
    line = scan.lines[number]
    if not footers.is_phone_line(line):
        return False
    following = next(iter(scan.lines[number + 1 : number + 2]), "") if number + 1 not in scan.attributions else ""
    is_within_prose = bool(patterns.PROSE.match(line)) and bool(patterns.PROSE.match(following))
    ends_sentence = line.rstrip().endswith((".", "!", "?"))
    return not (ends_sentence and is_within_prose) or footers.is_phone_line(following)


def _cut_phone_lines_at_ends(scan: _Scan) -> None:
    """Cut `Sent with Anything` too where it stands alone and nothing follows but history or the end."""
    for number in reversed(scan.phone_lines):
        is_apart = number > 0 and not scan.lines[number - 1].strip()
        following = range(number + 1, min(len(scan.lines), number + 30))
        after = next((later for later in following if scan.lines[later].strip()), None)
        if is_apart and (after is None or after in scan.cut):
            scan.cut.add(number)


def _is_quote_next(lines: list[str], number: int) -> bool:
    """Whether the next line that is not blank is quoted."""
    for line in lines[number : number + 6]:
        if line and not line.isspace():
            return bool(patterns.QUOTE_LINE.match(line))
    return False


def _starts_forward(scan: _Scan, number: int) -> bool:
    line = scan.lines[number]
    if len(line) < 200 and patterns.FORWARD.match(line):
        return True
    return scan.is_forward and (bool(patterns.ORIGINAL.match(line)) or is_header_block(scan.lines, number))


def _starts_quoted_forward(scan: _Scan, number: int) -> bool:
    """Whether a forward starts here whose title is quoted too; below an attribution it is a part of the history."""
    titles = not scan.quotes and titles_quoted_forward(scan.lines[number], is_forward=scan.is_forward)
    return titles and all(number < attribution for attribution in scan.attributions)


def _starts_history(scan: _Scan, number: int) -> bool:
    line = scan.lines[number]
    return (
        bool(patterns.ORIGINAL.match(line))
        or (scan.may_mark and footers.is_reply_marker(line))
        or is_header_block(scan.lines, number)
        or (scan.is_reply and is_glued(line))
    )


def _starts_signature(lines: list[str], number: int) -> bool:
    line = lines[number]
    if not footers.SIGNATURE.match(line):
        return False
    following = next((later for later in lines[number + 1 : number + 4] if later.strip()), "")
    return line.startswith("--") or bool(footers.GITHUB_FOOTER.match(following))


def _starts_footer(lines: list[str], number: int) -> bool:
    """Whether what a list server or virus scanner appended starts here, with or without a rule above."""
    line = lines[number]
    if footers.LIST_FOOTER.match(line):
        return True
    if not footers.RULE_LINE.match(line):
        return False
    following = [later for later in lines[number + 1 : number + 8] if later.strip()][:5]
    if any(footers.LIST_FOOTER.match(later) for later in following[:3]):
        return True
    if any(footers.SERVER_AD.match(later) for later in following):
        return True
    named = bool(following) and bool(footers.MAILMAN_NAME.match(following[0]))
    return named and any(footers.MAILMAN_LINK.match(later) for later in following[1:])
