"""Message-IDs as they are compared: without brackets, blanks or comments."""

import re

from ticketapp.mail.encoded_words import decode_words, raw_text
from ticketapp.mail.storable import one_line

_BRACKETED = re.compile(r"<([^<>]{1,2000})>")
_BLANKS = re.compile(r"\s+")
_SEPARATORS = re.compile(r"[\s,;]+")
_MOST_IDS = 5_000


def read_ids(values: list[bytes]) -> tuple[str, ...]:
    """Every id in header values such as References (RFC 5322 section 3.6.4), in order, without angle brackets."""
    found: list[str] = []
    for value in values:
        found += _ids_of(decode_words(raw_text(value)))
    return tuple(found[:_MOST_IDS])


def first_id(values: list[bytes]) -> str | None:
    """The first id of a header such as Message-ID or In-Reply-To, None where there is none."""
    ids = read_ids(values)
    return ids[0] if ids else None


def _ids_of(text: str) -> list[str]:
    bracketed = [_clean(found) for found in _BRACKETED.findall(text)]
    if any(bracketed):
        return [found for found in bracketed if found]
    tokens = [_clean(token.strip("<>\"'")) for token in _SEPARATORS.split(text)]
    tokens = [token for token in tokens if token]
    with_at = [token for token in tokens if "@" in token]
    return with_at or (tokens if len(tokens) == 1 else [])


def _clean(text: str) -> str:
    return one_line(_BLANKS.sub("", text))
