"""Confirming and answering proposals from the ticket and from the list, without script."""

from datetime import timedelta

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.web.opened import AnsweringClassifier, FailingClassifier, opened, proposal, ticket_of
from ticketapp.actions import classification
from ticketapp.actions.tickets import change_ticket
from ticketapp.ai import FailureKind, Verdict
from ticketapp.clock import at, utc_now
from ticketapp.db import db
from ticketapp.models import User
from ticketapp.queries import classification as runs


def chosen(app: APIFlask, ticket_id: int = 1) -> tuple[str, str, str, str]:
    ticket = ticket_of(app, ticket_id)
    return ticket.category, ticket.category_by, ticket.priority, ticket.priority_by


@pytest.fixture
def contested(app: APIFlask, agent_client: FlaskClient) -> FlaskClient:
    """Ticket 1 is account and low by hand; run 1 would set billing and high."""
    opened(app, title="Invoice", description="It was charged twice.", category="account", priority="low")
    with app.app_context():
        by = db.session.scalars(select(User)).first()
        assert by is not None
        run = classification.reclassify(1, by=by)
        classification.classify(run.id, AnsweringClassifier(), deadline_seconds=1)
    return agent_client


def test_one_click_confirms_both(app: APIFlask, agent_client: FlaskClient) -> None:
    opened(app, proposal=proposal())
    page = agent_client.get("/tickets/1").text
    assert "Confirm billing, high" in page
    assert page.count('href="#run-1"') >= 2
    response = agent_client.post("/tickets/1/confirmation", follow_redirects=True)
    assert "You confirmed the category and the priority of ticket 1." in response.text
    assert "Confirm billing" not in response.text
    assert "confirmed the category billing (<a" in response.text
    assert chosen(app) == ("billing", "person", "high", "person")


def test_one_value_can_be_confirmed_alone(app: APIFlask, agent_client: FlaskClient) -> None:
    opened(app, proposal=proposal())
    agent_client.post("/tickets/1/confirmation", data={"field": "priority"})
    assert chosen(app) == ("billing", "machine", "high", "person")
    assert "Confirm billing<" in agent_client.get("/tickets/1").text


def test_a_second_press_says_that_nothing_is_left(app: APIFlask, agent_client: FlaskClient) -> None:
    opened(app, proposal=proposal())
    agent_client.post("/tickets/1/confirmation")
    response = agent_client.post("/tickets/1/confirmation", follow_redirects=True)
    assert "On ticket 1 nothing of the machine&#39;s is left to confirm." in response.text


def test_a_line_of_the_list_is_confirmed_and_leads_back_to_it(app: APIFlask, agent_client: FlaskClient) -> None:
    opened(app, proposal=proposal())
    opened(app, title="Another", category="account", priority="low")
    page = agent_client.get("/tickets?category=billing").text
    assert 'formaction="/tickets/1/confirmation"' in page
    assert 'formaction="/tickets/2/confirmation"' not in agent_client.get("/tickets").text
    assert 'aria-label="Confirm billing and high for ticket 1"' in page
    assert 'name="back" value="/tickets?category=billing"' in page
    response = agent_client.post("/tickets/1/confirmation", data={"back": "/tickets?category=billing"})
    assert response.location == "/tickets?category=billing#ticket-1-link"


def test_an_open_list_gets_the_line_alone_with_word_of_what_was_confirmed(
    app: APIFlask, agent_client: FlaskClient
) -> None:
    opened(app, proposal=proposal())
    opened(app, title="Invoice", description="It is wrong.", category="account", proposal=proposal())
    open_list = {"data": {"back": "/tickets?search=wrong"}, "headers": {"HX-Request": "true"}}
    both = agent_client.post("/tickets/1/confirmation", **open_list).text
    assert ">Confirmed</span>" in both
    assert "<table" not in both
    one = agent_client.post("/tickets/2/confirmation", **open_list).text
    assert ">Confirmed: priority</span>" in one
    assert "<mark>wrong</mark>" in one
    assert ">Decided already</span>" in agent_client.post("/tickets/2/confirmation", **open_list).text


