"""Mails a second from Dovecot to committed tickets, in an empty system and among 100,000 tickets.

python -m bench.intake [MAILS TICKETS]

Beside them the floor: fetching the same mails, and fetching and reading them, without writing anything. Fails where
intake is clearly slower among many tickets: a ratio within this one run.
"""

import sys
import time
from collections.abc import Callable

from apiflask import APIFlask

from bench import parts
from bench.mails import mails
from tests.services.dovecot import DovecotServer
from tests.services.ending import exit_on_sigterm
from ticketapp.mail import parse
from ticketapp.outside import outside
from worker import polling
from worker.accounts import configured_mailbox

USER = "support@example.com"
MOST_SLOWDOWN = 1.5


def rate(work: Callable[[], int]) -> tuple[float, float]:
    """Mails a second and CPU milliseconds a mail of this process."""
    start, cpu = time.perf_counter(), time.process_time()
    number = work()
    return number / (time.perf_counter() - start), (time.process_time() - cpu) / number * 1000


def fetch(app: APIFlask, *, read: bool) -> int:
    """Fetch every mail in batches as a poll does; with ``read`` parse each too."""
    number = 0
    with app.app_context(), configured_mailbox(outside().config) as mailbox:
        for batch in polling.batches(mailbox.above(0), outside().config):
            for mail in mailbox.bodies(batch):
                number += 1
                if read:
                    parse(mail.raw or b"")
    return number


def poll(app: APIFlask) -> int:
    """One poll to its end."""
    with app.app_context():
        polled = polling.poll(outside(), asked=lambda _run_id: None)
    assert polled is not None
    return polled.recorded


def main() -> int:
    """Print the table; 1 where intake slows down among many tickets."""
    exit_on_sigterm()
    number, tickets = (int(each) for each in sys.argv[1:3]) if len(sys.argv) > 2 else (3000, 100_000)
    with parts.postgres() as server, DovecotServer({USER: "secret"}) as dovecot:
        account = {"imap_host": dovecot.host, "imap_port": dovecot.imap_port, "imap_security": "none"}
        account |= {"imap_user": USER, "imap_password": "secret"}
        dovecot.deliver_many(USER, mails(number))
        empty = parts.seeded(server, "bench_empty", 0, **account)
        full = parts.seeded(server, "bench_full", tickets, **account)
        floor = rate(lambda: fetch(empty, read=False)), rate(lambda: fetch(empty, read=True))
        rows = {
            "fetch only": floor[0],
            "fetch and read": floor[1],
            "to tickets, at 0": rate(lambda: poll(empty)),
            f"to tickets, at {tickets:,}": rate(lambda: poll(full)),
        }
    print(f"{number:,} mails of about 8 KB{'mails/s':>10}{'CPU ms/mail':>14}")
    for name, (per_second, cpu) in rows.items():
        print(f"{name:26}{per_second:10.0f}{cpu:14.2f}")
    at_none, at_many = (list(rows.values())[index][0] for index in (2, 3))
    return 1 if at_none / at_many > MOST_SLOWDOWN else 0


if __name__ == "__main__":
    sys.exit(main())
