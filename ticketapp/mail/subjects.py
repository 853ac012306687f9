"""What a subject says beside its words: answer prefixes, and the numbers of our own tickets."""

import re
from collections.abc import Iterable

from ticketapp.mail import reply_patterns as patterns

_LONGEST = 1_000
_MOST_PREFIXES = 20
_TICKET = re.compile(r"\[#(\d{1,12})\]")
_NAMED = re.compile(
    r"\[#([0-9]{1,12})\]"
    r"|\bticket(?:[ -]{0,2}(?:no|nr|number|nummer|id)\b)?[.:]? {0,2}#? ?([0-9]{1,12})(?![\w-]|[.,]\d)",
    re.I,
)
_MENTIONED = re.compile(r"(?<![\w#&/])#([0-9]{1,12})(?![\w-]|[.,]\d)")


def ticket_numbers(subject: str) -> tuple[int, ...]:
    """Numbers that are called tickets, as in `[#123]`, `ticket #123` and `Ticket 123`, in order, each once.

    At most 12 digits are a number.
    """
    return _numbers(one[0] or one[1] for one in _NAMED.findall(subject[:_LONGEST]))


def mentioned_numbers(subject: str) -> tuple[int, ...]:
    """Numbers written `#123` without a word that says of what: of a ticket, or of an order or an invoice."""
    return _numbers(_MENTIONED.findall(subject[:_LONGEST]))


def _numbers(found: Iterable[str]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(number for number in map(int, found) if number > 0))


def normalise_subject(subject: str) -> str:
    """The subject without answer and forward prefixes (`Re:`, `AW:`, `SV[2]:`) and our marker, for comparing."""
    plain = _TICKET.sub(" ", subject[:_LONGEST]).strip()
    for _ in range(_MOST_PREFIXES):
        found = patterns.REPLY_SUBJECT.match(plain) or patterns.FORWARD_SUBJECT.match(plain)
        if not found:
            break
        plain = plain[found.end() :].strip()
    return " ".join(plain.split())


def is_reply_subject(subject: str) -> bool:
    """Whether the subject opens as the subject of an answer."""
    return bool(patterns.REPLY_SUBJECT.match(subject[:_LONGEST]))


def is_forward_subject(subject: str, text: str) -> bool:
    """Whether the subject opens as that of a forwarded mail; `VS:` forwards in Danish and answers in Finnish."""
    found = patterns.FORWARD_SUBJECT.match(subject[:_LONGEST])
    if not found:
        return False
    return not (found[0].strip().lower().startswith("vs") and "lähettäjä:" in text.lower())
