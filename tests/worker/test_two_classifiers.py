"""Two workers with two schedules over the same tickets: one call each, people first, nothing lost when one dies."""

from pathlib import Path

import pytest
from apiflask import APIFlask
from sqlalchemy import func, select

from tests.app_fixtures import MakeApp, add_user
from tests.services.gemini import GeminiServer
from tests.services.redis import RedisServer
from tests.web.opened import opened, proposal, ticket_of
from tests.worker.conftest import Account
from tests.worker.processes import WorkerProcess, environment, wait_until
from ticketapp.actions import bulk, bulk_undo
from ticketapp.actions.tickets import change_ticket
from ticketapp.clock import utc_now
from ticketapp.db import db
from ticketapp.hints import Hints
from ticketapp.models import ClassificationRun, ClassificationState, RunState, Ticket, User
from ticketapp.queries import bulk_trials
from ticketapp.queries import classification as runs
from ticketapp.queries.ticket_filter import TicketFilter

TICKETS = 24
MANY = 300
DECIDED = 10


@pytest.fixture
def app(make_postgres_app: MakeApp, redis_server: RedisServer) -> APIFlask:
    redis_server.flush()
    return make_postgres_app()


@pytest.fixture
def settings(app: APIFlask, account: Account, redis_server: RedisServer, gemini: GeminiServer) -> dict[str, str]:
    configured = {"GEMINI_API_KEY": gemini.good_key, "GEMINI_BASE_URL": gemini.url, "CLASSIFY_TIMEOUT_SECONDS": "8"}
    return environment(app, account, redis_server, **configured)


def count_in(app: APIFlask, state: ClassificationState) -> int:
    with app.app_context():
        kept = select(func.count()).select_from(Ticket).where(Ticket.classification_state == state)
        return db.session.scalar(kept) or 0


def succeeded(app: APIFlask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).where(ClassificationRun.state == RunState.SUCCEEDED)) or 0


def chosen(app: APIFlask, ticket_id: int) -> tuple[str, str, str, str]:
    ticket = ticket_of(app, ticket_id)
    return ticket.category, ticket.category_by, ticket.priority, ticket.priority_by


def begun(application: APIFlask, by: User) -> int:
    with application.app_context():
        job_id = bulk.draft_bulk(TicketFilter(), by=by).id
        bulk.start(job_id)
        return job_id


def waiting_of(job_id: int) -> int:
    run = ClassificationRun
    counted = select(func.count()).where(
        run.bulk_job_id == job_id, run.state.in_((RunState.QUEUED, RunState.RUNNING))
    )
    return db.session.scalar(counted) or 0


def wait_for_undoing(application: APIFlask) -> None:
    def is_undone() -> bool:
        with application.app_context():
            return bulk_trials.unfinished_undoings() == []

    wait_until(is_undone, seconds=90, what="the job is undone")


def test_repeated_tasks_and_two_sweeps_ask_once_and_people_stay_first(
    app: APIFlask, settings: dict[str, str], redis_server: RedisServer, gemini: GeminiServer, tmp_path: Path
) -> None:
    numbers = [opened(app, title=f"Bill {n}", description=f"Bill {n} is wrong.") for n in range(TICKETS)]
    hint = Hints(redis_server.url)
    with app.app_context():
        run_ids = runs.due(utc_now(), limit=TICKETS)
    with WorkerProcess(settings, tmp_path / "one.log"), WorkerProcess(settings, tmp_path / "two.log"):
        for run_id in run_ids * 3:
            hint("classify", run_id)
        gemini.wait_for_requests(1, timeout_seconds=60)
        with app.app_context():
            for number in numbers[-4:]:
                change_ticket(number, {"category": "account", "priority": "low"}, by=None)
        done = ClassificationState.DONE
        wait_until(lambda: count_in(app, done) == TICKETS, seconds=90, what="every ticket is done")
    assert len(gemini.requests) == succeeded(app) <= TICKETS
    for number in numbers[-4:]:
        assert chosen(app, number) == ("account", "person", "low", "person")


def test_a_worker_killed_in_mid_call_leaves_a_ticket_that_is_classified_later(
    app: APIFlask, settings: dict[str, str], gemini: GeminiServer, tmp_path: Path
) -> None:
    number = opened(app, title="Bill", description="The bill is wrong.")
    gemini.next("hold")
    with WorkerProcess(settings, tmp_path / "one.log"):
        gemini.wait_for_requests(1, timeout_seconds=60)
        with app.app_context():
            change_ticket(number, {"category": "account"}, by=None)
    assert count_in(app, ClassificationState.QUEUED) == 1
    with WorkerProcess(settings, tmp_path / "two.log"):
        done = ClassificationState.DONE
        wait_until(lambda: count_in(app, done) == 1, seconds=90, what="the lease ended and it was read again")
    category, category_by, _, priority_by = chosen(app, number)
    assert (category, category_by, priority_by) == ("account", "person", "machine")
    assert len(gemini.requests) == 2


