"""Reclassifying many: tried without being applied, paused, and undone without touching what came after."""

from datetime import timedelta

import pytest
from apiflask import APIFlask
from sqlalchemy import select, update

from tests.app_fixtures import add_user
from tests.web.opened import AnsweringClassifier, FailingClassifier, opened, proposal, ticket_of
from ticketapp.actions import bulk, bulk_samples, bulk_undo, classification, confirming
from ticketapp.actions.tickets import change_ticket
from ticketapp.ai import FailureKind, UnconfiguredClassifier
from ticketapp.clock import utc_now
from ticketapp.db import db, transaction
from ticketapp.errors import Conflict, InvalidInput, NotFound
from ticketapp.models import (
    BulkSample,
    ClassificationRun,
    ClassificationState,
    EventKind,
    RunState,
    Ticket,
    TicketEvent,
    User,
)
from ticketapp.queries import bulk_trials
from ticketapp.queries import classification as runs
from ticketapp.queries.ticket_filter import TicketFilter

TEXT = "The invoice is wrong."


@pytest.fixture
def ada(each_app: APIFlask) -> User:
    return add_user(each_app, "ada@example.com", "Ada", "admin")


def chosen(app: APIFlask, ticket_id: int) -> tuple[str, str, str, str]:
    ticket = ticket_of(app, ticket_id)
    return ticket.category, ticket.category_by, ticket.priority, ticket.priority_by


def state_of(ticket_id: int) -> ClassificationState:
    return db.session.get_one(Ticket, ticket_id, populate_existing=True).classification_state


def queued(job_id: int) -> None:
    """Let the worker turn the job into runs."""
    while bulk.queue_bulk_page(job_id):
        pass


def classified(classifier: AnsweringClassifier | FailingClassifier) -> None:
    """Let the worker do whatever is due."""
    for run_id in runs.due(utc_now(), limit=100):
        classification.classify(run_id, classifier, deadline_seconds=1)


def started(ada: User, narrowed: TicketFilter | None = None) -> int:
    """The number of a job that was tried and begun, with its runs queued."""
    job_id = bulk.draft_bulk(narrowed or TicketFilter(), by=ada).id
    bulk.start(job_id)
    queued(job_id)
    return job_id


def undone(job_id: int, ada: User) -> None:
    bulk_undo.undo(job_id, by=ada)
    while bulk_undo.undo_page(job_id):
        pass


def read(job_id: int, classifier: AnsweringClassifier | FailingClassifier) -> bulk_trials.Trial:
    for sample_id in bulk_trials.due_samples(utc_now(), limit=100):
        bulk_samples.read_sample(sample_id, classifier, deadline_seconds=1)
    return bulk_trials.trial(job_id)


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


def test_undoing_brings_back_machine_values_and_defaults_and_says_so(each_app: APIFlask, ada: User) -> None:
    machines = opened(each_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))
    defaults = opened(each_app, title="Fails", description=TEXT)
    classified(FailingClassifier(FailureKind.BLOCKED))
    job_id = started(ada)
    classified(AnsweringClassifier())
    assert chosen(each_app, defaults) == ("billing", "machine", "high", "machine")
    undone(job_id, ada)
    assert chosen(each_app, machines) == ("technical", "machine", "low", "machine")
    assert chosen(each_app, defaults) == ("general", "default", "medium", "default")
    assert (state_of(machines), state_of(defaults)) == (ClassificationState.DONE, ClassificationState.GIVEN_UP)
    found = select(TicketEvent.old, TicketEvent.new, TicketEvent.actor_id).where(
        TicketEvent.kind == EventKind.UNDONE, TicketEvent.ticket_id == machines
    )
    assert [tuple(row) for row in db.session.execute(found)] == [
        ("category", "technical", ada.id),
        ("priority", "low", ada.id),
    ]
    undoing = bulk_trials.undoing(job_id)
    assert undoing is not None
    assert (undoing.tickets, undoing.finished_at is not None) == (2, True)


