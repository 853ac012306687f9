"""Tickets for the tests of the pages, opened through the same action as the pages'."""

from datetime import datetime

from apiflask import APIFlask
from sqlalchemy import update

from ticketapp.actions.tickets import NewTicket, open_ticket
from ticketapp.ai import Failure, FailureKind, Suggestion, Verdict
from ticketapp.db import db, transaction
from ticketapp.models import Source, Ticket, User

TEXT = "The printer in the hall prints blank sheets."


def opened(app: APIFlask, *, by: User | None = None, created_at: datetime | None = None, **facts: object) -> int:
    """Open a ticket from the portal; the number of it. ``facts`` are fields of ``NewTicket``."""
    new = NewTicket(**{"title": "Blank sheets", "description": TEXT, "source": Source.WEB, **facts})  # type: ignore[arg-type]
    with app.app_context():
        ticket_id = open_ticket(new, by=by).id
        if created_at is not None:
            with transaction() as session:
                session.execute(update(Ticket).where(Ticket.id == ticket_id).values(created_at=created_at))
        return ticket_id


def ticket_of(app: APIFlask, ticket_id: int) -> Ticket:
    """The ticket as the database has it now."""
    with app.app_context():
        return db.session.get_one(Ticket, ticket_id)


def proposal(category: str = "billing", priority: str = "high") -> Verdict:
    """A verdict of the machine that succeeded."""
    suggestion = Suggestion(category, priority, "An invoice was charged twice.", 0.8)
    return Verdict(suggestion, None, "gemini-test", "v1", 812, 900, 45)


class FailingClassifier:
    """A classifier that fails in one way."""

    model = "gemini-test"
    prompt_version = "v1"
    is_configured = True

    def __init__(self, kind: FailureKind) -> None:
        self.kind = kind

    def classify(self, **_: object) -> Verdict:
        """A verdict that failed."""
        return Verdict(None, Failure.of(self.kind, "what was seen"), self.model, self.prompt_version, 10_004)

    def is_known(self, **_: object) -> bool:
        """Nothing is."""
        return False


class AnsweringClassifier:
    """A classifier that always answers the same, and counts how often it was asked."""

    model = "gemini-test"
    prompt_version = "v1"
    is_configured = True

    def __init__(self, category: str = "billing", priority: str = "high") -> None:
        self.answer = proposal(category, priority)
        self.asked = 0

    def classify(self, **_: object) -> Verdict:
        """The verdict."""
        self.asked += 1
        return self.answer

    def is_known(self, **_: object) -> bool:
        """Nothing is."""
        return False

    def warm_up(self) -> None:
        """Nothing has to be done before."""