def test_a_line_comes_also_where_the_way_back_can_not_be_read(app: APIFlask, agent_client: FlaskClient) -> None:
    opened(app, proposal=proposal())
    sent = {"data": {"back": "http://["}, "headers": {"HX-Request": "true"}}
    assert agent_client.post("/tickets/1/confirmation", **sent).status_code == 200


def test_a_way_back_leads_nowhere_else(app: APIFlask, agent_client: FlaskClient) -> None:
    opened(app, proposal=proposal())
    response = agent_client.post("/tickets/1/confirmation", data={"back": "https://evil.example/"})
    assert response.location == "/tickets/1#ticket-1-link"


@pytest.mark.parametrize(
    ("field", "answer", "outcome"),
    [
        ("category", "accept", ("billing", "person", "low", "person")),
        ("priority", "accept", ("account", "person", "high", "person")),
        ("category", "keep", ("account", "person", "low", "person")),
    ],
)
def test_a_proposal_is_answered_value_by_value(
    app: APIFlask, contested: FlaskClient, field: str, answer: str, outcome: tuple[str, ...]
) -> None:
    assert "Proposal of" in contested.get("/tickets/1").text
    response = contested.post(
        "/tickets/1/proposals/1", data={"field": field, "answer": answer}, follow_redirects=True
    )
    assert f"The {field} of ticket 1 is" in response.text
    assert f'aria-label="Accept the {field}' not in response.text
    assert response.text.count('aria-label="Accept the') == 1
    assert chosen(app) == outcome


@pytest.mark.parametrize(
    ("run_id", "data", "status"),
    [
        (1, {"field": "category"}, 422),
        (1, {"field": "status", "answer": "accept"}, 422),
        (7, {"field": "category", "answer": "accept"}, 404),
    ],
    ids=str,
)
def test_no_other_answer_is_taken(
    app: APIFlask, contested: FlaskClient, run_id: int, data: dict[str, str], status: int
) -> None:
    assert contested.post(f"/tickets/1/proposals/{run_id}", data=data).status_code == status
    assert chosen(app) == ("account", "person", "low", "person")


def test_the_list_says_where_the_machine_stands(app: APIFlask, agent_client: FlaskClient) -> None:
    opened(app)
    opened(app, title="Stuck")
    with app.app_context():
        stuck = runs.outstanding(2) or 0
        classification.classify(stuck, FailingClassifier(FailureKind.TIMED_OUT), deadline_seconds=1)
    page = agent_client.get("/tickets").text
    assert '<span class="standing" data-standing="queued" title="No Gemini API key is set' in page
    assert page.count(">waits: no key is set</span>") == 2
    narrowed = agent_client.get("/tickets?classification=failed").text
    assert "Stuck" in narrowed
    assert "Blank sheets" not in narrowed
    assert 'aria-label="Remove the filter classification: failed"' in narrowed


def test_a_state_that_is_none_is_complained_of(agent_client: FlaskClient) -> None:
    response = agent_client.get("/tickets?classification=lost")
    assert response.status_code == 400
    assert "classification must be one of not_asked, queued, running, done, failed, given_up." in response.text


def test_a_line_confirms_only_what_is_the_machines(app: APIFlask, agent_client: FlaskClient) -> None:
    opened(app, title="Invoice", description="It is wrong.", category="account", proposal=proposal())
    assert 'aria-label="Confirm high for ticket 1"' in agent_client.get("/tickets").text
    agent_client.post("/tickets/1/confirmation", data={"back": "/tickets"})
    assert chosen(app) == ("account", "person", "high", "person")


def test_a_page_from_before_a_change_confirms_nothing(app: APIFlask, agent_client: FlaskClient) -> None:
    opened(app, proposal=proposal())
    assert 'name="seen" value="billing high machine machine"' in agent_client.get("/tickets/1").text
    assert 'name="seen" value="billing high machine machine"' in agent_client.get("/tickets").text
    stale = agent_client.post("/tickets/1/confirmation", data={"seen": "account high"})
    assert stale.status_code == 409
    assert "its category is billing now" in stale.text
    assert chosen(app) == ("billing", "machine", "high", "machine")
    default = agent_client.post("/tickets/1/confirmation", data={"seen": "billing high machine default"})
    assert default.status_code == 409
    assert "its priority is the choice of the machine now" in default.text
    assert chosen(app) == ("billing", "machine", "high", "machine")
    agent_client.post("/tickets/1/confirmation", data={"seen": "billing high machine machine"})
    assert chosen(app) == ("billing", "person", "high", "person")


