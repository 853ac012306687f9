"""What the tests of the private servers share."""

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def processes_in() -> Callable[[Path], list[str]]:
    """Finds the names of the processes that live in a folder: those with their working directory below it."""
    return _processes_in


def _processes_in(folder: Path) -> list[str]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "cwd").readlink().is_relative_to(folder):
                found.append((entry / "comm").read_text().strip())
        except OSError:  # it ended meanwhile, or is not ours to look at
            continue
    return found
