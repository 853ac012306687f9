"""Checks of single values that people and programs hand in; each raises ``InvalidInput`` naming the field."""

import re
from enum import StrEnum
from typing import TypeVar

from ticketapp.errors import InvalidInput

Word = TypeVar("Word", bound=StrEnum)
ADDRESS_LIMIT = 320
# One @, no white space, no control or separator characters; what a mail server accepts beyond is its affair.
ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\\x00-\x1f\x7f]{1,64}@[^\s@<>,;:\"()\[\]\\\x00-\x1f\x7f]{1,255}")


def required_text(field: str, value: object, *, limit: int) -> str:
    """``value`` without white space around it: 1 to ``limit`` characters that the database can hold."""
    text = optional_text(field, value, limit=limit)
    if not text:
        raise InvalidInput(field, f"{_title(field)} must not be blank.")
    return text


def optional_text(field: str, value: object, *, limit: int) -> str:
    """``value`` without white space around it, at most ``limit`` characters, possibly empty."""
    if not isinstance(value, str):
        raise InvalidInput(field, f"{_title(field)} must be text.")
    if not is_storable(value):
        raise InvalidInput(field, f"{_title(field)} must not contain NUL or broken Unicode characters.")
    text = value.strip()
    if len(text) > limit:
        raise InvalidInput(field, f"{_title(field)} must be at most {limit:,} characters; this has {len(text):,}.")
    return text


def one_of(field: str, value: object, kind: type[Word]) -> Word:
    """``value`` as a word of ``kind``."""
    try:
        return kind(str(value))
    except ValueError:
        allowed = ", ".join(kind)
        raise InvalidInput(field, f"{_title(field)} must be one of {allowed}.") from None


def mail_address(field: str, value: object) -> str:
    """``value`` as one lower-cased mail address."""
    address = required_text(field, value, limit=ADDRESS_LIMIT).lower()
    if not ADDRESS.fullmatch(address):
        raise InvalidInput(field, f"{_title(field)} must be one mail address, like jo@example.com.")
    return address


def is_storable(text: str) -> bool:
    """Whether PostgreSQL takes ``text``: no NUL and no lone surrogate."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def _title(field: str) -> str:
    return field.replace("_", " ").capitalize()
