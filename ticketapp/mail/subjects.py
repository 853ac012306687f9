"""What a subject says beside its words: answer prefixes, and the numbers of our own tickets."""

import re

from ticketapp.mail import reply_patterns as patterns

_LONGEST = 1_000
_MOST_PREFIXES = 20
_TICKET = re.compile(r"\[#(\d{1,12})\]")


def ticket_numbers(subject: str) -> tuple[int, ...]:
    """Numbers in our own marker `[#123]`, in order, each once; at most 12 digits are a number."""
    found = (int(digits) for digits in _TICKET.findall(subject[:_LONGEST]) if digits.isascii())
    return tuple(dict.fromkeys(number for number in found if number > 0))


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
