"""How the tests' browser starts: which program, and silent towards the outside world."""

import os
from typing import Any

from tests.services import programs

QUIET = (
    "--disable-background-networking",
    "--disable-client-side-phishing-detection",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-pings",
)


def launch_arguments() -> dict[str, Any]:
    """What Playwright's `launch` takes to start the machine's Chromium. ProgramMissing if there is none."""
    # Chromium refuses to sandbox itself under root.
    needed_by_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {"executable_path": str(programs.chromium().path), "args": [*QUIET, *needed_by_root]}
