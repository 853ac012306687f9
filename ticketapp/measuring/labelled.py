"""Labelled tickets as JSON Lines: what a line holds, how a file is read, and the set that ships."""

import json
import re
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from ticketapp.ai import CATEGORIES, PRIORITIES

MOST_PROBLEMS = 20
TEXTS = ("id", "title", "description")
LABELS = {"category": CATEGORIES, "priority": PRIORITIES}
OPTIONAL_TEXTS = ("language", "hard", *LABELS)
FIELDS = TEXTS + OPTIONAL_TEXTS
# NUL, and halves of characters: JSON may hold them, UTF-8 or PostgreSQL may not.
_UNHELD = re.compile("[\0\ud800-\udfff]")


class BadLines(ValueError):
    """A file of labelled tickets that cannot be read; the text names each bad line and field, a line each."""

    def __init__(self, problems: list[str]) -> None:
        shown = problems[:MOST_PROBLEMS]
        if len(problems) > MOST_PROBLEMS:
            shown.append(f"and {len(problems) - MOST_PROBLEMS:,} more")
        super().__init__("\n".join(shown))


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledTicket:
    """A ticket's words with what a person decided: category, priority, or both; the other is empty.

    ``hard`` is a word for what makes it hard, ``language`` a code.
    """

    id: str
    title: str
    description: str
    category: str = ""
    priority: str = ""
    language: str = ""
    hard: str = ""


def shipped_set() -> Traversable:
    """The file of labelled tickets that comes with the program: five languages, hard cases included."""
    return files(__package__) / "tickets.jsonl"


def written(ticket: LabelledTicket) -> str:
    """The ticket as a line of a file, without its line break; empty optional fields are left out."""
    facts = {name: value for name, value in asdict(ticket).items() if value or name in TEXTS}
    return json.dumps(facts, ensure_ascii=False)


def read_labelled(lines: Iterable[bytes]) -> list[LabelledTicket]:
    """The tickets of a file in UTF-8, with or without its mark (BOM), blank lines left out.

    Raises ``BadLines`` naming every bad line and field.
    """
    tickets: dict[str, LabelledTicket] = {}
    problems: list[str] = []
    for number, raw in enumerate(lines, start=1):
        line = raw.removeprefix(BOM_UTF8) if number == 1 else raw
        if not line.strip():
            continue
        found = _ticket(line)
        if isinstance(found, LabelledTicket) and found.id in tickets:
            found = [f"id {found.id!r} is there already"]
        if isinstance(found, LabelledTicket):
            tickets[found.id] = found
        else:
            problems += [f"line {number}: {problem}" for problem in found]
    if not tickets and not problems:
        problems = ["there is no ticket in it"]
    if problems:
        raise BadLines(problems)
    return list(tickets.values())


class _Facts(dict[str, Any]):
    """A JSON object that knows which names stood in it more than once: nobody knows which value counts."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.doubled = [name for name, number in Counter(name for name, _ in pairs).items() if number > 1]


def _ticket(line: bytes) -> LabelledTicket | list[str]:
    try:
        facts = json.loads(line.decode(), object_pairs_hook=_Facts)
    except ValueError as error:
        return [f"is no JSON in UTF-8 ({error})"]
    except RecursionError:
        return ["is no labelled ticket: it is nested too deep"]
    if not isinstance(facts, _Facts):
        return ["must be a JSON object"]
    twice = [f"{_shown(name)} is there twice" for name in facts.doubled]
    return twice + _problems(facts) or LabelledTicket(**facts)


def _problems(facts: dict[str, object]) -> list[str]:
    missing = [f"{name} is missing" for name in TEXTS if name not in facts]
    if not any(name in facts for name in LABELS):
        missing.append("category or priority is missing")
    unknown = [f"{_shown(name)} is no field of a labelled ticket" for name in facts if name not in FIELDS]
    not_text = [f"{name} must be text" for name in FIELDS if name in facts and not isinstance(facts[name], str)]
    unheld = [
        f"{name} holds {sign}, which no ticket can hold" for name in FIELDS if (sign := _unheld(facts.get(name)))
    ]
    if missing or unknown or not_text or unheld:
        return [*missing, *unknown, *not_text, *unheld]
    blank = ["id must not be blank"] if not str(facts["id"]).strip() else []
    words = [
        f"{name} must be one of {', '.join(allowed)}, not {facts[name]!r}"
        for name, allowed in LABELS.items()
        if name in facts and facts[name] not in allowed
    ]
    return blank + words


def _unheld(value: object) -> str:
    """The first character of a text that can be sent and kept nowhere, as JSON writes it; "" where there is none."""
    found = _UNHELD.search(value) if isinstance(value, str) else None
    return f"\\u{ord(found[0]):04x}" if found else ""


def _shown(name: str) -> str:
    return name.encode(errors="backslashreplace").decode()
