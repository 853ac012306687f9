"""`make drill`: 2,000 tickets while the provider refuses, hangs, limits and recovers, and workers are killed.

python -m tests.drill [--seed N] [--tickets N] [--tokens N] [--calm]. Ends by itself within five minutes; not 0 where
anything must not be, or where nothing happened that was to be withstood. With --tokens no minute may hold more than
so many. With --calm nothing fails and nobody is killed: it shows that a backlog drains at the allowed pace, and no
faster; it ends within twice the time needed.
"""

import argparse
import secrets
import sys
import tempfile
from pathlib import Path

from tests.drill.course import (
    Course,
    Phase,
    answered_twice,
    calls_a_ticket,
    copied,
    faults,
    most_in_a_minute,
    run,
)
from tests.drill.office import Office, office
from tests.services.ending import exit_on_sigterm
from tests.services.gemini_behaviours import USAGE

RATE = 900
WORKERS = 2
LIMIT_SECONDS = 270.0
KILL_EVERY_SECONDS = (12.0, 25.0)
PHASES = [
    Phase("answers", 25),
    Phase("refuses: 503", 10, "503"),
    Phase("answers", 20),
    Phase("hangs", 10, "hang", {"seconds": 10}),
    Phase("answers", 20),
    Phase("limits: 429, come in 4 s", 10, "429", {"retry_after": 4}),
    Phase("answers", 15),
    Phase("breaks connections", 8, "drop"),
    Phase("refuses the key", 8, "400"),
]


def main() -> int:
    """Run the drill, print what happened; 1 where something that must hold does not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--tickets", type=int, default=2000)
    parser.add_argument("--tokens", type=int, default=0)
    parser.add_argument("--calm", action="store_true")
    wanted = parser.parse_args()
    exit_on_sigterm()
    rate = min(RATE, wanted.tokens // USAGE["totalTokenCount"]) if wanted.tokens else RATE
    print(f"seed {wanted.seed}: {wanted.tickets:,} tickets, {WORKERS} workers, {rate:,} calls a minute allowed")
    with (
        tempfile.TemporaryDirectory() as folder,
        office(
            Path(folder),
            tickets=wanted.tickets,
            rate=RATE,
            workers=WORKERS,
            seed=wanted.seed,
            tokens=wanted.tokens,
        ) as where,
    ):
        phases = [] if wanted.calm else PHASES
        limit = 120 * wanted.tickets / rate if wanted.calm else LIMIT_SECONDS
        course = run(where, phases, kill_every=KILL_EVERY_SECONDS, limit_seconds=limit)
        tell(where, course)
        found = faults(where, course, rate=rate)
    for fault in found:
        print(f"FAULT: {fault}")
    return 1 if found else 0


def tell(where: Office, course: Course) -> None:
    """Print the tables."""
    print(f"\n{'the provider':28}{'seconds':>9}{'calls':>8}{'a minute':>10}")
    for name, _, seconds, calls in course.phases:
        print(f"{name:28}{seconds:9.1f}{calls:8,}{calls / max(seconds, 0.1) * 60:10,.0f}")
    print(f"\n{'calls a question':28}{'questions':>10}")
    for calls, number in sorted(calls_a_ticket(where).items()):
        print(f"{calls:<28}{number:>10,}")
    figures = {
        "seconds in all": f"{course.seconds:.0f}",
        "not classified": f"{course.left:,}",
        "decided by people meanwhile": f"{len(where.decided):,}",
        "verdicts taken from another": f"{copied(where):,}",
        "workers killed": f"{course.kills:,}",
        "answers that nobody kept": f"{answered_twice(where):,}",
        "tries made due at the end": f"{course.made_due:,}",
        "most calls in any minute": f"{most_in_a_minute(where):,}",
    }
    print()
    for name, figure in figures.items():
        print(f"{name:28}{figure:>10}")


if __name__ == "__main__":
    sys.exit(main())
