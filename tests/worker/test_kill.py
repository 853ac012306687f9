"""kill -9 at any instant: 500 mails stay 500 tickets, and nothing that was asked of the model is forgotten."""

import random
import threading
import time
from pathlib import Path

import pytest
from apiflask import APIFlask
from sqlalchemy import func, select

from tests.app_fixtures import MakeApp
from tests.letters import letter
from tests.services.gemini import GeminiServer
from tests.services.redis import RedisServer
from tests.worker.conftest import Account
from tests.worker.processes import WorkerProcess, environment, wait_until
from ticketapp.db import db
from ticketapp.models import ClassificationRun, InboundMail, Message, RunState, Ticket

MAILS = 500
KILLS = 20


@pytest.mark.timeout(600)
def test_500_mails_and_20_kills_make_500_tickets_all_classified(
    make_postgres_app: MakeApp, account: Account, redis_server: RedisServer, gemini: GeminiServer, tmp_path: Path
) -> None:
    app = make_postgres_app()
    redis_server.flush()
    dice = random.Random(20)
    delivery = threading.Thread(target=_deliver, args=(account,))
    delivery.start()
    settings = environment(app, account, redis_server, GEMINI_API_KEY=gemini.good_key, GEMINI_BASE_URL=gemini.url)
    with WorkerProcess(settings, tmp_path / "worker.log") as worker:
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
