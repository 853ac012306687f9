"""Many tickets with one text, and forms that ask about it: no worker sits in its place for another's answer."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from apiflask import APIFlask
from sqlalchemy import func, select

from tests.app_fixtures import MakeApp, add_user
from tests.services.gemini import GeminiServer
from tests.services.redis import RedisServer
from tests.worker.processes import wait_until
from tests.worker.test_load import app_of, worker
from ticketapp.actions import bulk, classification
from ticketapp.actions.classification_settings import change_settings
from ticketapp.actions.same_text import WAIT_SECONDS
from ticketapp.actions.tickets import NewTicket, change_ticket, open_ticket
from ticketapp.clock import at, utc_now
from ticketapp.db import db
from ticketapp.hints import Hints
from ticketapp.models import ClassificationRun, RunState, Source, Ticket
from ticketapp.outside import outside
from ticketapp.queries import bulk_trials, standing
from ticketapp.queries.classification_settings import Settings
from ticketapp.queries.ticket_filter import TicketFilter
from worker import draining

TEXT = "My invoice was charged twice"
EDITED = "I cannot sign in (gemini:answer=account/high)"
DEADLINE_SECONDS = 3.0
WORKERS = 4


def opened(text: str = TEXT) -> Ticket:
    return open_ticket(NewTicket(title="Charged", description=text, source=Source.API), by=None)


def trial_of(app: APIFlask, texts: list[str]) -> int:
    """The number of a job that is to be tried on tickets of these texts."""
    with app.app_context():
        for text in texts:
            opened(text)
        return bulk.draft_bulk(TicketFilter(), by=add_user(app, "ada@example.com", "Ada", "admin")).id


@contextmanager
def form_that_asks(app: APIFlask, gemini: GeminiServer) -> Iterator[None]:
    """A form that has asked about the text, and is answered at the end."""

    def propose() -> None:
        with app.app_context():
            classification.propose("Charged", TEXT, outside().adviser, deadline_seconds=20)

    gemini.next("hold")
    form = threading.Thread(target=propose)
    form.start()
    gemini.wait_for_requests(1)
    try:
        yield
    finally:
        time.sleep(0.2)  # the request has come, and is held a moment later
        gemini.release()
        form.join()


def newest_run(ticket: Ticket) -> ClassificationRun:
    newest = select(func.max(ClassificationRun.id)).where(ClassificationRun.ticket_id == ticket.id)
    return db.session.get_one(ClassificationRun, db.session.scalars(newest).one(), populate_existing=True)


def seconds_until_read(app: APIFlask, job_id: int) -> float:
    """How long it takes several workers, each with turns as its task takes them."""

    def work() -> None:
        with app.app_context():
            while not bulk_trials.trial(job_id).is_finished:
                db.session.rollback()
                time.sleep(min(draining.sample_turn(outside()) or 0.2, 1.0))

    threads = [threading.Thread(target=work) for _ in range(WORKERS)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.monotonic() - started


def test_a_trial_of_one_text_that_is_not_answered_does_not_fail_ticket_by_ticket(
    make_postgres_app: MakeApp, gemini: GeminiServer
) -> None:
    settings = {"gemini_api_key": gemini.good_key, "gemini_base_url": gemini.url}
    app = make_postgres_app(classify_timeout_seconds=DEADLINE_SECONDS, **settings)
    job_id = trial_of(app, [TEXT] * WORKERS)
    gemini.always("hang")
    assert seconds_until_read(app, job_id) < 3 * DEADLINE_SECONDS
    with app.app_context():
        assert bulk_trials.trial(job_id).failed == WORKERS


def test_a_sample_with_other_words_is_read_while_one_text_is_not_answered(
    make_app: MakeApp, gemini: GeminiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draining, "TURN_SECONDS", 10.0)  # it ends before, as soon as nothing is left that it may do
    app = make_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url)
    job_id = trial_of(app, [TEXT] * 6 + ["The printer is on fire"])
    with app.app_context(), form_that_asks(app, gemini):
        started = time.monotonic()
        later = draining.sample_turn(outside())
        assert time.monotonic() - started < draining.TURN_SECONDS
        assert later is not None
        waiting = [one for one in bulk_trials.trial(job_id).samples if one.state == RunState.RUNNING]
        assert (bulk_trials.trial(job_id).read, len(waiting)) == (1, 6)
        assert {one.attempts for one in waiting} == {0}
    with app.app_context():
        with at(utc_now() + timedelta(seconds=WAIT_SECONDS)):
            draining.sample_turn(outside())
        assert bulk_trials.trial(job_id).is_finished
    assert len(gemini.requests) == 2


def test_a_run_whose_text_a_form_asks_about_is_put_back_at_once_and_takes_that_answer(
    make_app: MakeApp, gemini: GeminiServer
) -> None:
    app = make_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url)
    with app.app_context():
        with form_that_asks(app, gemini):
            ticket = opened()
            started = time.monotonic()
            verdict = draining.run(newest_run(ticket).id, outside())
            assert time.monotonic() - started < 5
            assert draining.later_seconds(verdict) is not None
            run = newest_run(ticket)
            assert (run.state, run.attempt, run.claims) == (RunState.QUEUED, 1, 0)
        with at(utc_now() + timedelta(seconds=classification.LATER_SECONDS)):
            draining.run(newest_run(ticket).id, outside())
        assert newest_run(ticket).is_remembered
    assert len(gemini.requests) == 1


def test_words_that_were_edited_while_a_form_asked_about_them_are_not_read_as_they_were(
    make_app: MakeApp, gemini: GeminiServer
) -> None:
    """A run that waited for the form would take an answer to the old words at the end, and not say so."""
    app = make_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url)

    def work(run_id: int) -> None:
        with app.app_context():
            draining.run(run_id, outside())

    with app.app_context():
        ada = add_user(app, "ada@example.com", "Ada", "admin")
        change_settings(Settings(gives_examples=False), by=ada)
        with form_that_asks(app, gemini):
            ticket = opened()
            worker = threading.Thread(target=work, args=(newest_run(ticket).id,))
            worker.start()
            time.sleep(0.5)
            change_ticket(ticket.id, {"description": EDITED, "category": "general"}, by=ada)
        worker.join()
        with at(utc_now() + timedelta(seconds=classification.LATER_SECONDS)):
            draining.run(newest_run(ticket).id, outside())
        contested = standing.contested(db.session.get_one(Ticket, ticket.id, populate_existing=True))
        assert contested is not None
        assert (contested.values, contested.is_outdated) == ({"category": "account"}, False)
    assert EDITED in gemini.requests[-1].text


@pytest.mark.timeout(200)
def test_a_worker_comes_back_by_itself_to_what_a_form_was_asking_about(
    make_postgres_app: MakeApp, redis_server: RedisServer, gemini: GeminiServer, tmp_path: Path
) -> None:
    """Not only with the next sweep, which is a minute away."""
    app = app_of(make_postgres_app, redis_server, gemini, 0)
    with worker(app, tmp_path / "log", sweep_seconds=60), app.app_context():
        with form_that_asks(app, gemini):
            ticket = opened()
            put = newest_run(ticket)
            due_at = put.due_at
            Hints(redis_server.url)("classify", put.id)
            wait_until(lambda: newest_run(ticket).due_at > due_at, seconds=90, what="a worker that puts it back")
        wait_until(lambda: newest_run(ticket).is_remembered, seconds=45, what="its answer")
    assert len(gemini.requests) == 1