def test_two_workers_try_and_undo_a_bulk_job_once(
    app: APIFlask, settings: dict[str, str], gemini: GeminiServer, tmp_path: Path
) -> None:
    ada = add_user(app, "ada@example.com", "Ada", "admin")
    before = proposal("account", "low")
    numbers = [
        opened(app, title=f"Bill {n}", description=f"gemini:answer=billing/high {n}", proposal=before)
        for n in range(TICKETS)
    ]
    with app.app_context():
        job_id = bulk.draft_bulk(TicketFilter(), by=ada).id
    with WorkerProcess(settings, tmp_path / "one.log"), WorkerProcess(settings, tmp_path / "two.log"):

        def is_tried() -> bool:
            with app.app_context():
                return bulk_trials.trial(job_id).is_finished

        wait_until(is_tried, seconds=90, what="the sample is read")
        assert len(gemini.requests) == bulk.SAMPLE_SIZE
        assert {chosen(app, number) for number in numbers} == {("account", "machine", "low", "machine")}
        with app.app_context():
            bulk.start(job_id)
        wait_until(lambda: succeeded(app) == 2 * TICKETS, seconds=90, what="every ticket is read again")
        assert len(gemini.requests) == bulk.SAMPLE_SIZE + TICKETS
        assert {chosen(app, number) for number in numbers} == {("billing", "machine", "high", "machine")}
        with app.app_context():
            change_ticket(numbers[0], {"category": "technical"}, by=ada)
            bulk_undo.undo(job_id, by=ada)
        wait_for_undoing(app)
    assert {chosen(app, number) for number in numbers[1:]} == {("account", "machine", "low", "machine")}
    assert chosen(app, numbers[0]) == ("technical", "person", "low", "machine")


def test_two_jobs_meet_on_the_same_tickets_while_workers_read_and_people_decide(
    app: APIFlask, settings: dict[str, str], gemini: GeminiServer, tmp_path: Path
) -> None:
    ada = add_user(app, "ada@example.com", "Ada", "admin")
    answer = "gemini:answer=billing/high"
    numbers = [
        opened(app, title=f"Bill {n}", description=f"{answer} {n}", proposal=proposal("account", "low"))
        for n in range(MANY)
    ]
    gemini.delay_seconds = 0.05  # so that a good part waits while the jobs are begun and undone
    logs = tmp_path / "one.log", tmp_path / "two.log"
    with WorkerProcess(settings, logs[0]), WorkerProcess(settings, logs[1]):
        first = begun(app, ada)
        gemini.wait_for_requests(20, timeout_seconds=60)
        second = begun(app, ada)
        with app.app_context():
            bulk.pause(first)
        gemini.wait_for_requests(60, timeout_seconds=60)
        with app.app_context():
            for number in numbers[:DECIDED]:
                change_ticket(number, {"category": "technical", "priority": "medium"}, by=ada)
            bulk_undo.undo(second, by=ada)
        wait_for_undoing(app)
        with app.app_context():
            assert waiting_of(second) == 0
            held = waiting_of(first)
            progress = runs.progress(first)
            assert progress.total - progress.settled == held
            assert progress.left <= DECIDED
            assert 0 < held < MANY
            bulk.start(first)

        def is_finished() -> bool:
            with app.app_context():
                return runs.progress(first).is_finished and waiting_of(first) == 0

        wait_until(is_finished, seconds=120, what="the first job has read what it was given back")
        assert {chosen(app, number) for number in numbers[DECIDED:]} == {("billing", "machine", "high", "machine")}
        assert {chosen(app, number) for number in numbers[:DECIDED]} == {("technical", "person", "medium", "person")}
        with app.app_context():
            bulk_undo.undo(first, by=ada)
        wait_for_undoing(app)
    assert {chosen(app, number) for number in numbers[DECIDED:]} == {("account", "machine", "low", "machine")}
    assert {chosen(app, number) for number in numbers[:DECIDED]} == {("technical", "person", "medium", "person")}
    assert not any("deadlock" in log.read_text().lower() for log in logs)
