"""Which runs are due: new tickets before bulk jobs, jobs in their order, and what is held costs nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import event, update

from tests.actions.bulk_work import classified, started
from tests.app_fixtures import add_user
from tests.web.opened import AnsweringClassifier, opened, proposal
from ticketapp.actions import bulk, claims, classification
from ticketapp.clock import utc_now
from ticketapp.db import db, transaction
from ticketapp.models import AskedFor, ClassificationRun, RunState, User
from ticketapp.queries import classification as runs
from ticketapp.queries.ticket_filter import TicketFilter

OLD = 12


@pytest.fixture
def ada(each_app: APIFlask) -> User:
    return add_user(each_app, "ada@example.com", "Ada", "admin")


@pytest.fixture
def old(each_app: APIFlask) -> list[int]:
    """Tickets that only a job would have read again."""
    return [opened(each_app, description=f"Old {n}.", proposal=proposal("technical", "low")) for n in range(OLD)]


def of(ticket_ids: list[int]) -> set[int | None]:
    return {runs.outstanding(ticket_id) for ticket_id in ticket_ids}


def test_a_new_ticket_does_not_wait_behind_a_bulk_job(each_app: APIFlask, ada: User, old: list[int]) -> None:
    started(ada)
    new = runs.outstanding(opened(each_app, description="Everything is down."))
    assert runs.next_due(utc_now(), limit=4) == [new]
    assert runs.due(utc_now(), limit=4)[0] == new
    assert set(runs.due(utc_now(), limit=100)) == of(old) | {new}
    classification.classify(new or 0, AnsweringClassifier(), deadline_seconds=1)
    assert set(runs.next_due(utc_now(), limit=100)) == of(old)


def test_what_somebody_asks_for_by_hand_comes_before_the_job_that_has_it(
    each_app: APIFlask, ada: User, old: list[int]
) -> None:
    started(ada)
    classification.reclassify(old[0], by=ada)
    assert runs.next_due(utc_now(), limit=4) == [runs.outstanding(old[0])]


def test_what_waited_without_the_job_comes_before_it_too(each_app: APIFlask, ada: User, old: list[int]) -> None:
    new = opened(each_app, description="Everything is down.")
    started(ada)
    assert runs.next_due(utc_now(), limit=4) == [runs.outstanding(new)]


def test_the_older_of_two_jobs_comes_first_and_a_paused_one_not_at_all(
    each_app: APIFlask, ada: User, old: list[int]
) -> None:
    first = started(ada, TicketFilter(search="old 1"))  # 1, 10 and 11
    second = started(ada, TicketFilter(search="old 2"))
    both = runs.due(utc_now(), limit=100)
    assert [run_id in of([old[2]]) for run_id in both] == [False, False, False, True]
    bulk.pause(first)
    assert runs.due(utc_now(), limit=100) == runs.next_due(utc_now(), limit=100) == [runs.outstanding(old[2])]
    bulk.pause(second)
    assert runs.due(utc_now(), limit=100) == []
    bulk.start(first)
    classified(AnsweringClassifier())
    assert of(old[2:3]) != {None}
    assert of([old[1], old[10], old[11]]) == {None}


@pytest.mark.parametrize("asked_for", AskedFor)
@pytest.mark.parametrize("is_a_jobs", [False, True])
def test_every_run_is_found_whatever_it_was_asked_for(
    each_app: APIFlask, ada: User, old: list[int], asked_for: AskedFor, is_a_jobs: bool
) -> None:
    job_id = started(ada)
    new = opened(each_app, description="Everything is down.")
    values = {"asked_for": asked_for, "bulk_job_id": job_id if is_a_jobs else None}
    left = {"state": RunState.RUNNING, "lease_until": utc_now() - timedelta(seconds=1)}
    for state in (values, values | left):
        with transaction() as session:
            session.execute(update(ClassificationRun).where(ClassificationRun.ticket_id == new).values(state))
        assert set(runs.due(utc_now(), limit=100)) == of([*old, new])


def test_what_is_not_due_yet_is_not_found(each_app: APIFlask, ada: User, old: list[int]) -> None:
    started(ada)
    opened(each_app, description="Everything is down.")
    assert runs.due(utc_now() - timedelta(hours=1), limit=100) == []


def test_what_waits_for_a_later_try_is_neither_due_nor_held_nor_being_asked_about(
    each_app: APIFlask, ada: User, old: list[int]
) -> None:
    job_id = started(ada)
    alone, asked = (opened(each_app, description=words) for words in ("In an hour.", "Being asked."))
    asked_id = runs.outstanding(asked) or 0
    soon = update(ClassificationRun).where(ClassificationRun.ticket_id.in_([*old, alone]))
    with transaction() as session:
        session.execute(soon.values(due_at=utc_now() + timedelta(hours=1)))
    assert claims.claim(asked_id, lease_seconds=60)
    assert set(runs.due_later(utc_now(), limit=100)) == of([*old, alone])
    assert runs.being_asked(utc_now()) == 1
    bulk.pause(job_id)
    assert set(runs.due_later(utc_now(), limit=100)) == of([alone])
    after = utc_now() + timedelta(hours=2)
    assert (runs.due_later(after, limit=100), runs.being_asked(after)) == ([], 0)


@pytest.mark.parametrize(("which", "step"), [(runs.next_due, "due_at<?"), (runs.due_later, "due_at>?")])
def test_what_is_due_is_found_by_its_index_and_no_outstanding_runs_are_sorted(
    app: APIFlask, which: Callable[..., list[int]], step: str
) -> None:
    with app.app_context():
        asked: list[tuple[str, Any]] = []
        event.listen(db.engine, "before_cursor_execute", lambda _, __, sql, facts, *___: asked.append((sql, facts)))
        which(utc_now(), limit=32)
        sql, facts = next((sql, facts) for sql, facts in asked if "due_at" in sql)
        plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", facts).all()
        steps = [step[3] for step in plan]
    assert steps == [f"SEARCH classification_run USING INDEX ix_run_due_without_job ({step})"]


def test_what_a_paused_job_holds_does_not_count_as_waiting(each_app: APIFlask, ada: User, old: list[int]) -> None:
    assert not runs.is_anything_waiting()
    job_id = started(ada)
    assert runs.is_anything_waiting()
    bulk.pause(job_id)
    assert not runs.is_anything_waiting()
    new = opened(each_app, description="Everything is down.")
    db.session.rollback()  # so that this session sees what another one wrote
    assert runs.is_anything_waiting()
    classification.classify(runs.outstanding(new) or 0, AnsweringClassifier(), deadline_seconds=1)
    assert not runs.is_anything_waiting()
