"""Several workers on one backlog: no question is put twice, the pace is kept, and forms do not wait behind it."""

import time
from collections import Counter
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

import pytest
from apiflask import APIFlask
from sqlalchemy import func, insert, select

from tests.app_fixtures import SECRET, MakeApp
from tests.services.gemini import GeminiServer
from tests.services.redis import RedisServer
from tests.worker.processes import WorkerProcess, wait_until
from ticketapp.actions.classification import propose
from ticketapp.ai import FailureKind
from ticketapp.clock import utc_now
from ticketapp.db import db, transaction
from ticketapp.hints import Hints
from ticketapp.models import ClassificationRun, ModelCall, RunState, Ticket
from ticketapp.outside import EXTENSION


@pytest.fixture
def slow_gemini() -> GeminiServer:
    """A provider that takes 300 ms to answer."""
    return GeminiServer(delay_seconds=0.3)


def app_of(make: MakeApp, redis: RedisServer, gemini: GeminiServer, rate: int, *, tokens: int = 0) -> APIFlask:
    redis.flush()
    return make(
        redis_url=redis.url,
        gemini_api_key=gemini.good_key,
        gemini_base_url=gemini.url,
        gemini_requests_per_minute=rate,
        gemini_tokens_per_minute=tokens,
    )


def worker(app: APIFlask, log: Path, *, sweep_seconds: int = 1) -> WorkerProcess:
    """A worker with two processes, configured as the application is."""
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
        "GEMINI_TOKENS_PER_MINUTE": str(config.gemini_tokens_per_minute),
        "POLL_SECONDS": "60",
        "SWEEP_SECONDS": str(sweep_seconds),
    }
    return WorkerProcess(environment, log)


def queue(app: APIFlask, number: int) -> list[int]:
    """So many tickets of different words, each with a run that is due; the ids of the runs."""
    now = utc_now()
    with app.app_context(), transaction() as session:
        ticket = {"title": "Help", "category": "general", "priority": "medium", "status": "open", "source": "api"}
        ticket |= {"category_by": "default", "priority_by": "default", "created_at": now, "updated_at": now}
        rows = [{**ticket, "description": f"LOAD-{n}.", "search_document": f"load-{n}."} for n in range(number)]
        ids = session.scalars(insert(Ticket).returning(Ticket.id), rows).all()
        run = {"asked_for": "opened", "asked_at": now, "attempt": 1, "state": "queued", "due_at": now}
        run |= {"applied_category": False, "applied_priority": False}
        runs = [{**run, "ticket_id": ticket_id} for ticket_id in ids]
        return list(session.scalars(insert(ClassificationRun).returning(ClassificationRun.id), runs))


def waiting(app: APIFlask) -> int:
    with app.app_context():
        statement = select(func.count()).where(ClassificationRun.state.in_((RunState.QUEUED, RunState.RUNNING)))
        return db.session.scalar(statement) or 0


@pytest.mark.timeout(240)
def test_every_question_is_put_once_however_often_and_by_whom_it_is_hinted_at(
    make_postgres_app: MakeApp, redis_server: RedisServer, gemini: GeminiServer, tmp_path: Path
) -> None:
    app = app_of(make_postgres_app, redis_server, gemini, 0)
    run_ids = queue(app, 150)
    hint = Hints(redis_server.url)
    for run_id in [*run_ids, *reversed(run_ids)]:
        hint("classify", run_id)
    with ExitStack() as stack:
        for number in range(2):
            stack.enter_context(worker(app, tmp_path / f"worker-{number}.log"))
        wait_until(lambda: waiting(app) == 0, seconds=150, what="all are classified")
    calls = Counter(asked.text.split("LOAD-")[-1].split(".")[0] for asked in gemini.requests)
    assert set(calls.values()) == {1}
    assert len(calls) == 150


@pytest.mark.timeout(240)
def test_a_backlog_keeps_to_the_pace_and_slows_no_form(
    make_postgres_app: MakeApp, redis_server: RedisServer, slow_gemini: GeminiServer, tmp_path: Path
) -> None:
    with slow_gemini as gemini, worker(app := app_of(make_postgres_app, redis_server, gemini, 300), tmp_path / "log"):
        queue(app, 2000)
        gemini.wait_for_requests(5, timeout_seconds=90)
        world, taken = app.extensions[EXTENSION], []
        world.classifier.warm_up()
        for number in range(8):
            with app.app_context():
                started = time.monotonic()
                verdict = propose("Hi", f"I was charged twice, {number}.", world.adviser, deadline_seconds=4.0)
                taken.append(time.monotonic() - started)
            assert verdict.suggestion is not None, verdict.failure
            time.sleep(0.5)
        assert max(taken) < 3.5
        assert 1900 < waiting(app) < 2000
        moments = sorted(asked.received_at for asked in gemini.requests)
        assert len(moments) <= 15 + (moments[-1] - moments[0]) * 5


def trouble(app: APIFlask) -> FailureKind | None:
    """Why the provider is left alone, if it is."""
    kind: FailureKind | None = app.extensions[EXTENSION].classifier.availability().kind
    return kind


@pytest.mark.timeout(240)
def test_of_all_workers_one_at_a_time_tests_whether_the_provider_is_back(
    make_postgres_app: MakeApp, redis_server: RedisServer, gemini: GeminiServer, tmp_path: Path
) -> None:
    app = app_of(make_postgres_app, redis_server, gemini, 0)
    queue(app, 40)
    gemini.always("503")
    with worker(app, tmp_path / "one"), worker(app, tmp_path / "two"):
        wait_until(lambda: trouble(app) == FailureKind.UNAVAILABLE, seconds=60, what="the provider is left alone")
        time.sleep(0.5)  # what the other processes had in flight is refused meanwhile
        before = len(gemini.requests)
        gemini.wait_for_requests(before + 3, timeout_seconds=60)
        probes = sorted(asked.received_at for asked in gemini.requests[before:])
        assert trouble(app) == FailureKind.UNAVAILABLE
        assert waiting(app) == 40
        gemini.always(None)
        failed = len(gemini.requests)
        wait_until(lambda: waiting(app) <= failed, seconds=90, what="what did not fail is classified")
    assert all(later - sooner > 0.8 for sooner, later in pairwise(probes))
    with app.app_context():
        used_up = db.session.scalars(select(ClassificationRun.id).where(ClassificationRun.error.is_not(None)))
        called = db.session.scalars(select(ModelCall.run_id).where(ModelCall.error_kind.is_not(None)))
        assert Counter(used_up) == Counter(called)
