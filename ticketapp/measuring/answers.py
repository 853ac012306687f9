"""What a classifier answered about labelled tickets, as JSON Lines: a first line about the run, a line an answer."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import MISSING, asdict, dataclass, fields
from typing import Any, get_type_hints

from ticketapp.ai import CATEGORIES, PRIORITIES
from ticketapp.measuring.confusion import NO_ANSWER

NOT_KNOWN = "not known"
WORDS = {
    "right_category": (*CATEGORIES, ""),
    "right_priority": (*PRIORITIES, ""),
    "category": (*CATEGORIES, NO_ANSWER),
    "priority": (*PRIORITIES, NO_ANSWER),
}


class BadResults(ValueError):
    """A file of answers that cannot be read or gone on with; the text says why in a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """What was asked: a file by its name and SHA-256, of which model, with which prompt, with examples or without.

    ``masked`` are the kinds of personal data that were taken out, ``severity_words`` the SHA-256 of their list,
    ``most_examples`` so many were given at most; they are empty in files of before they were kept.
    """

    file: str
    sha256: str
    tickets: int
    model: str
    prompt: str
    examples: bool
    masked: str = ""
    severity_words: str = ""
    most_examples: int = 0

    def differing(self, other: "Evaluated") -> list[str]:
        """What of the question is not the same in both, in words."""
        return [name.replace("_", " ") for name in asdict(self) if getattr(self, name) != getattr(other, name)]

    def settings(self) -> dict[str, str]:
        """What it was asked with, each by its name in words: two runs are alike where these are."""
        is_known = bool(self.severity_words)  # files of before have neither this nor what was masked
        at_most = f"at most {self.most_examples}" if self.most_examples else NOT_KNOWN
        return {
            "model": self.model,
            "prompt": self.prompt,
            "examples": at_most if self.examples else "none",
            "masked": (self.masked or "nothing") if is_known else NOT_KNOWN,
            "severity words": f"list {self.severity_words[:8]}" if is_known else NOT_KNOWN,
        }

    def __str__(self) -> str:
        given = "with" if self.examples else "without"
        return f"{self.file}, model {self.model}, prompt {self.prompt}, {given} examples"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One labelled ticket with what came back. ``failure`` is a kind of failure and then there are no words.

    ``right_category`` or ``right_priority`` is empty where nobody decided on it.
    """

    id: str
    language: str
    hard: str
    right_category: str
    right_priority: str
    category: str = NO_ANSWER
    priority: str = NO_ANSWER
    confidence: float | None = None
    reason: str = ""
    failure: str = ""
    may_pass: bool = False
    latency_ms: int = 0
    tokens_in: int | None = None
    tokens_out: int | None = None

    @property
    def is_category_right(self) -> bool:
        """Whether the category is the labelled one."""
        return self.category == self.right_category

    @property
    def is_priority_right(self) -> bool:
        """Whether the priority is the labelled one."""
        return self.priority == self.right_priority

    @property
    def is_whole(self) -> bool:
        """Whether it is known what is right in both fields."""
        return bool(self.right_category and self.right_priority)

    @property
    def is_right(self) -> bool:
        """Whether both are."""
        return self.is_category_right and self.is_priority_right


def as_line(what: Evaluated | Answer) -> bytes:
    """A line of the file, its line break included."""
    return json.dumps(asdict(what), ensure_ascii=False).encode() + b"\n"


def read_answers(lines: Sequence[bytes], *, name: str) -> tuple[Evaluated, dict[str, Answer]]:
    """What a file holds: what was asked, and the newest answer by id.

    Raises ``BadResults`` naming the file, the line and each bad field. A last line without its line break was cut off
    while it was written; it counts as not there.
    """
    whole = [line for line in lines if line.endswith(b"\n")]
    if not whole:
        raise BadResults(f"{name} holds no results of classify evaluate.")
    found = [_read(kind, line, number, name) for number, (kind, line) in enumerate(_kinds(whole), start=1)]
    evaluated, *answers = found
    assert isinstance(evaluated, Evaluated)
    return evaluated, {answer.id: answer for answer in answers if isinstance(answer, Answer)}


def _kinds(lines: Sequence[bytes]) -> Iterable[tuple[type[Evaluated] | type[Answer], bytes]]:
    yield Evaluated, lines[0]
    yield from ((Answer, line) for line in lines[1:])


def _read(kind: type[Evaluated] | type[Answer], line: bytes, number: int, name: str) -> Evaluated | Answer:
    try:
        facts: object = json.loads(line.decode())
    except (ValueError, RecursionError):
        facts = None
    if not isinstance(facts, dict) or facts.keys().isdisjoint(get_type_hints(kind)):
        raise BadResults(f"{name} holds no results of classify evaluate: line {number} cannot be read.")
    if problems := ", ".join(_problems(kind, facts)):
        raise BadResults(f"{name} holds no results of classify evaluate: in line {number} {problems}.")
    return kind(**facts)


def _problems(kind: type[Evaluated] | type[Answer], facts: dict[str, Any]) -> Iterator[str]:
    types = get_type_hints(kind)
    for field in fields(kind):
        must_be, fits = _TYPES[types[field.name]]
        if field.name not in facts:
            if field.default is MISSING:
                yield f"{field.name} is missing"
        elif not fits(facts[field.name]):
            yield f"{field.name} must be {must_be}"
        elif field.name in WORDS and facts[field.name] not in WORDS[field.name]:
            yield f"{field.name} must be one of {', '.join(filter(None, WORDS[field.name]))}"
    yield from (f"{name!a} is no field" for name in facts if name not in types)


def _is_text(value: object) -> bool:
    """Without halves of characters, which can be written nowhere."""
    return isinstance(value, str) and not any("\ud800" <= character <= "\udfff" for character in value)


def _is_whole_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


_TYPES: dict[object, tuple[str, Callable[[Any], bool]]] = {
    str: ("text", _is_text),
    bool: ("true or false", lambda value: isinstance(value, bool)),
    int: ("a whole number", _is_whole_number),
    int | None: ("a whole number or null", lambda value: value is None or _is_whole_number(value)),
    float | None: ("a number from 0 to 1, or null", lambda value: value is None or _is_share(value)),
}