def gil() -> User:
    return db.session.scalars(select(User)).first() or pytest.fail("there is nobody")


def test_an_answered_proposal_stays_so_whatever_follows(app: APIFlask, contested: FlaskClient) -> None:
    for field in ("category", "priority"):
        contested.post("/tickets/1/proposals/1", data={"field": field, "answer": "keep"})
    with app.app_context():
        for number in range(201):
            change_ticket(1, {"status": ("in_progress", "open")[number % 2]}, by=gil())
    assert "Proposal of" not in contested.get("/tickets/1").text


def test_setting_the_same_value_answers_a_proposal_once(app: APIFlask, contested: FlaskClient) -> None:
    for _ in range(2):
        contested.post("/tickets/1/category", data={"category": "account"})
    page = contested.get("/tickets/1").text
    assert 'aria-label="Accept the category' not in page
    assert 'aria-label="Accept the priority' in page
    assert page.count("kept the category account, where the machine says billing (<a") == 1
    assert "confirmed the" not in page
    with app.app_context():
        rerun = classification.reclassify(1, by=gil())
        classification.classify(rerun.id, AnsweringClassifier(), deadline_seconds=1)
    assert 'aria-label="Accept the category' in contested.get("/tickets/1").text, "another verdict, another answer"


def test_a_machine_that_repeats_a_value_confirms_nothing(
    app: APIFlask, agent_client: FlaskClient, agent: User
) -> None:
    opened(app, by=agent, proposal=proposal("billing", "high"))
    with app.app_context():
        run = classification.reclassify(1, by=agent)
        classification.classify(run.id, AnsweringClassifier(), deadline_seconds=1)
    history = agent_client.get("/tickets/1").text.split('class="history"')[1].split("</ol>")[0]
    assert "left the category at billing (<a" in history
    assert "confirmed" not in history


OUTDATED = "The text was edited since."


@pytest.mark.parametrize("edited", [{"title": "Fire"}, {"description": "The server room is on fire."}])
def test_a_proposal_for_words_that_were_edited_since_says_so_and_can_be_accepted(
    app: APIFlask, contested: FlaskClient, edited: dict[str, str]
) -> None:
    assert OUTDATED not in contested.get("/tickets/1").text
    contested.post("/tickets/1/status", data={"status": "in_progress"})
    assert OUTDATED not in contested.get("/tickets/1").text, "its words are as they were"
    with app.app_context():
        change_ticket(1, edited, by=gil())
    assert OUTDATED in contested.get("/tickets/1").text
    contested.post("/tickets/1/proposals/1", data={"field": "category", "answer": "accept"})
    assert chosen(app)[:2] == ("billing", "person")
    assert OUTDATED in contested.get("/tickets/1").text, "the priority is still to be answered"


def test_a_proposal_for_the_edited_words_is_none_of_the_old_ones(app: APIFlask, contested: FlaskClient) -> None:
    with app.app_context():
        change_ticket(1, {"title": "Fire"}, by=gil())
        with at(utc_now() + timedelta(minutes=1)):
            run = classification.reclassify(1, by=gil())
            classification.classify(run.id, AnsweringClassifier(), deadline_seconds=1)
    page = contested.get("/tickets/1").text
    assert 'aria-label="Accept the category' in page
    assert OUTDATED not in page


def test_words_edited_while_the_model_read_them_are_edited_since(app: APIFlask, agent_client: FlaskClient) -> None:
    class Slow(AnsweringClassifier):
        def classify(self, **question: object) -> Verdict:
            change_ticket(1, {"title": "Fire"}, by=gil())
            return super().classify(**question)

    opened(app, title="Invoice", description="It was charged twice.", category="account", priority="low")
    with app.app_context():
        run = classification.reclassify(1, by=gil())
        classification.classify(run.id, Slow(), deadline_seconds=1)
    assert OUTDATED in agent_client.get("/tickets/1").text
