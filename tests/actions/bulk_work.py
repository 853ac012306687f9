"""Bulk jobs for tests: asked for, tried, queued, classified and undone, as the worker does it."""

from apiflask import APIFlask

from tests.web.opened import AnsweringClassifier, FailingClassifier, ticket_of
from ticketapp.actions import bulk, bulk_samples, bulk_undo, classification
from ticketapp.ai import Classifier
from ticketapp.clock import utc_now
from ticketapp.db import db
from ticketapp.models import ClassificationState, Ticket, User
from ticketapp.queries import bulk_trials
from ticketapp.queries import classification as runs
from ticketapp.queries.ticket_filter import TicketFilter

TEXT = "The invoice is wrong."


def chosen(app: APIFlask, ticket_id: int) -> tuple[str, str, str, str]:
    """Category and priority, each with who chose it."""
    ticket = ticket_of(app, ticket_id)
    return ticket.category, ticket.category_by, ticket.priority, ticket.priority_by


def state_of(ticket_id: int) -> ClassificationState:
    """Where the classification of the ticket stands."""
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
    """Ask for a job to be undone and let the worker do it."""
    bulk_undo.undo(job_id, by=ada)
    while bulk_undo.undo_page(job_id):
        pass


def read(job_id: int, classifier: Classifier) -> bulk_trials.Trial:
    """Let the worker read the sample of a job; the trial."""
    for sample_id in bulk_trials.due_samples(utc_now(), limit=100):
        bulk_samples.read_sample(sample_id, classifier, deadline_seconds=1)
    return bulk_trials.trial(job_id)
