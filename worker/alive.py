"""Whether a worker or the schedule is alive, for health checks: python -m worker.alive worker|beat."""

import argparse
import os
import sys
import time
from pathlib import Path
from tempfile import gettempdir

SECONDS = 90.0
MISSED_SWEEPS = 3


def alive_file(role: str) -> Path:
    """The file that a live worker or beat touches; its age is the health check."""
    return Path(os.environ.get("ALIVE_DIR", gettempdir())) / f"ticketapp-{role}-alive"


def age_seconds(role: str) -> float | None:
    """How long ago this role was last seen at work; None where it never was."""
    try:
        return time.time() - alive_file(role).stat().st_mtime
    except FileNotFoundError:
        return None


def allowed_seconds() -> float:
    """How old the file may be: 90 s, or more where the sweep, which touches it, comes more rarely."""
    # Read here and not by Config, whose imports would cost more than the check does.
    return max(SECONDS, MISSED_SWEEPS * float(os.environ.get("SWEEP_SECONDS") or 0))


def main() -> int:
    """0 where the role was seen in time; otherwise 1 and a sentence on standard error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("role", choices=("worker", "beat"))
    role = parser.parse_args().role
    age = age_seconds(role)
    if age is not None and age <= allowed_seconds():
        return 0
    seen = "has not been seen yet" if age is None else f"was last seen {age:.0f} seconds ago"
    print(f"{role} {seen}", file=sys.stderr)  # noqa: T201 - this program talks to whoever asks for health
    return 1


if __name__ == "__main__":
    sys.exit(main())
