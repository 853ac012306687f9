"""Reclassifying many: tried without being applied, every ticket read that people have not decided, paused."""

from datetime import timedelta

import pytest
from apiflask import APIFlask
from sqlalchemy import update

from tests.actions.bulk_work import TEXT, chosen, classified, read, started
from tests.app_fixtures import add_user
from tests.web.opened import AnsweringClassifier, FailingClassifier, opened, proposal
from ticketapp.actions import bulk, bulk_samples, bulk_undo, classification
from ticketapp.ai import FailureKind, UnconfiguredClassifier
from ticketapp.clock import at, utc_now
from ticketapp.db import transaction
from ticketapp.errors import Conflict, InvalidInput, NotFound
from ticketapp.models import BulkSample, RunState, User
from ticketapp.queries import bulk_trials
from ticketapp.queries import classification as runs
from ticketapp.queries.ticket_filter import TicketFilter


@pytest.fixture
def ada(each_app: APIFlask) -> User:
    return add_user(each_app, "ada@example.com", "Ada", "admin")


def test_a_trial_asks_the_model_and_applies_nothing(each_app: APIFlask, ada: User) -> None:
    changing = opened(each_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))
    same = opened(each_app, title="Same", description=TEXT, proposal=proposal("billing", "high"))
    half = opened(each_app, title="Half", description=TEXT, category="account", proposal=proposal("billing", "high"))
    decided = opened(each_app, title="Decided", description=TEXT, category="account", priority="low")
    before = [chosen(each_app, number) for number in (changing, same, half, decided)]
    job = bulk.draft_bulk(TicketFilter(), by=ada)
    classifier = AnsweringClassifier()
    trial = read(job.id, classifier)
    assert (job.total, classifier.asked) == (3, 3)
    assert [sample.ticket_id for sample in trial.samples] == [half, same, changing]
    assert (trial.changing, trial.in_the_way, trial.failed, trial.is_finished) == (1, 1, 0, True)
    assert [chosen(each_app, number) for number in (changing, same, half, decided)] == before
    assert runs.unfinished_bulk_jobs() == []
    assert not bulk.queue_bulk_page(job.id)


def test_a_sample_is_twenty_tickets_at_most(each_app: APIFlask, ada: User) -> None:
    for number in range(22):
        opened(each_app, title=f"Ticket {number}")
    job = bulk.draft_bulk(TicketFilter(), by=ada)
    assert (job.total, len(bulk_trials.trial(job.id).samples)) == (22, 20)


def test_a_sampled_ticket_is_read_once(each_app: APIFlask, ada: User) -> None:
    opened(each_app, title="Invoice", description=TEXT)
    job = bulk.draft_bulk(TicketFilter(), by=ada)
    (sample_id,) = bulk_trials.due_samples(utc_now(), limit=10)
    classifier = AnsweringClassifier()
    assert bulk_samples.read_sample(sample_id, UnconfiguredClassifier(), deadline_seconds=1) is None
    for _ in range(3):
        bulk_samples.read_sample(sample_id, classifier, deadline_seconds=1)
    assert classifier.asked == 1
    assert bulk_trials.trial(job.id).is_finished


def test_a_sample_left_by_a_dead_worker_is_read_and_given_up_in_the_end(each_app: APIFlask, ada: User) -> None:
    opened(each_app, title="Invoice", description=TEXT)
    job = bulk.draft_bulk(TicketFilter(), by=ada)
    past = {"state": RunState.RUNNING, "lease_until": utc_now() - timedelta(seconds=1)}
    with transaction() as session:
        session.execute(update(BulkSample).values(past | {"attempts": 1}))
    assert read(job.id, AnsweringClassifier()).samples[0].state == RunState.SUCCEEDED
    with transaction() as session:
        empty = {"category": None, "priority": None, "finished_at": None}
        session.execute(update(BulkSample).values(past | empty | {"attempts": 3}))
    (sample,) = read(job.id, AnsweringClassifier()).samples
    assert (sample.state, sample.error) == (RunState.GAVE_UP, "Reading it was cut off 3 times.")


