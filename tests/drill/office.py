"""What the drill happens in: private servers, an application, workers that die, and people who decide meanwhile."""

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from apiflask import APIFlask
from sqlalchemy import func, select

from tests.app_fixtures import SECRET, add_user, migrated, settings
from tests.services.gemini import GeminiServer
from tests.services.postgres import PostgresServer
from tests.services.redis import RedisServer
from tests.worker.processes import WorkerProcess
from ticketapp.actions.tickets import NewTicket, change_ticket, open_ticket
from ticketapp.db import db
from ticketapp.models import Category, Priority, Source, Ticket, User
from ticketapp.outside import EXTENSION

# Every so many tickets say the same, word for word.
SAME_EVERY = 20
DEADLINE_SECONDS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The running system; `decided` is what people chose on which ticket."""

    app: APIFlask
    gemini: GeminiServer
    redis: RedisServer
    workers: list[WorkerProcess]
    person: User
    decided: dict[int, tuple[str, str]]
    dice: random.Random


@contextmanager
def office(folder: Path, *, tickets: int, rate: int, workers: int, seed: int, tokens: int = 0) -> Iterator[Office]:
    """An office with this backlog and so many workers of two processes each, all of it private and on free ports."""
    with ExitStack() as stack:
        postgres = stack.enter_context(PostgresServer())
        redis, gemini = stack.enter_context(RedisServer()), stack.enter_context(GeminiServer())
        app = migrated(settings(folder / "data", database_url=postgres.create_database("drill")))
        person = add_user(app, "ada@example.com", "Ada", "admin")
        _open(app, tickets)
        environment = _environment(app, redis, gemini, rate, tokens)
        running = [
            stack.enter_context(WorkerProcess(environment, folder / f"worker-{number}.log"))
            for number in range(workers)
        ]
        dice = random.Random(seed)
        yield Office(app=app, gemini=gemini, redis=redis, workers=running, person=person, decided={}, dice=dice)
        with app.app_context():
            db.engine.dispose()


def decide(where: Office) -> None:
    """A person decides on a ticket, whatever is being asked about it at that moment."""
    with where.app.app_context():
        ticket_id = where.dice.randint(1, _count(select(func.count()).select_from(Ticket)))
        choice = (where.dice.choice(list(Category)).value, where.dice.choice(list(Priority)).value)
        change_ticket(ticket_id, {"category": choice[0], "priority": choice[1]}, by=where.person)
        where.decided[ticket_id] = choice


def unclassified(app: APIFlask) -> int:
    """How many tickets nobody classified yet."""
    with app.app_context():
        return _count(
            select(func.count()).where((Ticket.category_by == "default") | (Ticket.priority_by == "default"))
        )


def changed(where: Office) -> list[int]:
    """The tickets on which what people decided is not there any more."""
    with where.app.app_context():
        rows = db.session.scalars(select(Ticket).where(Ticket.id.in_(where.decided))).all()
        found = {row.id: (row.category, row.category_by, row.priority, row.priority_by) for row in rows}
    kept = {
        number: (category, "person", priority, "person") for number, (category, priority) in where.decided.items()
    }
    return [number for number in kept if found.get(number) != kept[number]]


def _count(statement: object) -> int:
    return db.session.scalar(statement) or 0  # type: ignore[call-overload]


def _open(app: APIFlask, tickets: int) -> None:
    with app.app_context():
        for number in range(tickets):
            is_same = number % SAME_EVERY == 0
            text = "The same words again, DRILL-0." if is_same else f"The invoice is wrong, DRILL-{number}."
            open_ticket(NewTicket(title="Help", description=text, source=Source.API), by=None)


def _environment(app: APIFlask, redis: RedisServer, gemini: GeminiServer, rate: int, tokens: int) -> dict[str, str]:
    config = app.extensions[EXTENSION].config
    return {
        "DATABASE_URL": config.database_url,
        "REDIS_URL": redis.url,
        "SECRET_KEY": SECRET,
        "DATA_DIR": str(config.data_dir),
        "ALIVE_DIR": str(config.data_dir),
        "MAILDIR": str(config.data_dir / "mail"),
        "OUTBOX_DIR": str(config.data_dir / "outbox"),
        "SUPPORT_ADDRESS": "support@example.com",
        "GEMINI_API_KEY": gemini.good_key,
        "GEMINI_BASE_URL": gemini.url,
        "GEMINI_REQUESTS_PER_MINUTE": str(rate),
        "GEMINI_TOKENS_PER_MINUTE": str(tokens),
        "CLASSIFY_TIMEOUT_SECONDS": str(DEADLINE_SECONDS),
        "POLL_SECONDS": "60",
        "SWEEP_SECONDS": "2",
    }
