"""One soak: deliver mails, kill what runs at random, start it again, and wait until all mail is there."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from apiflask import APIFlask
from sqlalchemy import func, select

from tests.app_fixtures import migrated, settings
from tests.services.fixtures import start_imap
from tests.services.imap import ImapServer
from tests.services.postgres import PostgresServer
from tests.services.redis import RedisServer
from tests.soak.accounting import Account, account_for, is_all_there
from tests.soak.mails import LARGEST_BYTES, Sent, make_mails
from tests.worker.conftest import Account as ImapAccount
from tests.worker.processes import WorkerProcess, environment, wait_until
from ticketapp.db import db
from ticketapp.models import InboundMail

USER = "support@example.com"
SETTLE_SECONDS = 3.0
WORK_SECONDS = 5.0
ENDED = "worker by itself"
# Long enough for a batch on a busy machine: while two polls have one mailbox, an answer may overtake its letter.
LEASE_SECONDS = "5"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is sent, for how long, and how often each part is killed. The same seed sends and kills the same."""

    seed: int
    mails: int
    broken: int
    delivery_seconds: float
    worker_kills: int
    dovecot_kills: int
    redis_kills: int
    patience_seconds: float = 180.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a soak ended."""

    account: Account
    kills: Counter[str]
    seconds: float


def soak(plan: Plan, folder: Path, *, say: Callable[[str], None]) -> Outcome:
    """Carry out the plan with servers of its own, which are gone afterwards; logs stay in ``folder``."""
    began, dice = time.monotonic(), random.Random(plan.seed)
    mails = make_mails(plan.mails, broken=plan.broken, dice=dice)
    with PostgresServer() as postgres, RedisServer() as redis, start_imap({USER: "secret"}) as imap:
        app = migrated(settings(folder / "data", database_url=postgres.create_database("soak")))
        surroundings = environment(
            app,
            ImapAccount(imap, USER),
            redis,
            MAIL_MAX_BYTES=str(LARGEST_BYTES),
            MAILBOX_LEASE_SECONDS=LEASE_SECONDS,
            LOG_LEVEL="WARNING",
        )
        with WorkerProcess(surroundings, folder / "worker.log") as worker:
            kills = _kill_while_mail_comes(plan, dice, app, imap, redis, worker, mails, say)
            wait_until(lambda: _is_done(app, mails), seconds=plan.patience_seconds, what="all mail is there")
            time.sleep(SETTLE_SECONDS)  # what is done twice shows late
            kills[ENDED] += not worker.is_running
        with app.app_context():
            account = account_for(mails)
            if kills[ENDED]:
                account = replace(
                    account, faults=(*account.faults, f"{kills[ENDED]} times the worker ended by itself")
                )
            db.engine.dispose()
    return Outcome(account=account, kills=kills, seconds=time.monotonic() - began)


def _kill_while_mail_comes(
    plan: Plan,
    dice: random.Random,
    app: APIFlask,
    imap: ImapServer,
    redis: RedisServer,
    worker: WorkerProcess,
    mails: Sequence[Sent],
    say: Callable[[str], None],
) -> Counter[str]:
    parts: dict[str, WorkerProcess | ImapServer | RedisServer] = {"worker": worker, "Dovecot": imap, "Redis": redis}
    wanted = {"worker": plan.worker_kills, "Dovecot": plan.dovecot_kills, "Redis": plan.redis_kills}
    victims = [name for name, times in wanted.items() for _ in range(times)]
    dice.shuffle(victims)
    delivery = threading.Thread(target=_deliver, args=(plan, imap, mails))
    delivery.start()
    kills: Counter[str] = Counter()
    for name in victims:
        _wait_for_work(app, len(mails))
        time.sleep(dice.uniform(0, plan.delivery_seconds / len(victims)))
        kills[ENDED] += not worker.is_running
        if not worker.is_running:
            worker.start()
        parts[name].kill()
        kills[name] += 1
        time.sleep(dice.uniform(0, 1))
        parts[name].start()
        say(f"{_recorded(app):6,} mails recorded, {name} killed for the {kills[name]}. time")
    delivery.join()
    return kills


def _deliver(plan: Plan, imap: ImapServer, mails: Sequence[Sent]) -> None:
    """As a mail server that goes on while IMAP is down: into the Maildir, some at a time."""
    steps = max(1, min(len(mails), int(plan.delivery_seconds * 2)))
    for step in range(steps):
        some = mails[step * len(mails) // steps : (step + 1) * len(mails) // steps]
        imap.deliver_many(USER, [each.raw for each in some])
        time.sleep(plan.delivery_seconds / steps)


def _wait_for_work(app: APIFlask, most: int) -> None:
    """Until a mail is recorded after this, so that what is killed is at work; or for some seconds."""
    before, until = _recorded(app), time.monotonic() + WORK_SECONDS
    while _recorded(app) == before < most and time.monotonic() < until:
        time.sleep(0.05)


def _recorded(app: APIFlask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(InboundMail)) or 0


def _is_done(app: APIFlask, mails: Sequence[Sent]) -> bool:
    with app.app_context():
        return is_all_there(mails)
