"""An undoing that looks just as a run is taken or its verdict saved: it is not over before that is undone too."""

import threading
import time
from datetime import timedelta

import pytest
from apiflask import APIFlask
from sqlalchemy import event, text, update

from tests.actions.bulk_work import TEXT, chosen, started
from tests.app_fixtures import add_user
from tests.web.opened import AnsweringClassifier, opened, proposal
from ticketapp.actions import bulk_undo, classification
from ticketapp.ai import Verdict
from ticketapp.clock import utc_now
from ticketapp.db import db
from ticketapp.models import ClassificationRun, RunState, User
from ticketapp.queries import bulk_trials
from ticketapp.queries import classification as runs

BEFORE = ("technical", "machine", "low", "machine")


@pytest.fixture
def ada(postgres_app: APIFlask) -> User:
    return add_user(postgres_app, "ada@example.com", "Ada", "admin")


@pytest.fixture
def ticket_id(postgres_app: APIFlask) -> int:
    return opened(postgres_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))


class Reading:
    """A worker in the middle of a call, which answers when it is told to."""

    def __init__(self, app: APIFlask, run_id: int) -> None:
        self._app, self._run_id = app, run_id
        self._is_asked, self._may_answer = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._read)
        self._thread.start()
        assert self._is_asked.wait(30)

    def answer(self) -> None:
        """Let the answer come in; returns when the verdict is saved."""
        self._may_answer.set()
        self._thread.join()

    def _read(self) -> None:
        reading = self

        class Waiting(AnsweringClassifier):
            def classify(self, **asked: object) -> Verdict:
                reading._is_asked.set()
                reading._may_answer.wait(30)
                return super().classify(**asked)

        with self._app.app_context():
            classification.classify(self._run_id, Waiting(), deadline_seconds=30)


@pytest.mark.parametrize("looks", range(1, 9))
def test_a_verdict_that_comes_between_two_looks_is_undone_too(
    postgres_app: APIFlask, ada: User, ticket_id: int, looks: int
) -> None:
    with postgres_app.app_context():
        job_id = started(ada)
        reading = Reading(postgres_app, runs.outstanding(ticket_id) or 0)
        bulk_undo.undo(job_id, by=ada)
        me, left = threading.current_thread(), [looks]

        def answer_after(*_: object) -> None:
            if threading.current_thread() is me:
                left[0] -= 1
                if left[0] == 0:
                    reading.answer()

        event.listen(db.engine, "after_cursor_execute", answer_after)
        bulk_undo.undo_page(job_id)
        event.remove(db.engine, "after_cursor_execute", answer_after)
        reading.answer()
        while bulk_trials.unfinished_undoings():
            bulk_undo.undo_page(job_id)
    assert chosen(postgres_app, ticket_id) == BEFORE


def test_a_run_that_is_just_being_taken_keeps_the_undoing_open(
    postgres_app: APIFlask, ada: User, ticket_id: int
) -> None:
    with postgres_app.app_context():
        job_id = started(ada)
        bulk_undo.undo(job_id, by=ada)
        taken = {"state": RunState.RUNNING, "lease_until": utc_now() + timedelta(seconds=60)}
        with db.engine.begin() as worker:
            worker.execute(update(ClassificationRun).where(ClassificationRun.bulk_job_id == job_id).values(taken))
            undoing = threading.Thread(target=_page, args=(postgres_app, job_id))
            undoing.start()
            _wait_for_a_lock(postgres_app)
        undoing.join()
        assert bulk_trials.unfinished_undoings() == [job_id]


def _page(app: APIFlask, job_id: int) -> None:
    with app.app_context():
        bulk_undo.undo_page(job_id)


def _wait_for_a_lock(app: APIFlask) -> None:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    until = time.monotonic() + 30

    def is_waiting() -> bool:
        with app.app_context(), db.engine.connect() as connection:
            return bool(connection.scalar(text(waiting)))

    while not is_waiting():
        assert time.monotonic() < until
        time.sleep(0.05)
