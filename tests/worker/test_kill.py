"""kill -9 at any instant: 500 mails stay 500 tickets, and nothing that was asked of the model is forgotten."""

import random
import threading
import time
from pathlib import Path

import pytest
from apiflask import APIFlask
from sqlalchemy import func, select

from tests.app_fixtures import SECRET, MakeApp
from tests.letters import letter
from tests.services.gemini import GeminiServer
from tests.services.redis import RedisServer
from tests.worker.conftest import Account
from tests.worker.processes import WorkerProcess, wait_until
from ticketapp.db import db
from ticketapp.models import ClassificationRun, InboundMail, Message, RunState, Ticket
from ticketapp.outside import EXTENSION

MAILS = 500
KILLS = 20


def environment(app: APIFlask, account: Account, redis: RedisServer, gemini: GeminiServer) -> dict[str, str]:
    config = app.extensions[EXTENSION].config
    return {
        "DATABASE_URL": config.database_url,
        "REDIS_URL": redis.url,
        "SECRET_KEY": SECRET,
        "DATA_DIR": str(config.data_dir),
        "IMAP_HOST": account.server.host,
        "IMAP_PORT": str(account.server.imap_port),
        "IMAP_SECURITY": "none",
        "IMAP_USER": account.user,
        "IMAP_PASSWORD": account.server.users[account.user],
        "OUTBOX_DIR": str(config.data_dir / "outbox"),
        "SUPPORT_ADDRESS": "support@example.com",
        "GEMINI_API_KEY": gemini.good_key,
        "GEMINI_BASE_URL": gemini.url,
        "POLL_SECONDS": "0.5",
        "SWEEP_SECONDS": "1",
        "MAILBOX_LEASE_SECONDS": "1",
        "ALIVE_DIR": str(config.data_dir),
    }


@pytest.mark.timeout(600)
def test_500_mails_and_20_kills_make_500_tickets_all_classified(
    make_postgres_app: MakeApp, account: Account, redis_server: RedisServer, gemini: GeminiServer, tmp_path: Path
) -> None:
    app = make_postgres_app()
    redis_server.flush()
    dice = random.Random(20)
    delivery = threading.Thread(target=_deliver, args=(account,))
    delivery.start()
    with WorkerProcess(environment(app, account, redis_server, gemini), tmp_path / "worker.log") as worker:
        for kill in range(KILLS):
            before = _count(app, InboundMail)
            wait_until(
                lambda before=before: _count(app, InboundMail) > before or _count(app, Ticket) == MAILS,
                seconds=60,
                what=f"the worker takes in mail again after kill {kill}",
            )
            time.sleep(dice.uniform(0, 0.4))
            worker.kill()
            if kill % 7 == 3:
                redis_server.flush()
            worker.start()
        delivery.join()
        wait_until(lambda: _count(app, Ticket) >= MAILS, seconds=90, what="500 tickets")
        wait_until(lambda: _unclassified(app) == 0, seconds=120, what="every ticket is classified")
    assert _count(app, Ticket) == _count(app, Message) == _count(app, InboundMail) == MAILS
    with app.app_context():
        succeeded = select(func.count()).where(ClassificationRun.state == RunState.SUCCEEDED)
        assert db.session.scalar(succeeded) == MAILS


def _deliver(account: Account) -> None:
    for start in range(0, MAILS, 10):
        account.receive(
            *(letter(f"Invoice {n}", f"Please send invoice {n} again.") for n in range(start, start + 10))
        )
        time.sleep(0.6)


def _count(app: APIFlask, model: type) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def _unclassified(app: APIFlask) -> int:
    with app.app_context():
        statement = select(func.count()).select_from(Ticket).where(Ticket.category_by == "default")
        return db.session.scalar(statement) or 0