def test_undoing_twice_changes_nothing_more(each_app: APIFlask, ada: User) -> None:
    ticket_id = opened(each_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))
    job_id = started(ada)
    classified(AnsweringClassifier())
    undone(job_id, ada)
    undone(job_id, ada)
    events = select(TicketEvent).where(TicketEvent.kind == EventKind.UNDONE, TicketEvent.ticket_id == ticket_id)
    assert len(db.session.scalars(events).all()) == 2


def test_undoing_keeps_what_people_chose_since(each_app: APIFlask, ada: User) -> None:
    changed = opened(each_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))
    confirmed = opened(each_app, title="Confirmed", description=TEXT, proposal=proposal("technical", "low"))
    job_id = started(ada)
    classified(AnsweringClassifier())
    change_ticket(changed, {"category": "account"}, by=ada)
    confirming.confirm(confirmed, by=ada)
    undone(job_id, ada)
    assert chosen(each_app, changed) == ("account", "person", "low", "machine")
    assert chosen(each_app, confirmed) == ("billing", "person", "high", "person")


def test_undoing_keeps_what_a_later_run_set(each_app: APIFlask, ada: User) -> None:
    ticket_id = opened(each_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))
    job_id = started(ada)
    classified(AnsweringClassifier())
    classification.reclassify(ticket_id, by=ada)
    classified(AnsweringClassifier("account", "medium"))
    undone(job_id, ada)
    assert chosen(each_app, ticket_id) == ("account", "machine", "medium", "machine")


def test_two_jobs_are_undone_in_either_order(each_app: APIFlask, ada: User) -> None:
    ticket_id = opened(each_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))
    first = started(ada)
    classified(AnsweringClassifier())
    second = started(ada)
    classified(AnsweringClassifier("account", "medium"))
    undone(second, ada)
    assert chosen(each_app, ticket_id) == ("billing", "machine", "high", "machine")
    undone(first, ada)
    assert chosen(each_app, ticket_id) == ("technical", "machine", "low", "machine")


def test_undoing_withdraws_what_was_not_read_yet(each_app: APIFlask, ada: User) -> None:
    machines = opened(each_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))
    waiting = opened(each_app, title="Waiting", description=TEXT)
    undone(started(ada), ada)
    assert (state_of(machines), state_of(waiting)) == (ClassificationState.DONE, ClassificationState.QUEUED)
    classifier = AnsweringClassifier()
    classified(classifier)
    assert classifier.asked == 1
    assert chosen(each_app, machines) == ("technical", "machine", "low", "machine")
    assert chosen(each_app, waiting) == ("billing", "machine", "high", "machine")


def test_an_undoing_waits_for_what_is_being_read(each_app: APIFlask, ada: User) -> None:
    ticket_id = opened(each_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))
    job_id = started(ada)
    run_id = runs.outstanding(ticket_id)

    class Undoing(AnsweringClassifier):
        def classify(self, **asked: object) -> object:  # type: ignore[override]
            undone(job_id, ada)
            assert bulk_trials.unfinished_undoings() == [job_id]
            return super().classify(**asked)

    classification.classify(run_id or 0, Undoing(), deadline_seconds=1)
    assert chosen(each_app, ticket_id)[0] == "billing"
    undone(job_id, ada)
    assert chosen(each_app, ticket_id) == ("technical", "machine", "low", "machine")
    assert bulk_trials.unfinished_undoings() == []


def test_an_undoing_does_not_wait_for_a_dead_worker(each_app: APIFlask, ada: User) -> None:
    ticket_id = opened(each_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))
    job_id = started(ada)
    with transaction() as session:
        dead = {"state": RunState.RUNNING, "lease_until": utc_now() - timedelta(seconds=1)}
        session.execute(update(ClassificationRun).where(ClassificationRun.bulk_job_id == job_id).values(dead))
    undone(job_id, ada)
    assert bulk_trials.unfinished_undoings() == []
    assert (runs.outstanding(ticket_id), state_of(ticket_id)) == (None, ClassificationState.DONE)


def test_an_undone_job_cannot_go_on(each_app: APIFlask, ada: User) -> None:
    opened(each_app, title="Invoice", description=TEXT, proposal=proposal())
    job_id = started(ada)
    undone(job_id, ada)
    for change in (bulk.start, bulk.pause):
        with pytest.raises(Conflict, match="was undone"):
            change(job_id)


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
