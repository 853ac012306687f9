"""What the drill says of a system that loses work: it reports it, and repairs nothing."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from tests.drill.course import Course, faults, run
from tests.drill.office import Office, office
from ticketapp.actions.classification import classify
from ticketapp.actions.tickets import change_ticket
from ticketapp.ai import GeminiClassifier
from ticketapp.clock import utc_now
from ticketapp.db import db, transaction
from ticketapp.models import ClassificationRun, RunState
from ticketapp.queries.classification import due
from worker import bulk_turns

RATE = 900
WITHOUT_KILLS = (60.0, 60.0)


@pytest.fixture
def where(tmp_path: Path) -> Iterator[Office]:
    """An office of six tickets in which nobody works yet."""
    with office(tmp_path, tickets=6, rate=RATE, workers=0, seed=1) as made:
        yield made


@contextmanager
def working(where: Office) -> Iterator[None]:
    """Somebody does what is due, and what bulk jobs ask for, as a worker would."""
    classifier = GeminiClassifier(where.gemini.good_key, "gemini-3.5-flash-lite", base_url=where.gemini.url)
    ended = threading.Event()

    def work() -> None:
        while not ended.wait(0.1):
            with where.app.app_context():
                bulk_turns.queue_turn()
                for run_id in due(utc_now(), limit=20):
                    classify(run_id, classifier, deadline_seconds=5)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def plant(where: Office, *, given_up: int, lost: int, later: int) -> None:
    """One ticket is given up, the run of another is gone, a third waits for its next try."""
    run, failed = ClassificationRun, {"error_kind": "unavailable", "error": "Out of order."}
    with where.app.app_context(), transaction() as session:
        over = {"state": RunState.GAVE_UP, "finished_at": utc_now(), **failed}
        session.execute(update(run).where(run.ticket_id == given_up).values(over))
        session.execute(delete(run).where(run.ticket_id == lost))
        session.execute(update(run).where(run.ticket_id == later).values(due_at=utc_now() + timedelta(hours=1)))


@pytest.mark.timeout(120)
def test_what_was_given_up_or_lost_is_reported_and_not_asked_about_again(where: Office) -> None:
    plant(where, given_up=2, lost=3, later=4)
    with working(where):
        course = run(where, [], kill_every=WITHOUT_KILLS, limit_seconds=60)
    assert course.made_due == 1
    assert len(where.gemini.requests) == 4
    assert faults(where, course, rate=RATE) == [
        "2 tickets are not classified",
        "1 tickets were given up: 2",
        "1 tickets are lost, no run of theirs waits: 3",
    ]
    assert course.seconds < 40, "there was nothing to wait for"
    with where.app.app_context():
        assert db.session.get_one(ClassificationRun, 4).state == RunState.SUCCEEDED


@pytest.mark.timeout(120)
def test_what_was_given_up_is_reported_though_somebody_decided_since(where: Office) -> None:
    plant(where, given_up=2, lost=6, later=4)
    with where.app.app_context():
        for ticket_id in (2, 6):
            change_ticket(ticket_id, {"category": "billing", "priority": "low"}, by=where.person)
    with working(where):
        course = run(where, [], kill_every=WITHOUT_KILLS, limit_seconds=60)
    assert faults(where, course, rate=RATE) == ["1 tickets were given up: 2"]


def test_more_answers_that_nobody_kept_than_were_in_flight_are_a_fault(where: Office) -> None:
    classifier = GeminiClassifier(where.gemini.good_key, "gemini-3.5-flash-lite", base_url=where.gemini.url)
    course = Course(phases=[("answers, to the end", 0.0, 1.0, 3)], kills=1)
    for number, found in ((2, 0), (3, 1)):
        while len(where.gemini.requests) < number:
            classifier.classify(title="Help", description="The invoice is wrong, DRILL-1.", deadline_seconds=5)
        assert len(faults(where, course, rate=RATE)) == found
    course.kills = 2
    assert faults(where, course, rate=RATE) == []


def test_a_drill_in_which_nothing_happened_shows_nothing(where: Office) -> None:
    course = Course(phases=[("answers", 0.0, 5.0, 7), ("hangs", 5.0, 5.0, 0), ("answers, to the end", 10.0, 1.0, 0)])
    assert faults(where, course, rate=RATE) == [
        "nobody asked in the phase: hangs",
        "no worker was killed",
        "nobody decided anything meanwhile",
    ]
    course = Course(phases=course.phases[-1:])
    assert faults(where, course, rate=RATE) == [], "a calm one owes none of it"
