"""The mails of tests/emails and what reading each must give."""

import json
from pathlib import Path
from typing import Any

EMAILS = Path(__file__).parent.parent / "emails"
NAMES = sorted(path.stem for path in EMAILS.glob("*.eml"))


def raw(name: str) -> bytes:
    """The bytes of a fixture."""
    return (EMAILS / f"{name}.eml").read_bytes()


def expected(name: str) -> dict[str, Any]:
    """The contract object of a fixture, every field."""
    found: dict[str, Any] = json.loads((EMAILS / f"{name}.json").read_text(encoding="utf-8"))
    return found
