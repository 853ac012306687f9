"""Opening a ticket: what is typed is never lost, what a hand chose counts, and a proposal is only a proposal."""

import re

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.app_fixtures import MakeApp, add_user, signed_in
from tests.services.gemini import GeminiServer
from tests.web.opened import ticket_of
from ticketapp.db import db
from ticketapp.models import (
    AskedFor,
    ChosenBy,
    ClassificationRun,
    RunState,
    Source,
    Ticket,
    User,
)
from ticketapp.queries import conversation
from ticketapp.web import proposals

WORDS = {"title": "Charged twice", "description": "I was charged twice and cannot pay."}
WRITTEN = {**WORDS, "category": "", "priority": ""}


@pytest.fixture
def ai_app(make_sqlite_app: MakeApp, gemini: GeminiServer) -> APIFlask:
    """An application whose classifier asks the test's Gemini."""
    return make_sqlite_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url)


@pytest.fixture
def writer(ai_app: APIFlask) -> User:
    return add_user(ai_app, "agent@example.com", "Gil Agent", "agent")


@pytest.fixture
def client(ai_app: APIFlask, writer: User) -> FlaskClient:
    return signed_in(ai_app, writer)


def hidden(response: TestResponse, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', response.text)
    assert found, f"no hidden field {name}"
    return found[1]


def chosen_option(response: TestResponse, name: str) -> str:
    """The value of the selected option of a select."""
    select = re.search(rf'<select[^>]* name="{name}".*?</select>', response.text, re.DOTALL)
    assert select
    found = re.search(r'<option selected value="([^"]*)"', select[0])
    return found[1] if found else ""


def runs_of(app: APIFlask, ticket_id: int) -> list[ClassificationRun]:
    with app.app_context():
        return conversation.runs(ticket_id)


def how_many(app: APIFlask, model: type) -> int:
    with app.app_context():
        return db.session.query(model).count()


def test_a_ticket_without_choices_is_unclassified_and_asked_about(
    app: APIFlask, agent_client: FlaskClient, agent: User
) -> None:
    response = agent_client.post("/tickets", data=WRITTEN)
    assert (response.status_code, response.location) == (303, "/tickets/1")
    ticket = ticket_of(app, 1)
    assert (ticket.title, ticket.source, ticket.opened_by_id) == ("Charged twice", Source.WEB, agent.id)
    assert (ticket.category_by, ticket.priority_by) == (ChosenBy.DEFAULT, ChosenBy.DEFAULT)
    assert [(run.state, run.asked_for) for run in runs_of(app, 1)] == [(RunState.QUEUED, AskedFor.OPENED)]


def test_the_worker_is_nudged_about_the_run(make_sqlite_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    nudges: list[tuple[object, ...]] = []
    monkeypatch.setattr("ticketapp.composition.no_hint", lambda *hint: nudges.append(hint))
    app = make_sqlite_app()
    client = signed_in(app, add_user(app, "agent@example.com", "Gil Agent", "agent"))
    client.post("/tickets", data=WRITTEN)
    assert nudges == [("classify", runs_of(app, 1)[0].id)]


def test_choices_made_by_hand_are_a_persons(app: APIFlask, agent_client: FlaskClient) -> None:
    agent_client.post("/tickets", data=WRITTEN | {"category": "account", "priority": "low"})
    ticket = ticket_of(app, 1)
    assert (ticket.category, ticket.category_by) == ("account", ChosenBy.PERSON)
    assert (ticket.priority, ticket.priority_by) == ("low", ChosenBy.PERSON)
    assert runs_of(app, 1) == []


def test_a_general_ticket_can_be_chosen_by_hand(app: APIFlask, agent_client: FlaskClient) -> None:
    agent_client.post("/tickets", data=WRITTEN | {"category": "general"})
    assert ticket_of(app, 1).category_by == ChosenBy.PERSON


def test_requester_is_optional_and_kept(app: APIFlask, agent_client: FlaskClient) -> None:
    agent_client.post("/tickets", data=WRITTEN | {"requester_email": " Zoe@Example.ORG ", "requester_name": "Zoë"})
    page = agent_client.get("/tickets/1").text
    assert "zoe@example.org" in page
    assert "Zoë" in page


@pytest.mark.parametrize(
    ("bad", "sentence", "field"),
    [
        ({"title": "  "}, "Give the ticket a title.", "title"),
        ({"title": "x" * 201}, "At most 200 characters.", "title"),
        ({"description": ""}, "Say what it is about.", "description"),
        ({"description": "nul \0 here"}, "Description must not contain NUL", "description"),
        ({"requester_email": "not an address"}, "must be one mail address, like jo@example.com.", "requester_email"),
        ({"category": "cars"}, "Choose one of these: Not chosen (general), billing,", "category"),
    ],
)
def test_a_refused_form_keeps_what_was_typed_and_names_the_field(
    app: APIFlask, agent_client: FlaskClient, bad: dict[str, str], sentence: str, field: str
) -> None:
    typed = WRITTEN | {"priority": "high", "requester_name": "Zoë Kept"} | bad
    response = agent_client.post("/tickets", data=typed)
    assert response.status_code == 422
    assert sentence in response.text
    assert f'href="#{field}"' in response.text
    assert "Zoë Kept" in response.text
    assert chosen_option(response, "priority") == "high"
    assert how_many(app, Ticket) == 0


def test_a_proposal_is_a_fragment_and_writes_nothing(
    ai_app: APIFlask, client: FlaskClient, gemini: GeminiServer
) -> None:
    response = client.post("/tickets/suggestion", data=WRITTEN)
    assert response.status_code == 200
    assert 'data-category="billing" data-priority="high"' in response.text
    assert "Reads like billing" in response.text
    assert "<html" not in response.text
    assert len(gemini.requests) == 1
    assert (how_many(ai_app, Ticket), how_many(ai_app, ClassificationRun)) == (0, 0)


def test_no_connection_is_held_while_the_machine_thinks(make_postgres_app: MakeApp, gemini: GeminiServer) -> None:
    app = make_postgres_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url)
    client = signed_in(app, add_user(app, "agent@example.com", "Gil Agent", "agent"))
    held: list[int] = []
    with app.app_context():
        pool = db.engine.pool
    outside = app.extensions["ticketapp"]
    ask = type(outside.classifier).classify

    def watched(self: object, **text: object) -> object:
        held.append(pool.checkedout())  # type: ignore[attr-defined]
        return ask(self, **text)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(outside.classifier), "classify", watched)
        assert "billing" in client.post("/tickets/suggestion", data=WRITTEN).text
    assert held == [0]


