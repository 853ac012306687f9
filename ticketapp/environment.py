"""Reading settings from environment variables: one value at a time, every problem gathered."""

import re
from collections.abc import Callable, Mapping
from typing import TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")


class Environment:
    """Environment variables as typed values; what is wrong goes into ``problems``, a sentence each."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[str] = []

    def text(self, name: str, default: str) -> str:
        return self.environ.get(name, "").strip() or default

    def words(self, name: str, pattern: str, *, meaning: str) -> tuple[str, ...]:
        words = tuple(self.text(name, "").replace(",", " ").split())
        if not all(re.fullmatch(pattern, word) for word in words):
            self.problems.append(f"{name} must be {meaning}")
        return words

    def number(self, name: str, default: T, *, low: float, high: float, kind: Callable[[str], T]) -> T:
        value = self.text(name, "")
        if not value:
            return default
        try:
            number = kind(value)
        except ValueError:
            number = None
        if number is None or not low <= float(value) <= high:
            unit = "a whole number" if kind is int else "a number"
            self.problems.append(f"{name} must be {unit} from {low:g} to {high:g}")
            return default
        return number

    def choice(
        self, name: str, allowed: tuple[str, ...], *, default: str, fold: Callable[[str], str] = str.lower
    ) -> str:
        value = fold(self.text(name, default))
        if value not in allowed:
            self.problems.append(f"{name} must be one of {', '.join(allowed)}")
            return default
        return value

    def pattern(self, name: str, pattern: str, *, default: str, meaning: str) -> str:
        value = self.text(name, default)
        if not re.fullmatch(pattern, value):
            self.problems.append(f"{name} must be {meaning}")
            return default
        return value

    def require(self, name: str, value: str, *, because: str) -> None:
        if not value:
            self.problems.append(f"{name} is missing, and {because}")


def is_url(text: str, *schemes: str) -> bool:
    """Whether this is an address of one of these schemes, its port a number where it has one."""
    try:
        parts = urlsplit(text)
        has_port = parts.port != 0  # a malformed one raises when it is read
    except ValueError:
        return False
    return has_port and parts.scheme in schemes
