"""A refused key, and what becomes of the tickets that waited for it to be mended."""

from datetime import timedelta

from apiflask import APIFlask
from sqlalchemy import select

from tests.app_fixtures import MakeApp
from tests.services.gemini import GeminiServer
from ticketapp.actions import classification
from ticketapp.actions.tickets import NewTicket, open_ticket
from ticketapp.clock import at, utc_now
from ticketapp.db import db
from ticketapp.models import ClassificationRun, RunState, Source, Ticket
from ticketapp.outside import outside
from ticketapp.queries import classification as runs


def do_what_is_due(app: APIFlask) -> None:
    with app.app_context():
        for run_id in runs.due(utc_now(), limit=10):
            classification.classify(run_id, outside().classifier, deadline_seconds=20)


def test_a_refused_key_is_asked_with_once_and_gives_no_ticket_up(make_app: MakeApp, gemini: GeminiServer) -> None:
    refused = make_app(gemini_api_key="wrong", gemini_base_url=gemini.url)
    with refused.app_context():
        for number in range(4):
            open_ticket(NewTicket(title=f"Ticket {number}", description="Hi", source=Source.API), by=None)

    do_what_is_due(refused)

    assert len(gemini.requests) == 1
    with refused.app_context():
        states = db.session.scalars(select(ClassificationRun.state).order_by(ClassificationRun.id)).all()
        assert states == [RunState.FAILED, *4 * [RunState.QUEUED]]


def test_with_the_key_mended_all_that_waited_is_classified(make_app: MakeApp, gemini: GeminiServer) -> None:
    refused = make_app(gemini_api_key="wrong", gemini_base_url=gemini.url)
    with refused.app_context():
        for number in range(4):
            open_ticket(NewTicket(title=f"Ticket {number}", description="Hi", source=Source.API), by=None)
    do_what_is_due(refused)
    mended = make_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url)

    with at(utc_now() + timedelta(seconds=5)):
        do_what_is_due(mended)
    with mended.app_context():
        by = db.session.scalars(select(Ticket.category_by).order_by(Ticket.id)).all()
        assert sorted(by) == ["default", "machine", "machine", "machine"]

    with at(utc_now() + timedelta(seconds=40)):
        do_what_is_due(mended)
    with mended.app_context():
        assert set(db.session.scalars(select(Ticket.category_by)).all()) == {"machine"}
