"""A turn at bulk jobs: a job that cannot go on holds up no other, and where one is at it nobody else waits."""

import time
from threading import Thread

import pytest
from apiflask import APIFlask
from sqlalchemy import update

from tests.actions.bulk_work import chosen, classified, started
from tests.app_fixtures import add_user
from tests.web.opened import AnsweringClassifier, opened, proposal
from ticketapp.actions import bulk, bulk_undo
from ticketapp.db import db, transaction
from ticketapp.models import BulkJob, User
from ticketapp.queries import bulk_trials
from ticketapp.queries import classification as runs
from ticketapp.queries.ticket_filter import TicketFilter
from worker import bulk_turns


@pytest.fixture
def ada(each_app: APIFlask) -> User:
    return add_user(each_app, "ada@example.com", "Ada", "admin")


@pytest.fixture
def ticket_id(each_app: APIFlask) -> int:
    return opened(each_app, proposal=proposal("technical", "low"))


def begun(ada: User) -> int:
    job_id = bulk.draft_bulk(TicketFilter(), by=ada).id
    bulk.start(job_id)
    return job_id


def test_a_job_whose_list_cannot_be_read_any_more_holds_up_no_other(ada: User, ticket_id: int) -> None:
    broken, whole = begun(ada), begun(ada)
    with transaction() as session:
        session.execute(update(BulkJob).where(BulkJob.id == broken).values(filter_query="category=renamed"))
    assert not bulk_turns.queue_turn()
    assert runs.unfinished_bulk_jobs() == [broken]
    assert db.session.get_one(BulkJob, whole, populate_existing=True).queued == 1


def test_a_job_that_cannot_be_undone_holds_up_no_other(
    each_app: APIFlask, ada: User, ticket_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = started(ada), started(ada)
    classified(AnsweringClassifier())
    page = bulk_undo.undo_page

    def broken(job_id: int) -> bool:
        if job_id == first:
            raise OverflowError
        return page(job_id)

    for job_id in (first, second):
        bulk_undo.undo(job_id, by=ada)
    monkeypatch.setattr(bulk_undo, "undo_page", broken)
    assert not bulk_turns.undo_turn()
    assert bulk_trials.unfinished_undoings() == [first]
    assert chosen(each_app, ticket_id)[0] == "technical"


def test_a_turn_ends_after_its_time_and_says_that_there_is_more(
    ada: User, ticket_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(ada)
    pages: list[int] = []
    monkeypatch.setattr(bulk, "queue_bulk_page", lambda job_id: not pages.append(job_id))
    monkeypatch.setattr(bulk_turns, "TURN_SECONDS", 0.05)
    assert bulk_turns.queue_turn()
    assert pages


def test_a_turn_ends_after_its_time_also_where_each_job_is_one_page(
    ada: User, ticket_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = [begun(ada) for _ in range(4)]
    pages: list[int] = []

    def page(job_id: int) -> bool:
        pages.append(job_id)
        time.sleep(0.06)
        return False

    monkeypatch.setattr(bulk, "queue_bulk_page", page)
    monkeypatch.setattr(bulk_turns, "TURN_SECONDS", 0.05)
    assert bulk_turns.queue_turn()
    assert pages == jobs[:1]


def test_where_one_is_at_it_another_turn_ends_at_once(
    ada: User, ticket_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(ada)
    turns: list[bool] = []
    monkeypatch.setattr(bulk, "queue_bulk_page", lambda _: bool(turns.append(bulk_turns.queue_turn())))
    assert not bulk_turns.queue_turn()
    assert turns == [False]


@pytest.mark.parametrize(("jobs", "is_more"), [(1, True), (12, False)])
def test_others_write_between_the_pages_of_a_turn(
    each_app: APIFlask, ada: User, ticket_id: int, monkeypatch: pytest.MonkeyPatch, *, jobs: int, is_more: bool
) -> None:
    for _ in range(jobs):
        begun(ada)
    written: list[int] = []

    def page(_: int) -> bool:
        with transaction() as session:
            session.execute(update(BulkJob).values(queued=BulkJob.queued + 1))
            time.sleep(0.2)
        return is_more

    def write() -> None:
        with each_app.app_context():
            for number in range(3):
                opened(each_app, title=f"Ticket {number}")
                written.append(number)

    monkeypatch.setattr(bulk, "queue_bulk_page", page)
    other = Thread(target=write)
    other.start()
    assert bulk_turns.queue_turn()
    during = list(written)
    other.join()
    assert during == [0, 1, 2]
