"""How the parts of a query string are read, for every filter: one word of a vocabulary, a day, or some text."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar

from ticketapp.errors import InvalidInput

TEXT_LIMIT = 200
Word = TypeVar("Word", bound=StrEnum)


def word(args: Mapping[str, str], name: str, kind: type[Word]) -> Word | None:
    """The member of ``kind`` that a parameter names, None where it is blank. Raises ``InvalidInput``."""
    value = args.get(name, "").strip()
    if not value:
        return None
    try:
        return kind(value)
    except ValueError:
        raise InvalidInput(name, f"{name} must be one of {', '.join(kind)}.") from None


def text(args: Mapping[str, str], name: str) -> str:
    """A parameter as text that can be stored, trimmed. Raises ``InvalidInput`` above 200 characters or with NUL."""
    value = args.get(name, "").strip()
    if len(value) > TEXT_LIMIT or "\0" in value:
        raise InvalidInput(name, f"{name} must be at most {TEXT_LIMIT} characters without NUL.")
    return value.encode(errors="replace").decode()


def number(args: Mapping[str, str], name: str) -> int | None:
    """A parameter as the number of a row, None where it is blank. Raises ``InvalidInput``."""
    value = args.get(name, "").strip()
    if not value:
        return None
    if not (value.isascii() and value.isdecimal() and len(value) < 19 and int(value) > 0):
        raise InvalidInput(name, f"{name} must be a whole number above 0.")
    return int(value)


def day(args: Mapping[str, str], name: str) -> date | None:
    """A parameter as a day, None where it is blank. Raises ``InvalidInput``."""
    value = args.get(name, "").strip()
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise InvalidInput(name, f"{name} must be a day, like 2026-11-20.") from None
