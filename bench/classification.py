"""How fast a backlog of classifications drains, by worker and concurrency, and what a form waits meanwhile.

python -m bench.classification [TICKETS]

The provider takes 300 ms to answer, so that one question at a time makes 3.3 a second at most. Fails where more
places do not drain clearly faster, or where a backlog makes a form clearly slower: ratios within this one run.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from apiflask import APIFlask
from sqlalchemy import insert

from bench import parts
from bench.parts import Milliseconds
from tests.app_fixtures import SECRET, migrated, settings
from tests.services.ending import exit_on_sigterm
from tests.services.gemini import GeminiServer
from tests.services.postgres import PostgresServer
from tests.services.redis import RedisServer
from tests.worker.processes import CELERY, CeleryProcess
from ticketapp.actions.classification import propose
from ticketapp.clock import utc_now
from ticketapp.db import db, transaction
from ticketapp.models import ClassificationRun, Ticket
from ticketapp.outside import EXTENSION

LATENCY_SECONDS = 0.3
SHAPES = ((1, 1), (1, 4), (1, 8), (2, 4))
LEAST_GAIN = 2.5  # eight places beside one: two cores run provider, database and workers here
MOST_SLOWDOWN = 2.0
FORMS = 15
RATE = 600
START_SECONDS = 120.0


def queue(app: APIFlask, number: int, label: str) -> None:
    """So many tickets of different words, the label among them, each with a run that is due."""
    now = utc_now()
    ticket = {"title": "Help", "category": "general", "priority": "medium", "status": "open", "source": "api"}
    ticket |= {"category_by": "default", "priority_by": "default", "created_at": now, "updated_at": now}
    run = {"asked_for": "opened", "asked_at": now, "attempt": 1, "state": "queued", "due_at": now}
    run |= {"applied_category": False, "applied_priority": False}
    with app.app_context(), transaction() as session:
        rows = [{**ticket, "description": f"Ticket {n}, {label}.", "search_document": f"{n}"} for n in range(number)]
        ids = session.scalars(insert(Ticket).returning(Ticket.id), rows).all()
        session.execute(insert(ClassificationRun), [{**run, "ticket_id": ticket_id} for ticket_id in ids])


@contextmanager
def workers(app: APIFlask, number: int, concurrency: int) -> Iterator[None]:
    """So many workers with so many places each; the first one has the schedule."""
    config = app.extensions[EXTENSION].config
    environment = {
        "DATABASE_URL": config.database_url,
        "REDIS_URL": config.redis_url,
        "SECRET_KEY": SECRET,
        "DATA_DIR": str(config.data_dir),
        "ALIVE_DIR": str(config.data_dir),
        "MAILDIR": str(config.data_dir / "mail"),
        "OUTBOX_DIR": str(config.data_dir / "outbox"),
        "SUPPORT_ADDRESS": "support@example.com",
        "GEMINI_API_KEY": config.gemini_api_key,
        "GEMINI_BASE_URL": config.gemini_base_url,
        "GEMINI_REQUESTS_PER_MINUTE": str(config.gemini_requests_per_minute),
        "POLL_SECONDS": "60",
        "SWEEP_SECONDS": "2",
    }
    with ExitStack() as stack:
        for place in range(number):
            beat = ("--beat", "--scheduler=celery.beat:Scheduler") if place == 0 else ()
            command = (*CELERY, "worker", f"--concurrency={concurrency}", "--loglevel=WARNING", *beat)
            stack.enter_context(CeleryProcess(command, environment, config.data_dir / f"worker-{place}.log"))
        yield


def drained(app: APIFlask, gemini: GeminiServer, tickets: int, shape: tuple[int, int]) -> float:
    """Questions a second between the first tenth and the last, so that starting counts for nothing."""
    gemini.reset()
    queue(app, tickets, f"drained by {shape}")
    with workers(app, *shape):
        gemini.wait_for_requests(tickets, timeout_seconds=START_SECONDS + tickets)
    moments = sorted(asked.received_at for asked in gemini.requests)[tickets // 10 :]
    return (len(moments) - 1) / (moments[-1] - moments[0])


def proposals(app: APIFlask, label: str) -> Milliseconds:
    """What forms wait for a proposal, one after another."""
    world, taken = app.extensions[EXTENSION], []
    for number in range(FORMS):
        with app.app_context():
            started = time.perf_counter()
            verdict = propose("Hello", f"A question {label} {number}.", world.adviser, deadline_seconds=4.0)
            taken.append((time.perf_counter() - started) * 1000)
        assert verdict.suggestion is not None, verdict.failure
        time.sleep(0.3)
    return Milliseconds(statistics.median(taken), sorted(taken)[int(len(taken) * 0.95)])


def main() -> int:
    """Print the tables; 1 where a ratio is not what it must be."""
    exit_on_sigterm()
    tickets = int(sys.argv[1]) if len(sys.argv) > 1 else 150
    with parts.postgres() as server, RedisServer() as redis, GeminiServer(delay_seconds=LATENCY_SECONDS) as gemini:
        rates = _drain_table(server, redis, gemini, tickets)
        alone, behind = _form_table(server, redis, gemini)
    gain, slowdown = rates[(1, 8)] / rates[(1, 1)], behind.p50 / alone.p50
    print(f"\neight places beside one: {gain:.1f} times as fast; a form behind a backlog: {slowdown:.2f}")
    return 1 if gain < LEAST_GAIN or slowdown > MOST_SLOWDOWN else 0


def _app(server: PostgresServer, name: str, redis: RedisServer, gemini: GeminiServer, rate: int) -> APIFlask:
    redis.flush()
    return migrated(
        settings(
            Path(tempfile.mkdtemp()),
            database_url=server.create_database(name),
            redis_url=redis.url,
            gemini_api_key=gemini.good_key,
            gemini_base_url=gemini.url,
            gemini_requests_per_minute=rate,
        )
    )


def _drain_table(
    server: PostgresServer, redis: RedisServer, gemini: GeminiServer, tickets: int
) -> dict[tuple[int, int], float]:
    app = _app(server, "drain", redis, gemini, 0)
    print(f"{'workers':>8}{'places each':>13}{'questions a second':>20}{'of what 300 ms allow':>22}")
    rates = {}
    for shape in SHAPES:
        rates[shape] = drained(app, gemini, tickets, shape)
        part = rates[shape] * LATENCY_SECONDS / (shape[0] * shape[1])
        print(f"{shape[0]:>8}{shape[1]:>13}{rates[shape]:>20.1f}{part:>22.0%}", flush=True)
        with app.app_context():
            db.engine.dispose()
    return rates


def _form_table(
    server: PostgresServer, redis: RedisServer, gemini: GeminiServer
) -> tuple[Milliseconds, Milliseconds]:
    app = _app(server, "forms", redis, gemini, RATE)
    app.extensions[EXTENSION].classifier.warm_up()
    time.sleep(5)  # the buckets begin empty
    gemini.reset()
    alone = proposals(app, "alone")
    queue(app, 2000, "backlog")
    before = len(gemini.requests)
    with workers(app, 1, 4):
        gemini.wait_for_requests(before + 50, timeout_seconds=START_SECONDS)
        behind = proposals(app, "behind")
    print(f"\n{'a proposal, ms':24}{'p50':>8}{'p95':>8}")
    for name, cost in (("nothing waits", alone), (f"2,000 wait, {RATE} a minute", behind)):
        print(f"{name:24}{cost.p50:8.0f}{cost.p95:8.0f}")
    return alone, behind


if __name__ == "__main__":
    sys.exit(main())
