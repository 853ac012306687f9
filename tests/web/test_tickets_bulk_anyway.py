"""Tickets that waited for the machine when a bulk job came: they stay as it sets them, and the job says so."""

import pytest
from apiflask import APIFlask

from tests.actions.bulk_work import TEXT, classified, queued, read, undone
from tests.app_fixtures import MakeApp, add_user, signed_in
from tests.web.browsing import words_of
from tests.web.opened import AnsweringClassifier, opened, proposal, ticket_of
from ticketapp.actions import bulk
from ticketapp.models import User
from ticketapp.queries.ticket_filter import TicketFilter

JOB = "/tickets/reclassification/1"


@pytest.fixture
def ai_app(make_app: MakeApp) -> APIFlask:
    return make_app(gemini_api_key="key", gemini_model=AnsweringClassifier.model)


@pytest.fixture
def ada(ai_app: APIFlask) -> User:
    return add_user(ai_app, "ada@example.com", "Ada Admin", "admin")


@pytest.mark.parametrize(
    ("waiting", "said"),
    [
        (0, ""),
        (1, "1 ticket had been waiting for the machine anyway: what it said of that stays."),
        (2, "2 tickets had been waiting for the machine anyway: what it said of those stays."),
    ],
)
def test_what_waited_anyway_stays_when_the_job_is_undone_and_is_told(
    ai_app: APIFlask, ada: User, waiting: int, said: str
) -> None:
    opened(ai_app, title="One", description=TEXT, proposal=proposal("technical", "low"))
    for _ in range(waiting):
        opened(ai_app, title="Waiting", description=TEXT)
    with ai_app.app_context():
        job_id = bulk.draft_bulk(TicketFilter(), by=ada).id
        read(job_id, AnsweringClassifier())
        bulk.start(job_id)
        queued(job_id)
        classified(AnsweringClassifier())
    client = signed_in(ai_app, ada)
    asked = words_of(client.get(f"{JOB}/undoing"))
    assert f"{1 + waiting} of {1 + waiting} tickets were classified." in asked
    assert said in asked
    with ai_app.app_context():
        undone(job_id, ada)
    page = words_of(client.get(JOB))
    assert "Undone: 1 ticket got back what it had before. What people chose since has stayed." in page
    assert said in page
    assert ("waiting for the machine anyway" in page + asked) == bool(said)
    assert [ticket_of(ai_app, number).category for number in range(1, 2 + waiting)] == ["technical"] + waiting * [
        "billing"
    ]
