"""Changes from a ticket's page: plain forms that set one thing, keep who did it, and say what happened."""

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from tests.app_fixtures import MakeApp, add_user, signed_in
from tests.services.gemini import GeminiServer
from tests.web.opened import opened, proposal, ticket_of
from ticketapp.actions import users
from ticketapp.db import db
from ticketapp.models import AskedFor, ChosenBy, ClassificationRun, RunState, User
from ticketapp.queries import conversation


def runs_of(app: APIFlask, ticket_id: int) -> list[ClassificationRun]:
    with app.app_context():
        return conversation.runs(ticket_id)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("status", "in_progress", "The status of ticket 1 is now in progress."),
        ("category", "billing", "The category of ticket 1 is now billing."),
        ("priority", "critical", "The priority of ticket 1 is now critical."),
    ],
)
def test_a_word_is_set_and_the_page_says_so(
    app: APIFlask, agent_client: FlaskClient, field: str, value: str, sentence: str
) -> None:
    opened(app)
    response = agent_client.post(f"/tickets/1/{field}", data={field: value})
    assert (response.status_code, response.location) == (303, "/tickets/1")
    assert sentence in agent_client.get("/tickets/1").text
    assert getattr(ticket_of(app, 1), field) == value


def test_setting_what_the_machine_proposed_makes_it_a_persons(app: APIFlask, agent_client: FlaskClient) -> None:
    opened(app, proposal=proposal("billing", "high"))
    agent_client.post("/tickets/1/category", data={"category": "billing"})
    ticket = ticket_of(app, 1)
    assert (ticket.category_by, ticket.priority_by) == (ChosenBy.PERSON, ChosenBy.MACHINE)


@pytest.mark.parametrize("field", ["status", "category", "priority"])
@pytest.mark.parametrize("value", ["", "nonsense"])
def test_a_word_that_does_not_exist_is_refused(
    app: APIFlask, agent_client: FlaskClient, field: str, value: str
) -> None:
    opened(app)
    response = agent_client.post(f"/tickets/1/{field}", data={field: value})
    assert response.status_code == 422
    assert f"{field.capitalize()} must be one of" in response.text


def test_a_ticket_is_given_to_a_colleague_and_taken_away(
    app: APIFlask, agent_client: FlaskClient, agent: User
) -> None:
    opened(app)
    agent_client.post("/tickets/1/assignment", data={"assignee_id": str(agent.id)})
    assert ticket_of(app, 1).assignee_id == agent.id
    assert "Ticket 1 is now assigned to Gil Agent." in agent_client.get("/tickets/1").text
    agent_client.post("/tickets/1/assignment", data={"assignee_id": ""})
    assert ticket_of(app, 1).assignee_id is None
    assert "Ticket 1 is now assigned to nobody." in agent_client.get("/tickets/1").text


@pytest.mark.parametrize("wanted", ["me", "4711", "-1", "9" * 30])
def test_a_ticket_is_given_only_to_staff(app: APIFlask, agent_client: FlaskClient, wanted: str) -> None:
    opened(app)
    response = agent_client.post("/tickets/1/assignment", data={"assignee_id": wanted})
    assert response.status_code == 422
    assert "Assignee must be an active member of staff." in response.text


def test_an_assignee_who_left_is_still_named_but_not_offered_elsewhere(
    app: APIFlask, agent_client: FlaskClient, agent: User, admin: User
) -> None:
    gone = add_user(app, "bo@example.com", "Bo Gone", "agent")
    opened(app)
    opened(app)
    agent_client.post("/tickets/1/assignment", data={"assignee_id": str(gone.id)})
    with app.app_context():
        users.deactivate(gone.id, by=admin)
    assert "Bo Gone (not active)" in agent_client.get("/tickets/1").text
    assert "Bo Gone" not in agent_client.get("/tickets/2").text


def test_reclassify_asks_again_at_once_and_nudges_the_worker(
    make_sqlite_app: MakeApp, gemini: GeminiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    nudges: list[tuple[object, ...]] = []
    monkeypatch.setattr("ticketapp.composition.no_hint", lambda *hint: nudges.append(hint))
    app = make_sqlite_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url)
    admin = add_user(app, "ada@example.com", "Ada Admin", "admin")
    opened(app, proposal=proposal())
    signed_in(app, admin).post("/tickets/1/classification")
    newest = runs_of(app, 1)[0]
    assert (newest.state, newest.asked_for, newest.asked_by_id) == (RunState.QUEUED, AskedFor.RECLASSIFY, admin.id)
    assert nudges == [("classify", newest.id)]


def test_reclassify_without_a_key_says_that_it_has_to_wait(app: APIFlask, admin_client: FlaskClient) -> None:
    opened(app)
    admin_client.post("/tickets/1/classification")
    assert "as soon as a Gemini API key is set" in admin_client.get("/tickets/1").text


def test_reclassify_is_for_admins(app: APIFlask, agent_client: FlaskClient) -> None:
    opened(app, proposal=proposal())
    assert agent_client.post("/tickets/1/classification").status_code == 403
    assert len(runs_of(app, 1)) == 1
    assert "Reclassify</button>" not in agent_client.get("/tickets/1").text


@pytest.mark.parametrize("path", ["status", "category", "priority", "assignment", "replies", "notes"])
def test_a_change_to_a_ticket_that_is_not_there_is_404(agent_client: FlaskClient, path: str) -> None:
    typed = {"status": "open", "category": "billing", "priority": "low", "assignee_id": "", "text": "Hello"}
    assert agent_client.post(f"/tickets/7/{path}", data=typed).status_code == 404


@pytest.mark.parametrize("path", ["", "/suggestion", "/1/status", "/1/replies", "/1/notes", "/1/assignment"])
def test_nothing_is_changed_without_the_forms_token(app: APIFlask, agent: User, path: str) -> None:
    opened(app)
    client = signed_in(app, agent)
    app.config["WTF_CSRF_ENABLED"] = True
    typed = {"status": "closed", "text": "Hello", "title": "x", "description": "y", "assignee_id": str(agent.id)}
    assert client.post(f"/tickets{path}", data=typed).status_code == 400
    ticket = ticket_of(app, 1)
    assert (ticket.status, ticket.assignee_id) == ("open", None)
    with app.app_context():
        assert conversation.thread([1]).messages == ()
        assert db.session.query(type(ticket)).count() == 1
