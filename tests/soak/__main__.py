"""python -m tests.soak: 5,000 mails while everything is killed; 0 where every mail is accounted for."""

import argparse
import random
import sys
import tempfile
from pathlib import Path

from tests.services.ending import exit_on_sigterm
from tests.soak.running import Outcome, Plan, soak


def main() -> int:
    """Run, print the figures, and say by the status whether they are right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="repeat a soak: what it printed")
    parser.add_argument("--mails", type=int, default=5000)
    parser.add_argument("--seconds", type=float, default=240.0, help="for how long mail comes")
    arguments = parser.parse_args()
    exit_on_sigterm()
    plan = Plan(
        seed=arguments.seed,
        mails=arguments.mails,
        broken=max(1, arguments.mails // 50),
        delivery_seconds=arguments.seconds,
        worker_kills=20,
        dovecot_kills=15,
        redis_kills=15,
    )
    print(f"{plan.mails:,} mails, {plan.broken} of them broken; seed {plan.seed}", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="ticketapp-soak-"))
    outcome = soak(plan, folder, say=lambda line: print(line, flush=True))
    print(table(plan, outcome))
    if outcome.account.is_right:
        return 0
    print(*outcome.account.faults[:50], f"The worker's log: {folder / 'worker.log'}", sep="\n")
    return 1


def table(plan: Plan, outcome: Outcome) -> str:
    """The figures of a soak, a line each."""
    account = outcome.account
    figures = {
        "tickets": account.tickets,
        "answers on tickets": account.messages,
        "set aside": account.set_aside,
        "quarantined": account.quarantined,
        "bytes that came before": account.copies,
        "sent": account.sent,
        "faults": len(account.faults),
    }
    lines = [f"{name:24}{number:8,}" for name, number in figures.items()]
    killed = ", ".join(f"{name} {times} times" for name, times in sorted((+outcome.kills).items()))
    return "\n".join(["", *lines, f"killed: {killed}", f"{outcome.seconds:.0f} seconds, seed {plan.seed}"])


if __name__ == "__main__":
    sys.exit(main())
