"""While a large bulk job is queued, mail comes in and new tickets are classified: it holds one place, in turns."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from apiflask import APIFlask
from sqlalchemy import insert, select, text, update

from tests.app_fixtures import MakeApp, add_user
from tests.letters import letter
from tests.services.gemini import GeminiServer
from tests.services.redis import RedisServer
from tests.worker.conftest import Account
from tests.worker.processes import WorkerProcess, environment, wait_until
from ticketapp.actions import bulk
from ticketapp.clock import utc_now
from ticketapp.db import db, transaction
from ticketapp.models import BulkJob, ChosenBy, Ticket
from ticketapp.queries.ticket_filter import TicketFilter

TICKETS = 4_000
MAILS = 3
# So that a page takes two seconds and all of them forty, on whatever machine.
SLOWLY = """
    CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.01); RETURN NULL; END $$;
    CREATE TRIGGER slowly AFTER INSERT ON classification_run FOR EACH ROW WHEN (NEW.asked_for = 'bulk')
    EXECUTE FUNCTION slowly()
"""


@pytest.fixture
def app(make_postgres_app: MakeApp, redis_server: RedisServer) -> APIFlask:
    redis_server.flush()
    return make_postgres_app()


@pytest.fixture
def settings(app: APIFlask, account: Account, redis_server: RedisServer, gemini: GeminiServer) -> dict[str, str]:
    return environment(app, account, redis_server, GEMINI_API_KEY=gemini.good_key, GEMINI_BASE_URL=gemini.url)


@pytest.fixture
def job_id(app: APIFlask) -> int:
    """A job on some thousand tickets, just started."""
    ada, now = add_user(app, "ada@example.com", "Ada", "admin"), utc_now()
    ticket = {"title": "Help", "category": "billing", "priority": "low", "status": "open", "source": "api"}
    ticket |= {"category_by": "machine", "priority_by": "machine", "created_at": now, "updated_at": now}
    with app.app_context():
        with transaction() as session:
            rows = [{**ticket, "description": f"Old {n}.", "search_document": f"old {n}."} for n in range(TICKETS)]
            session.execute(insert(Ticket), rows)
        job = bulk.draft_bulk(TicketFilter(), by=ada)
        bulk.start(job.id)
        return job.id


def job_of(app: APIFlask, job_id: int) -> BulkJob:
    with app.app_context():
        return db.session.get_one(BulkJob, job_id)


def taken_in(app: APIFlask) -> list[tuple[str, str]]:
    """Who chose category and priority of the tickets that came by mail."""
    chosen = select(Ticket.category_by, Ticket.priority_by).where(Ticket.source == "email")
    with app.app_context():
        return [(row.category_by, row.priority_by) for row in db.session.execute(chosen)]


def wait_for_mail(app: APIFlask, account: Account) -> None:
    """Let mails arrive, and wait until they are classified tickets."""
    before = len(taken_in(app))
    account.receive(*(letter(f"Question {before + n}", f"Where is parcel {before + n}?") for n in range(MAILS)))
    classified = [(ChosenBy.MACHINE, ChosenBy.MACHINE)] * (before + MAILS)
    wait_until(lambda: taken_in(app) == classified, seconds=60, what="mail is in and classified")


@contextmanager
def held(app: APIFlask, job_id: int) -> Iterator[None]:
    """The job is at the hands of another worker that gets no further."""
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(update(BulkJob).where(BulkJob.id == job_id).values(queued=BulkJob.queued))
        yield


def test_mail_and_classification_go_on_while_a_job_is_being_queued(
    app: APIFlask, settings: dict[str, str], account: Account, job_id: int, tmp_path: Path
) -> None:
    with app.app_context(), transaction() as session:
        session.execute(text(SLOWLY))
    with WorkerProcess(settings, tmp_path / "worker.log"):
        wait_until(lambda: job_of(app, job_id).queued > 0, seconds=60, what="the first page is queued")
        wait_for_mail(app, account)
        job = job_of(app, job_id)
        assert job.queued_at is None, "mail came in only when the job was queued"
        wait_until(
            lambda: job_of(app, job_id).queued > job.queued + bulk.PAGE_SIZE, seconds=60, what="queueing goes on"
        )


def test_no_sweep_waits_for_a_job_that_another_worker_has(
    app: APIFlask, settings: dict[str, str], account: Account, job_id: int, tmp_path: Path
) -> None:
    with WorkerProcess(settings, log := tmp_path / "worker.log"):
        with held(app, job_id):
            wait_until(lambda: log.exists() and log.read_text().count("sweep[") > 10, seconds=60, what="five sweeps")
            wait_for_mail(app, account)
            assert job_of(app, job_id).queued == 0
        wait_until(lambda: job_of(app, job_id).queued_at is not None, seconds=90, what="the job is queued")
    assert job_of(app, job_id).queued == TICKETS
