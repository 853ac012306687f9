"""Passwords told by their place: before the host that they open, jo:…@ftp.example.com, or behind an address. Pure.

Every pattern starts where the text before it allows and is bounded from there, so that all are linear.
"""

import re
from collections.abc import Iterator

from ticketapp.ai import masking_looks as looks
from ticketapp.ai.masking_names import ADDRESS, NAME

SEEN_BEFORE = 100
Span = tuple[int, int]
_BEGINS = r"(?<![\w.+%/@:-])"
_DOMAIN = r"[\w-]{1,63}(?:\.[\w-]{1,63}){0,6}\.[a-z][\w-]{1,62}"
_HOST = (
    rf"(?:{_DOMAIN}|\d{{1,3}}(?:\.\d{{1,3}}){{3}}|\[[\da-f:.]{{2,45}}\]|localhost(?![\w.])"
    r"|[\w-]{1,63}(?=:\d{2,5}(?!\w)))"
)
# What stands before an address and is no user.
_FIELD = (
    r"(?:mailto|re|aw|fwd?|wg|tr|rv|from|to|b?cc|reply-to|sender|via|von|an|antwort|de|à|para|da|a|van|aan|od|do|e?-?mails?"
    r"|address|adresse|contact|kontakt|username|benutzer|login|account|konto|name|sip|xmpp|acct|skype|ticket"
    r"|npm|docker|image|customer|client|kunde|klant|cliente"
    r"|users?(?!:[^\s@]{1,100}@[\w.-]{1,100}(?::\d|/)))"
)
_BEFORE_HOST = re.compile(
    rf"{_BEGINS}(?!{_FIELD}:)(?=[\w.+%-]{{0,63}}[^\W\d_])[\w.+%-]{{1,64}}:"
    rf"(?P<secret>[^\s:/\"'`<>,;]{{4,100}})(?=@{_HOST})",
    re.IGNORECASE,
)
_BEHIND_ADDRESS = re.compile(rf"(?<![\w.+%/@-])(?!git@)[\w.+%-]{{1,64}}@{_DOMAIN}:(?=[^\s/\\~.:])", re.IGNORECASE)
_SIGN = re.compile(r"[!#$^&*?=~]")
_LONG_NUMBER = re.compile(r"\d{6,12}(?![\w/:@-]|[.,]\d)")
# There a place for files follows an address.
_COPIES = re.compile(r"(?<!\w)(?:p?scp|rsync|s?ftp|ssh|sshfs|git|hg|mount|borg|restic)(?!\w)[^\n]*\Z", re.IGNORECASE)


def told_beside_hosts(text: str) -> Iterator[Span]:
    """Where the passwords of ``user:password@host`` and ``address:password`` begin and end.

    They have a digit or sign among letters, or behind an address six digits or more; no port, file or next address.
    """
    for match in _BEFORE_HOST.finditer(text):
        if _SIGN.search(match["secret"]) or looks.password(match["secret"], 0):
            yield match.span("secret")
    for match in _BEHIND_ADDRESS.finditer(text):
        end = _end_of_password(text, match.end())
        if end is not None and not _COPIES.search(text, max(0, match.start() - SEEN_BEFORE), match.start()):
            yield match.end(), end


def _end_of_password(text: str, at: int) -> int | None:
    number = _LONG_NUMBER.match(text, at)
    if number:
        return number.end()
    seen = text[at : at + looks.SEEN]
    value = seen[: looks.password(seen, 0) or 0]
    is_other = "/" in value or "\\" in value or NAME.fullmatch(value) or ADDRESS.fullmatch(value)
    return None if is_other or not value else at + len(value)