@pytest.mark.parametrize("other", [{"description": "Total outage."}, {"title": "Data breach"}], ids=str)
def test_a_proposal_for_other_words_is_worth_nothing(
    ai_app: APIFlask, client: FlaskClient, other: dict[str, str]
) -> None:
    seal = hidden(client.post("/tickets/suggestion", data=WRITTEN), "proposal")
    offered = {"category": "billing", "category_proposed": "billing"}
    client.post("/tickets", data=WRITTEN | offered | other | {"proposal": seal})
    assert ticket_of(ai_app, 1).category_by == ChosenBy.DEFAULT
    assert [run.state for run in runs_of(ai_app, 1)] == [RunState.QUEUED]


@pytest.mark.parametrize("seal", ["forged", "", "eyJ3cml0ZXIiOjF9.x.y"])
def test_a_forged_proposal_is_worth_nothing(ai_app: APIFlask, client: FlaskClient, seal: str) -> None:
    offered = {"category": "billing", "category_proposed": "billing", "proposal": seal}
    client.post("/tickets", data=WRITTEN | offered)
    ticket = ticket_of(ai_app, 1)
    assert (ticket.category, ticket.category_by) == ("general", ChosenBy.DEFAULT)
    assert [run.state for run in runs_of(ai_app, 1)] == [RunState.QUEUED]


def test_a_proposal_made_for_a_colleague_is_worth_nothing(ai_app: APIFlask, client: FlaskClient) -> None:
    seal = hidden(client.post("/tickets/suggestion", data=WRITTEN), "proposal")
    colleague = signed_in(ai_app, add_user(ai_app, "bo@example.com", "Bo", "agent"))
    colleague.post(
        "/tickets", data=WRITTEN | {"category": "billing", "category_proposed": "billing", "proposal": seal}
    )
    assert ticket_of(ai_app, 1).category_by == ChosenBy.DEFAULT


