"""A run that ends its worker is not asked for ever, and one that was merely cut off is read soon."""

import threading
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import update

from tests.actions.bulk_work import state_of
from tests.actions.classifying import newest_run, opened
from tests.app_fixtures import add_user
from tests.web.opened import AnsweringClassifier, FailingClassifier
from ticketapp.actions import claims, classification
from ticketapp.actions.claims import MOST_CLAIMS
from ticketapp.actions.tickets import change_ticket
from ticketapp.ai import FailureKind, Verdict
from ticketapp.clock import at, utc_now
from ticketapp.db import db, transaction
from ticketapp.models import ClassificationRun, ClassificationState, RunState, Ticket
from worker import tasks


class EndingClassifier(AnsweringClassifier):
    """Ends whoever asks it."""

    def classify(self, **asked: object) -> Verdict:
        """No verdict."""
        super().classify(**asked)
        raise KeyboardInterrupt


def cut_off(ticket: Ticket, classifier: EndingClassifier, *, now: datetime) -> datetime:
    """Have a worker end over the ticket's run at that time; when the run may be taken over."""
    with at(now):
        with pytest.raises(KeyboardInterrupt):
            classification.classify(newest_run(ticket).id, classifier, deadline_seconds=1)
        db.session.rollback()
    return (newest_run(ticket).lease_until or pytest.fail("it is not running")) + timedelta(seconds=1)


def cut_off_often(ticket: Ticket, classifier: EndingClassifier, times: int) -> tuple[list[float], datetime]:
    """How long after each of its leases the run had to wait, in seconds; and when it is to be had again."""
    waits: list[float] = []
    now = utc_now()
    for number in range(1, times + 1):
        now = lease_is_over = cut_off(ticket, classifier, now=now)
        if number > 1:  # the next one that comes only puts it back in line
            with at(now):
                assert classification.classify(newest_run(ticket).id, classifier, deadline_seconds=1) is None
            now = max(now, newest_run(ticket).due_at)
        waits.append(round((now - lease_is_over).total_seconds()))
    return waits, now


def test_a_run_that_was_cut_off_is_read_at_once_and_later_each_further_time(each_app: APIFlask) -> None:
    ticket, classifier = opened("My invoice is wrong"), EndingClassifier()
    waits, now = cut_off_often(ticket, classifier, 4)
    assert (waits, classifier.asked) == ([0, 30, 120, 600], 4)
    with at(now):
        classification.classify(newest_run(ticket).id, AnsweringClassifier(), deadline_seconds=1)
    assert (newest_run(ticket).state, newest_run(ticket).attempt) == (RunState.SUCCEEDED, 1)


def test_a_run_that_ends_its_workers_is_given_up_with_the_reason(each_app: APIFlask) -> None:
    ticket, classifier = opened("My invoice is wrong"), EndingClassifier()
    waits, now = cut_off_often(ticket, classifier, MOST_CLAIMS)
    assert 7 * 3600 < sum(waits) < 9 * 3600
    assert classifier.asked == MOST_CLAIMS
    with at(now):
        assert classification.classify(newest_run(ticket).id, classifier, deadline_seconds=1) is None
    run = newest_run(ticket)
    assert (run.state, run.is_called_off, classifier.asked) == (RunState.GAVE_UP, False, MOST_CLAIMS)
    assert run.error == "Reading it was cut off 10 times; perhaps it ends the worker."
    assert state_of(ticket.id) == ClassificationState.GIVEN_UP


def test_who_asks_by_hand_has_it_tried_as_often_again(each_app: APIFlask) -> None:
    ticket, classifier = opened("My invoice is wrong"), EndingClassifier()
    _, now = cut_off_often(ticket, classifier, 3)
    with at(now):
        classification.classify(newest_run(ticket).id, FailingClassifier(FailureKind.PACED), deadline_seconds=1)
        assert newest_run(ticket).claims == 3
        classification.reclassify(ticket.id, by=add_user(each_app, "ada@example.com", "Ada", "admin"))
    assert newest_run(ticket).claims == 0


def test_a_question_that_was_not_put_is_no_claim(each_app: APIFlask) -> None:
    ticket = opened("My invoice is wrong")
    for _ in range(MOST_CLAIMS + 1):
        with at(newest_run(ticket).due_at):
            classification.classify(newest_run(ticket).id, FailingClassifier(FailureKind.PAUSED), deadline_seconds=1)
    assert (newest_run(ticket).state, newest_run(ticket).claims) == (RunState.QUEUED, 0)


