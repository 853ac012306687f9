"""A Gemini client whose building takes a second, as importing the SDK does in a new process."""

import time
from typing import Any

import pytest

from ticketapp.ai import gemini_wire

START_MS = 1000


def slow_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each process take ``START_MS`` to build its client, until the test ends."""
    build = gemini_wire.build_client

    def build_slowly(**settings: Any) -> Any:
        time.sleep(START_MS / 1000)
        return build(**settings)

    monkeypatch.setattr(gemini_wire, "build_client", build_slowly)