def test_a_proposal_is_good_for_a_day(ai_app: APIFlask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    seal = hidden(client.post("/tickets/suggestion", data=WRITTEN), "proposal")
    monkeypatch.setattr(proposals, "GOOD_FOR_SECONDS", -1)
    client.post("/tickets", data=WRITTEN | {"category": "billing", "category_proposed": "billing", "proposal": seal})
    assert ticket_of(ai_app, 1).category_by == ChosenBy.DEFAULT


@pytest.mark.parametrize(
    ("behaviour", "sentence"),
    [
        ("hang", "Gemini did not answer in time."),
        ("503", "Gemini is having trouble at the moment."),
        ("blocked", "Gemini declined to answer because of what the text contains."),
    ],
)
def test_a_failing_machine_says_why_and_keeps_the_earlier_proposal(
    client: FlaskClient, gemini: GeminiServer, behaviour: str, sentence: str
) -> None:
    earlier = hidden(client.post("/tickets/suggestion", data=WRITTEN), "proposal")
    gemini.next(behaviour)
    spaced = WRITTEN["description"].replace(" ", "  ")  # the same words, which the model could tell apart
    response = client.post("/tickets/suggestion", data=WRITTEN | {"description": spaced, "proposal": earlier})
    assert response.status_code == 200
    assert sentence in response.text
    assert "data-category" not in response.text
    assert hidden(response, "proposal") == earlier


def test_no_key_and_no_description_are_said_in_a_sentence(agent_client: FlaskClient) -> None:
    assert "No Gemini API key is set" in agent_client.post("/tickets/suggestion", data=WRITTEN).text
    assert "Write a description first" in agent_client.post("/tickets/suggestion", data={"description": " "}).text


def test_asking_too_often_is_limited_and_opening_is_not(client: FlaskClient, gemini: GeminiServer) -> None:
    written = [WRITTEN | {"title": f"Charged {number} times"} for number in range(31)]
    answers = [client.post("/tickets/suggestion", data=each).text for each in written]
    assert ["asked for too often" in answer for answer in answers] == [False] * 30 + [True]
    assert len(gemini.requests) == 30
    assert "asked for too often" in client.post("/tickets", data=WRITTEN | {"propose": "1"}).text
    assert client.post("/tickets", data=WRITTEN).status_code == 303


def test_without_script_the_button_brings_the_form_back_with_the_proposal(
    ai_app: APIFlask, client: FlaskClient
) -> None:
    response = client.post("/tickets", data=WRITTEN | {"propose": "1", "requester_name": "Zoë Kept"})
    assert response.status_code == 200
    assert (chosen_option(response, "category"), chosen_option(response, "priority")) == ("billing", "high")
    assert "Proposed by the machine" in response.text
    assert "Zoë Kept" in response.text
    assert WRITTEN["description"] in response.text
    assert how_many(ai_app, Ticket) == 0
    sent_back = WRITTEN | {
        "category": "billing",
        "category_proposed": hidden(response, "category_proposed"),
        "priority": "low",
        "priority_proposed": hidden(response, "priority_proposed"),
        "proposal": hidden(response, "proposal"),
    }
    client.post("/tickets", data=sent_back)
    ticket = ticket_of(ai_app, 1)
    assert (ticket.category, ticket.category_by) == ("billing", ChosenBy.MACHINE)
    assert (ticket.priority, ticket.priority_by) == ("low", ChosenBy.PERSON)


def test_without_script_a_choice_made_before_asking_is_kept(client: FlaskClient) -> None:
    response = client.post("/tickets", data=WRITTEN | {"propose": "1", "category": "account"})
    assert (chosen_option(response, "category"), chosen_option(response, "priority")) == ("account", "high")
    assert hidden(response, "category_chosen") == "1"


def test_a_refused_form_keeps_the_proposal(ai_app: APIFlask, client: FlaskClient) -> None:
    untitled = WRITTEN | {"title": ""}
    seal = hidden(client.post("/tickets/suggestion", data=untitled), "proposal")
    offered = {"category": "billing", "category_proposed": "billing", "proposal": seal}
    response = client.post("/tickets", data=untitled | offered)
    assert response.status_code == 422
    assert "Reads like billing" in response.text
    assert hidden(response, "proposal")
    assert hidden(response, "category_proposed") == "billing"


def test_a_ticket_opens_on_postgresql_with_its_proposal(make_postgres_app: MakeApp, gemini: GeminiServer) -> None:
    app = make_postgres_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url)
    client = signed_in(app, add_user(app, "agent@example.com", "Gil Agent", "agent"))
    seal = hidden(client.post("/tickets/suggestion", data=WRITTEN), "proposal")
    client.post("/tickets", data=WRITTEN | {"proposal": seal, "requester_email": "zoe@example.org"})
    assert ticket_of(app, 1).category == "billing"
    assert client.get("/tickets/1").status_code == 200
