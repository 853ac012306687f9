"""A labelled set and an application that asks a Gemini-speaking server about it."""

import json
from pathlib import Path

import pytest
from apiflask import APIFlask

from tests.app_fixtures import MakeApp
from tests.services.gemini import GeminiServer

SAID = ("billing/high", "billing/high", "technical/low", "account/medium", "general/low")
RIGHT = ("billing/high", "billing/low", "technical/low", "general/medium", "general/low")


@pytest.fixture
def app(make_sqlite_app: MakeApp, gemini: GeminiServer) -> APIFlask:
    """An application with a key and prices."""
    return make_sqlite_app(
        gemini_api_key=gemini.good_key, gemini_base_url=gemini.url, gemini_price_in=1.0, gemini_price_out=2.0
    )


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """Five labelled tickets: the server will say SAID, right is RIGHT."""
    return labelled_file(tmp_path / "set.jsonl", [f"gemini:answer={said}" for said in SAID])


def labelled_file(path: Path, texts: list[str]) -> Path:
    lines = [
        {
            "id": f"t{number}",
            "language": "en" if number % 2 else "de",
            "title": f"Ticket {number}",
            "description": text,
            "category": right.split("/")[0],
            "priority": right.split("/")[1],
            "hard": "angry" if number == 1 else "",
        }
        for number, (text, right) in enumerate(zip(texts, RIGHT, strict=True))
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path
