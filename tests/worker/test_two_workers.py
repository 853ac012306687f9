"""Two workers, each with a schedule, started by mistake on one mailbox: each mail is one ticket."""

import time
from pathlib import Path

from sqlalchemy import func, select

from tests.app_fixtures import MakeApp
from tests.letters import letter
from tests.services.redis import RedisServer
from tests.worker.conftest import Account
from tests.worker.processes import WorkerProcess, environment, wait_until
from ticketapp.db import db
from ticketapp.models import InboundMail, MailState, Message, Ticket

MAILS = 400


def test_two_workers_on_one_mailbox_double_nothing(
    make_postgres_app: MakeApp, account: Account, redis_server: RedisServer, tmp_path: Path
) -> None:
    app = make_postgres_app()
    redis_server.flush()
    settings = environment(app, account, redis_server)
    with WorkerProcess(settings, tmp_path / "one.log"), WorkerProcess(settings, tmp_path / "two.log"):
        for start in range(0, MAILS, 40):
            account.receive(*(letter(f"Question {number}") for number in range(start, start + 40)))
            time.sleep(0.5)

        def processed() -> int:
            with app.app_context():
                return db.session.scalar(select(func.count()).where(InboundMail.state == MailState.PROCESSED)) or 0

        wait_until(lambda: processed() == MAILS, seconds=60, what="every mail is processed")
        time.sleep(1)  # what is done twice shows late
    with app.app_context():
        for model in (InboundMail, Message, Ticket):
            assert db.session.scalar(select(func.count()).select_from(model)) == MAILS
        titles = select(func.count(Ticket.title.distinct()))
        assert db.session.scalar(titles) == MAILS
