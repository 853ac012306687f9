"""An answer that comes late, or twice: it changes neither what people chose nor what was answered in time."""

from datetime import timedelta

import pytest
from apiflask import APIFlask
from sqlalchemy import select, update

from tests.app_fixtures import add_user
from tests.web.opened import AnsweringClassifier, opened, ticket_of
from ticketapp.actions import classification
from ticketapp.actions.tickets import change_ticket
from ticketapp.ai import Verdict
from ticketapp.clock import utc_now
from ticketapp.db import db, transaction
from ticketapp.models import ClassificationRun, RunState, TicketEvent
from ticketapp.queries import classification as runs

TEXT = "The invoice is wrong."


class SlowClassifier(AnsweringClassifier):
    """Answers account and low, after its lease has ended and somebody else has taken the run over."""

    def __init__(self, run_id: int) -> None:
        super().__init__("account", "low")
        self.run_id = run_id

    def classify(self, **asked: object) -> Verdict:
        """The verdict, too late."""
        with transaction() as session:
            session.execute(update(ClassificationRun).values(lease_until=utc_now() - timedelta(seconds=1)))
        classification.classify(self.run_id, AnsweringClassifier("billing", "high"), deadline_seconds=1)
        return super().classify(**asked)


@pytest.fixture
def ticket_id(each_app: APIFlask) -> int:
    return opened(each_app, title="Invoice", description=TEXT)


def chosen(app: APIFlask, ticket_id: int) -> tuple[str, str, str, str]:
    ticket = ticket_of(app, ticket_id)
    return ticket.category, ticket.category_by, ticket.priority, ticket.priority_by


def test_a_late_answer_does_not_replace_the_one_that_was_in_time(each_app: APIFlask, ticket_id: int) -> None:
    run_id = runs.outstanding(ticket_id) or 0
    classification.classify(run_id, SlowClassifier(run_id), deadline_seconds=1)
    assert chosen(each_app, ticket_id) == ("billing", "machine", "high", "machine")
    run = db.session.get_one(ClassificationRun, run_id, populate_existing=True)
    assert (run.state, run.category, run.priority) == (RunState.SUCCEEDED, "billing", "high")


def test_a_late_answer_does_not_touch_what_a_person_chose_in_between(each_app: APIFlask, ticket_id: int) -> None:
    run_id = runs.outstanding(ticket_id) or 0
    gil = add_user(each_app, "gil@example.com", "Gil", "agent")

    class Corrected(SlowClassifier):
        def classify(self, **asked: object) -> Verdict:
            verdict = super().classify(**asked)
            change_ticket(ticket_id, {"category": "technical", "priority": "high"}, by=gil)
            return verdict

    classification.classify(run_id, Corrected(run_id), deadline_seconds=1)
    assert chosen(each_app, ticket_id) == ("technical", "person", "high", "person")


def test_a_repeated_task_finds_nothing_to_do(each_app: APIFlask, ticket_id: int) -> None:
    run_id = runs.outstanding(ticket_id) or 0
    first, again = AnsweringClassifier("billing", "high"), AnsweringClassifier("account", "low")
    classification.classify(run_id, first, deadline_seconds=1)
    assert classification.classify(run_id, again, deadline_seconds=1) is None
    assert (first.asked, again.asked) == (1, 0)
    assert chosen(each_app, ticket_id)[0] == "billing"
    changes = db.session.scalars(select(TicketEvent).where(TicketEvent.run_id == run_id)).all()
    assert len(changes) == 2
