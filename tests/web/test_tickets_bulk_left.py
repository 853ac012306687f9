"""Tickets that leave the list of a bulk job between its trial and its work: they are left alone, and that is said."""

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import update

from tests.actions.bulk_work import TEXT, queued, read
from tests.app_fixtures import MakeApp, add_user, signed_in
from tests.web.opened import AnsweringClassifier, FailingClassifier, opened, proposal
from ticketapp.actions import bulk
from ticketapp.actions.tickets import change_ticket
from ticketapp.ai import FailureKind
from ticketapp.db import transaction
from ticketapp.models import BulkJob, Status, User
from ticketapp.queries.ticket_filter import TicketFilter

JOB = "/tickets/reclassification/1"


@pytest.fixture
def ai_app(make_app: MakeApp) -> APIFlask:
    return make_app(gemini_api_key="key", gemini_model=AnsweringClassifier.model)


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


def test_a_trial_counts_no_ticket_that_left_the_list(ai_app: APIFlask, ada: User, tried: FlaskClient) -> None:
    closed(ai_app, ada, 1)
    page = tried.get(JOB).text
    assert (
        "Of 3 sampled, 2 would change and 0 would stay as they are. 1 left the list since, and stays as it is."
        in page
    )
    assert page.count("<strong>Left the list</strong> since, and stays as it is.") == 1
    assert page.count("<strong>Category and priority</strong> change.") == 2
    closed(ai_app, ada, 2, 3)
    assert (
        "0 would change and 0 would stay as they are. 3 left the list since, and stay as they are."
        in tried.get(JOB).text
    )
    with ai_app.app_context():
        change_ticket(1, {"status": "open"}, by=ada)
    assert "Of 3 sampled, 1 would change" in tried.get(JOB).text


def test_the_button_counts_what_is_left_of_a_list_that_was_sampled_whole(
    ai_app: APIFlask, ada: User, tried: FlaskClient
) -> None:
    assert ">Reclassify 3 tickets<" in tried.get(JOB).text
    closed(ai_app, ada, 1)
    assert ">Reclassify 2 tickets<" in tried.get(JOB).text
    with ai_app.app_context():
        change_ticket(2, {"category": "account", "priority": "low"}, by=ada)
    assert ">Reclassify 1 ticket<" in tried.get(JOB).text
    closed(ai_app, ada, 3)
    page = tried.get(JOB).text
    assert "None of these tickets is left for the machine to decide" in page
    assert 'value="running"' not in page


def test_the_button_states_no_number_of_a_larger_list_that_tickets_left(
    ai_app: APIFlask, ada: User, tried: FlaskClient
) -> None:
    with ai_app.app_context(), transaction() as session:
        session.execute(update(BulkJob).values(total=1_234))
    assert ">Reclassify 1,234 tickets<" in tried.get(JOB).text
    closed(ai_app, ada, 1)
    assert ">Reclassify what is left of the list<" in tried.get(JOB).text
    closed(ai_app, ada, 2, 3)
    assert ">Reclassify what is left of the list<" in tried.get(JOB).text


def test_a_trial_of_a_list_that_cannot_be_read_any_more_is_shown(ai_app: APIFlask, tried: FlaskClient) -> None:
    with ai_app.app_context(), transaction() as session:
        session.execute(update(BulkJob).values(filter_query="category=renamed"))
    assert "Of 3 sampled, 3 would change" in tried.get(JOB).text


def test_a_ticket_that_left_the_list_before_it_was_read_is_no_failure(
    ai_app: APIFlask, ada: User, tried: FlaskClient
) -> None:
    with ai_app.app_context():
        job = bulk.draft_bulk(TicketFilter(), by=ada)
        read(job.id, FailingClassifier(FailureKind.BLOCKED))
        with transaction() as session:
            session.execute(update(BulkJob).values(filter_query="status=open"))
    closed(ai_app, ada, 1)
    page = tried.get(JOB.replace("1", "2")).text
    assert "0 would change and 0 would stay as they are. 2 could not be read. 1 left the list since" in page