def test_what_dead_workers_left_is_put_back_in_line_though_nobody_may_ask(each_app: APIFlask) -> None:
    ada = add_user(each_app, "ada@example.com", "Ada", "admin")
    dead, decided, alive = (opened(f"My invoice {number} is wrong") for number in range(3))
    now = max(cut_off(ticket, EndingClassifier(), now=utc_now()) for ticket in (dead, decided))
    assert claims.claim(newest_run(alive).id, lease_seconds=claims.LONGEST_LEASE_SECONDS) is not None
    change_ticket(decided.id, {"category": "account", "priority": "low"}, by=ada)
    with at(now):
        tasks.sweep.run()
    assert (newest_run(dead).state, newest_run(dead).lease_until) == (RunState.QUEUED, None)
    assert (newest_run(decided).state, state_of(decided.id)) == (RunState.GAVE_UP, ClassificationState.DONE)
    assert newest_run(alive).state == RunState.RUNNING


def test_what_a_worker_left_whose_clock_was_hours_ahead_is_put_back_in_line(each_app: APIFlask) -> None:
    ticket, now = opened("My invoice is wrong"), utc_now()
    with at(now + timedelta(hours=2)):
        assert claims.claim(newest_run(ticket).id, lease_seconds=30) is not None
        classification.release_left()
        assert newest_run(ticket).state == RunState.RUNNING
    with at(now + timedelta(seconds=5)):
        classification.release_left()
        assert (newest_run(ticket).state, newest_run(ticket).claims) == (RunState.QUEUED, 1)
        classification.classify(newest_run(ticket).id, AnsweringClassifier(), deadline_seconds=1)
    assert newest_run(ticket).state == RunState.SUCCEEDED


def test_what_is_put_back_in_line_again_and_again_waits_longer(each_app: APIFlask) -> None:
    ticket, classifier = opened("My invoice is wrong"), EndingClassifier()
    _, now = cut_off_often(ticket, classifier, 3)
    over = cut_off(ticket, classifier, now=now)
    with at(over):
        classification.release_left()
    assert newest_run(ticket).due_at == over + timedelta(seconds=600)


def test_a_claim_that_was_lost_puts_nothing_back(each_app: APIFlask) -> None:
    run_id = newest_run(opened("My invoice is wrong")).id
    lost = claims.claim(run_id, lease_seconds=-1)
    kept = claims.claim(run_id, lease_seconds=60)
    assert lost is not None
    assert kept is not None
    with transaction() as session:
        claims.put_back(session, lost, seconds=0)
    run = db.session.get_one(ClassificationRun, run_id, populate_existing=True)
    assert (run.state, run.lease_until, run.claims) == (RunState.RUNNING, kept.lease_until, 2)


@pytest.mark.parametrize("why", ["decided", "cut off"])
def test_who_asks_by_hand_as_it_is_being_given_up_is_heard(
    each_app: APIFlask, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    ticket, now = opened("My invoice is wrong"), utc_now()
    ada = add_user(each_app, "ada@example.com", "Ada", "admin")
    if why == "decided":
        with transaction() as session:  # at this very moment, or else the run would have been called off with it
            session.execute(update(Ticket).values(category_by="person", priority_by="person"))
    else:
        with transaction() as session:
            session.execute(update(ClassificationRun).values(claims=MOST_CLAIMS))
    give_up = classification._give_up

    def after_a_wish(*claimed: Any, **named: Any) -> None:
        classification.reclassify(ticket.id, by=ada)
        give_up(*claimed, **named)

    monkeypatch.setattr(classification, "_give_up", after_a_wish)
    classifier = AnsweringClassifier()
    assert classification.classify(newest_run(ticket).id, classifier, deadline_seconds=1) is None
    assert newest_run(ticket).state == RunState.QUEUED
    with at(now + timedelta(seconds=5)):
        classification.classify(newest_run(ticket).id, classifier, deadline_seconds=1)
    assert (newest_run(ticket).state, newest_run(ticket).asked_by_id) == (RunState.SUCCEEDED, ada.id)


def test_no_worker_takes_a_run_that_somebody_is_just_changing(postgres_app: APIFlask) -> None:
    """It would be called off, or begun again, over the head of who reads it."""
    with postgres_app.app_context():
        ticket = opened("My invoice is wrong")
        run_id, taken = newest_run(ticket).id, threading.Event()

    def take() -> None:
        with postgres_app.app_context():
            assert claims.claim(run_id, lease_seconds=30)
            taken.set()

    worker = threading.Thread(target=take)
    with postgres_app.app_context(), transaction() as session:
        assert claims.locked_outstanding(session, ticket.id) is not None
        worker.start()
        time.sleep(0.5)
        was_taken = taken.is_set()
    worker.join()
    assert (was_taken, taken.is_set()) == (False, True)
