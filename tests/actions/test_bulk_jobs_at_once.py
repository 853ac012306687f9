"""Bulk jobs begun, held and undone at random while workers read: none gets in the way of another, nothing is left."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from apiflask import APIFlask
from sqlalchemy import func, select

from tests.actions.bulk_work import chosen
from tests.app_fixtures import add_user
from tests.web.opened import AnsweringClassifier, FailingClassifier, opened, proposal
from ticketapp.actions import bulk, bulk_undo, classification
from ticketapp.ai import FailureKind
from ticketapp.clock import utc_now
from ticketapp.db import db
from ticketapp.models import ClassificationRun, RunState, User
from ticketapp.queries import bulk_trials
from ticketapp.queries import classification as runs
from ticketapp.queries.ticket_filter import TicketFilter

TICKETS = 60
SECONDS = 12
CLASSIFIERS = (
    AnsweringClassifier(),
    AnsweringClassifier("account", "medium"),
    FailingClassifier(FailureKind.UNAVAILABLE),
    FailingClassifier(FailureKind.BLOCKED),
)


def read() -> None:
    due = runs.due(utc_now(), limit=20)
    for run_id in random.sample(due, min(8, len(due))):
        classification.classify(run_id, random.choice(CLASSIFIERS), deadline_seconds=5)


def queue() -> None:
    for job_id in runs.unfinished_bulk_jobs():
        bulk.queue_bulk_page(job_id)
    time.sleep(0.01)


def undo() -> None:
    for job_id in bulk_trials.unfinished_undoings():
        bulk_undo.undo_page(job_id)
    time.sleep(0.01)


@contextmanager
def workers(app: APIFlask, *pieces: Callable[[], None]) -> Iterator[list[Exception]]:
    """A thread that does each of these again and again; what went wrong in them."""
    errors: list[Exception] = []
    is_over = threading.Event()

    def work(piece: Callable[[], None]) -> None:
        while not is_over.is_set():
            with app.app_context():
                try:
                    piece()
                except Exception as error:  # noqa: BLE001 - each is told at the end
                    errors.append(error)

    threads = [threading.Thread(target=work, args=(piece,)) for piece in pieces]
    for thread in threads:
        thread.start()
    try:
        yield errors
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def change_at_random(live: list[int], die: random.Random, *, by: User) -> None:
    """Begin a job, or hold one, let it go on or undo it."""
    if len(live) < 2 or (len(live) < 4 and die.random() < 0.3):
        live.append(bulk.draft_bulk(TicketFilter(), by=by).id)
        bulk.start(live[-1])
        return
    job_id = die.choice(live)
    what = die.choice(("pause", "start", "undo"))
    if what == "undo":
        live.remove(job_id)
        bulk_undo.undo(job_id, by=by)
    else:
        getattr(bulk, what)(job_id)


def test_jobs_at_random_leave_every_ticket_as_it_was(postgres_app: APIFlask) -> None:
    app, die, live = postgres_app, random.Random(5), list[int]()
    ada = add_user(app, "ada@example.com", "Ada", "admin")
    before = proposal("technical", "low")
    numbers = [opened(app, title=f"Bill {n}", description="It is wrong.", proposal=before) for n in range(TICKETS)]
    with workers(app, read, read, queue, queue, undo, undo) as errors, app.app_context():
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            change_at_random(live, die, by=ada)
            time.sleep(0.3 * die.random())
        for job_id in live:
            bulk_undo.undo(job_id, by=ada)
        until = time.monotonic() + 60
        while bulk_trials.unfinished_undoings() and time.monotonic() < until:
            time.sleep(0.1)
    with app.app_context():
        outstanding = ClassificationRun.state.in_((RunState.QUEUED, RunState.RUNNING))
        assert bulk_trials.unfinished_undoings() == []
        assert db.session.scalar(select(func.count()).where(outstanding)) == 0
        assert (db.session.scalar(select(func.count(ClassificationRun.id))) or 0) > 3 * TICKETS
    assert errors == []
    assert {chosen(app, number) for number in numbers} == {("technical", "machine", "low", "machine")}
