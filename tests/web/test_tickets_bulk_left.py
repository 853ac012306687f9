"""Tickets that leave the list of a bulk job between its trial and its work: they are left alone, and that is said."""

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from tests.actions.bulk_work import TEXT, queued, read
from tests.app_fixtures import MakeApp, add_user, signed_in
from tests.web.opened import AnsweringClassifier, opened, proposal
from ticketapp.actions import bulk
from ticketapp.actions.tickets import change_ticket
from ticketapp.models import Status, User
from ticketapp.queries.ticket_filter import TicketFilter

JOB = "/tickets/reclassification/1"


@pytest.fixture
def ai_app(make_app: MakeApp) -> APIFlask:
    return make_app(gemini_api_key="key")


@pytest.fixture
def ada(ai_app: APIFlask) -> User:
    return add_user(ai_app, "ada@example.com", "Ada Admin", "admin")


@pytest.fixture
def tried(ai_app: APIFlask, ada: User) -> FlaskClient:
    """Signed in, where the open tickets, 1 to 3, were tried: each would change."""
    for title in ("One", "Two", "Three"):
        opened(ai_app, title=title, description=TEXT, proposal=proposal("technical", "low"))
    with ai_app.app_context():
        read(bulk.draft_bulk(TicketFilter(status=Status.OPEN), by=ada).id, AnsweringClassifier())
    return signed_in(ai_app, ada)


def closed(app: APIFlask, by: User, *ticket_ids: int) -> None:
    with app.app_context():
        for ticket_id in ticket_ids:
            change_ticket(ticket_id, {"status": "closed"}, by=by)


def test_a_job_that_finds_no_ticket_says_why(ai_app: APIFlask, ada: User, tried: FlaskClient) -> None:
    closed(ai_app, ada, 1, 2, 3)
    tried.post(f"{JOB}/state", data={"state": "running"})
    with ai_app.app_context():
        queued(1)
    assert (
        "Done: no ticket of the list was left that the machine may decide, so nothing was asked."
        in tried.get(JOB).text
    )