def test_a_sample_that_fails_says_why(each_app: APIFlask, ada: User) -> None:
    opened(each_app, title="Invoice", description=TEXT)
    trial = read(bulk.draft_bulk(TicketFilter(), by=ada).id, FailingClassifier(FailureKind.TIMED_OUT))
    assert (trial.failed, trial.samples[0].error) == (1, FailureKind.TIMED_OUT.sentence)


def test_a_job_reads_every_ticket_of_its_filter_that_people_have_not_decided(each_app: APIFlask, ada: User) -> None:
    machines = opened(each_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))
    half = opened(each_app, title="Half", description=TEXT, priority="low", proposal=proposal("technical"))
    other = opened(each_app, title="Other", description=TEXT, proposal=proposal("account", "low"))
    job_id = started(ada, TicketFilter.from_args({"category": "technical"}))
    classified(AnsweringClassifier())
    assert chosen(each_app, machines) == ("billing", "machine", "high", "machine")
    assert chosen(each_app, half) == ("billing", "machine", "low", "person")
    assert chosen(each_app, other) == ("account", "machine", "low", "machine")
    assert runs.progress(job_id).is_finished


def test_a_paused_job_reads_nothing_until_it_goes_on(each_app: APIFlask, ada: User) -> None:
    machines = opened(each_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))
    job_id = started(ada)
    bulk.pause(job_id)
    classifier = AnsweringClassifier()
    classified(classifier)
    held = runs.outstanding(machines) or 0
    assert classification.classify(held, classifier, deadline_seconds=1) is None
    assert (classifier.asked, runs.due(utc_now(), limit=10)) == (0, [])
    bulk.start(job_id)
    classified(classifier)
    assert chosen(each_app, machines)[0] == "billing"


def test_a_job_paused_before_it_was_queued_queues_nothing(each_app: APIFlask, ada: User) -> None:
    opened(each_app, title="Invoice", description=TEXT, proposal=proposal())
    job = bulk.draft_bulk(TicketFilter(), by=ada)
    bulk.start(job.id)
    bulk.pause(job.id)
    assert not bulk.queue_bulk_page(job.id)
    assert runs.unfinished_bulk_jobs() == []
    bulk.start(job.id)
    assert runs.unfinished_bulk_jobs() == [job.id]


def test_what_is_asked_for_by_hand_is_not_held_by_a_paused_job(each_app: APIFlask, ada: User) -> None:
    ticket_id = opened(each_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))
    bulk.pause(started(ada))
    classification.reclassify(ticket_id, by=ada)
    classified(AnsweringClassifier())
    assert chosen(each_app, ticket_id)[0] == "billing"


def test_what_waited_without_a_job_is_not_held_by_its_pause(each_app: APIFlask, ada: User) -> None:
    ticket_id = opened(each_app, title="New", description=TEXT)
    bulk.pause(started(ada))
    assert runs.due(utc_now(), limit=10) == [runs.outstanding(ticket_id)]
    classified(FailingClassifier(FailureKind.UNAVAILABLE))
    with at(utc_now() + timedelta(hours=1)):
        classified(AnsweringClassifier())
    assert chosen(each_app, ticket_id)[0] == "billing"


def test_what_was_not_started_is_neither_paused_nor_undone(each_app: APIFlask, ada: User) -> None:
    opened(each_app, title="Invoice", description=TEXT)
    job = bulk.draft_bulk(TicketFilter(), by=ada)
    with pytest.raises(Conflict, match="not started"):
        bulk.pause(job.id)
    with pytest.raises(Conflict, match="not started"):
        bulk_undo.undo(job.id, by=ada)
    with pytest.raises(NotFound):
        bulk.start(99)


def test_a_list_that_people_decided_is_not_tried(each_app: APIFlask, ada: User) -> None:
    opened(each_app, category="account", priority="low")
    with pytest.raises(InvalidInput, match="people decided every ticket"):
        bulk.draft_bulk(TicketFilter(), by=ada)
