"""Tickets opened and classified for the tests of classification, through the real SDK."""

import pytest
from sqlalchemy import select

from tests.services.gemini import GeminiServer
from ticketapp.actions import classification
from ticketapp.actions.tickets import NewTicket, open_ticket
from ticketapp.ai import Classifier, GeminiClassifier
from ticketapp.db import db
from ticketapp.models import ClassificationRun, Source, Ticket

DEADLINE = 20.0
MODEL = "gemini-test"


@pytest.fixture
def classifier(gemini: GeminiServer) -> GeminiClassifier:
    return GeminiClassifier(gemini.good_key, MODEL, gemini.url)


def opened(text: str, *, title: str = "A question", **choices: str) -> Ticket:
    """A ticket from the portal; ``choices`` are a person's."""
    return open_ticket(
        NewTicket(title=title, description=text, source=Source.WEB, **choices),  # type: ignore[arg-type]
        by=None,
    )


def decided(text: str, *, title: str = "A question", category: str = "billing", priority: str = "high") -> Ticket:
    """A ticket whose category and priority a person chose."""
    return opened(text, title=title, category=category, priority=priority)


def classified(ticket: Ticket, classifier: Classifier) -> ClassificationRun:
    """The newest run of a ticket, done now."""
    classification.classify(newest_run(ticket).id, classifier, deadline_seconds=DEADLINE)
    return newest_run(ticket)


def newest_run(ticket: Ticket) -> ClassificationRun:
    """The newest run of a ticket as the database has it."""
    newest = select(ClassificationRun).where(ClassificationRun.ticket_id == ticket.id)
    return db.session.scalars(
        newest.order_by(ClassificationRun.id.desc()).execution_options(populate_existing=True)
    ).first() or pytest.fail("there is no run")
