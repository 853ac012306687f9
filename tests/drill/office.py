"""What the drill happens in: private servers, an application, workers that die, and people who decide meanwhile."""

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from apiflask import APIFlask
from sqlalchemy import exists, func, or_, select, update

from tests.app_fixtures import SECRET, add_user, migrated, settings
from tests.services.gemini import GeminiServer
from tests.services.postgres import PostgresServer
from tests.services.redis import RedisServer
from tests.worker.processes import WorkerProcess
from ticketapp.actions.tickets import NewTicket, change_ticket, open_ticket
from ticketapp.clock import utc_now
from ticketapp.db import db
from ticketapp.models import Category, ClassificationRun, Priority, RunState, Source, Ticket, User
from ticketapp.outside import EXTENSION
from ticketapp.queries.classification import ASKED_ANEW, NOT_ASKED

IS_OUTSTANDING = ClassificationRun.state.in_((RunState.QUEUED, RunState.RUNNING))
IS_UNCLASSIFIED = or_(Ticket.category_by == "default", Ticket.priority_by == "default")
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
        return _count(select(func.count()).where(IS_UNCLASSIFIED))


def waiting(app: APIFlask) -> int:
    """How many runs wait or are being done, also of tickets that people decided meanwhile."""
    with app.app_context():
        return _count(select(func.count()).where(IS_OUTSTANDING))


def stranded(app: APIFlask) -> set[int]:
    """The tickets that nobody classified yet, and nothing ever will."""
    has_run = exists().where(ClassificationRun.ticket_id == Ticket.id, IS_OUTSTANDING)
    with app.app_context():
        return set(db.session.scalars(select(Ticket.id).where(IS_UNCLASSIFIED, ~has_run)))


def given_up(app: APIFlask) -> set[int]:
    """The tickets that were given up at any time, whatever was decided or asked since."""
    run = ClassificationRun
    is_over = or_(run.error_kind.is_(None), run.error_kind.not_in((*NOT_ASKED, *ASKED_ANEW)))
    with app.app_context():
        return set(db.session.scalars(select(run.ticket_id).where(run.state == RunState.GAVE_UP, is_over)))


def make_due(app: APIFlask) -> int:
    """Let the time pass that runs wait for their next try, and nothing else; how many did."""
    run, now = ClassificationRun, utc_now()
    waits = update(run).where(run.state == RunState.QUEUED, run.due_at > now).values(due_at=now).returning(run.id)
    with app.app_context():
        made = db.session.scalars(waits, execution_options={"synchronize_session": False}).all()
        db.session.commit()
    return len(made)


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
