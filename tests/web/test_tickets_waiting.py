"""A ticket that waits says why, on its page and in the list: a refused key, an unknown model, a paused job."""

import html
import re

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from tests.actions.bulk_work import started
from tests.app_fixtures import MakeApp, add_user, signed_in
from tests.services.gemini import GeminiServer
from tests.web.opened import opened, proposal
from tests.web.statements import statements_of
from ticketapp.actions import bulk, classification
from ticketapp.actions.classification_settings import change_settings
from ticketapp.ai import FailureKind
from ticketapp.clock import utc_now
from ticketapp.models import User
from ticketapp.outside import outside
from ticketapp.queries import classification as runs
from ticketapp.queries.classification_settings import Settings
from ticketapp.web.waiting import hold_of, hold_on

THEN = "What waits is classified by itself then."
REFUSED = "Gemini refused the API key; an admin needs to check it."
UNKNOWN = "Gemini does not know the model that is set; an admin needs to check its name."


@pytest.fixture
def refused(make_sqlite_app: MakeApp, gemini: GeminiServer) -> APIFlask:
    """An application with a wrong key, with which one of its two tickets was put to the model."""
    app = make_sqlite_app(gemini_api_key="wrong", gemini_base_url=gemini.url)
    opened(app)
    opened(app, title="Another")
    asked_about_what_is_due(app)
    return app


def asked_about_what_is_due(app: APIFlask) -> None:
    with app.app_context():
        for run_id in runs.due(utc_now(), limit=10):
            classification.classify(run_id, outside().classifier, deadline_seconds=20)


def client_of(app: APIFlask, role: str) -> FlaskClient:
    return signed_in(app, user_of(app, role))


def user_of(app: APIFlask, name: str) -> User:
    return add_user(app, f"{name}@example.com", name.capitalize(), name.rstrip("2"))


def cause_on(client: FlaskClient, ticket_id: int) -> str:
    facts = client.get(f"/tickets/{ticket_id}").text.split('id="facts"')[1].split("</section>")[0]
    found = re.search(r"<dt>Machine</dt><dd>(.*?)</dd>", facts, re.DOTALL)
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", found[1])).strip() if found else ""
    return html.unescape(words.removeprefix("unclassified "))


def marks_on(client: FlaskClient) -> list[tuple[str, str]]:
    """The marks of the list: what it says, and in its title."""
    found = re.findall(r'class="standing" data-standing="\w+"(?: title="(.*?)")?>(.*?)<', client.get("/tickets").text)
    return [(mark, title) for title, mark in found]


@pytest.mark.parametrize("ticket_id", [1, 2])
def test_a_refused_key_is_told_on_every_ticket_that_waits(refused: APIFlask, ticket_id: int) -> None:
    admin, agent = client_of(refused, "admin"), client_of(refused, "agent")
    remedy = "Check GEMINI_API_KEY and start the system again."
    assert cause_on(admin, ticket_id) == f"{REFUSED} {remedy} {THEN}"
    assert cause_on(agent, ticket_id) == f"{REFUSED} {THEN}"


def test_a_refused_key_is_told_in_the_list(refused: APIFlask) -> None:
    assert marks_on(client_of(refused, "agent")) == 2 * [("waits: key refused", f"{REFUSED} {THEN}")]


def test_an_open_list_is_drawn_again_when_the_cause_changes(
    refused: APIFlask, make_sqlite_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, asked = client_of(refused, "agent"), {"HX-Request": "true"}
    monkeypatch.setattr("ticketapp.web.banners.ASKED_EVERY_SECONDS", 0.0)
    known = {**asked, "If-None-Match": client.get("/tickets", headers=asked).headers["ETag"]}
    assert client.get("/tickets", headers=known).status_code == 304
    with refused.app_context():
        change_settings(Settings(model="gemini-other"), by=user_of(refused, "admin"))
    assert client.get("/tickets", headers=known).status_code == 200


def test_a_ticket_whose_run_was_refused_says_when_it_is_asked_anew_once_the_key_is_another(
    refused: APIFlask, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = client_of(refused, "admin")
    with refused.app_context():
        assert outside().classifier.is_configured
        change_settings(Settings(model="gemini-other"), by=user_of(refused, "admin2"))
    assert cause_on(admin, 1).startswith(f"{REFUSED} ")
    assert cause_on(admin, 2) == "It waits for the machine to read it."


def test_an_unknown_model_is_told_with_where_to_choose_another(make_sqlite_app: MakeApp) -> None:
    with GeminiServer(models=frozenset({"gemini-known"})) as server:
        app = make_sqlite_app(gemini_api_key=server.good_key, gemini_base_url=server.url)
        opened(app)
        asked_about_what_is_due(app)
        assert cause_on(client_of(app, "admin"), 1) == f"{UNKNOWN} Choose another one at Classification. {THEN}"
        assert marks_on(client_of(app, "agent")) == [("waits: model unknown", f"{UNKNOWN} {THEN}")]


def test_a_missing_key_is_told_in_the_list(app: APIFlask, agent_client: FlaskClient) -> None:
    opened(app)
    ((mark, title),) = marks_on(agent_client)
    assert (mark, title.startswith("No Gemini API key is set")) == ("waits: no key is set", True)


def test_what_a_paused_job_holds_says_so(make_sqlite_app: MakeApp, gemini: GeminiServer) -> None:
    app = make_sqlite_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url)
    opened(app, proposal=proposal())
    ada = user_of(app, "admin")
    with app.app_context():
        job_id = started(ada)
        bulk.pause(job_id)
    agent, sentence = client_of(app, "agent"), f"It waits until bulk job {job_id}, which is paused, goes on."
    assert cause_on(agent, 1) == sentence
    assert marks_on(agent) == [("waits: bulk job paused", sentence)]
    with app.app_context():
        bulk.start(job_id)
    assert cause_on(agent, 1) == "It waits for the machine to read it."
    assert marks_on(agent) == [("waits for the machine", "")]


def test_an_open_list_is_drawn_again_when_a_job_is_paused(make_sqlite_app: MakeApp, gemini: GeminiServer) -> None:
    app = make_sqlite_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url)
    opened(app, proposal=proposal())
    agent, asked = client_of(app, "agent"), {"HX-Request": "true"}
    with app.app_context():
        job_id = started(user_of(app, "admin"))
    known = {**asked, "If-None-Match": agent.get("/tickets", headers=asked).headers["ETag"]}
    assert agent.get("/tickets", headers=known).status_code == 304
    with app.app_context():
        bulk.pause(job_id)
    assert "waits: bulk job paused" in agent.get("/tickets", headers=known).text


def test_a_list_of_held_tickets_costs_as_many_statements_as_one_of_others(
    make_sqlite_app: MakeApp, gemini: GeminiServer
) -> None:
    app = make_sqlite_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url)
    for number in range(20):
        opened(app, title=f"Ticket {number}", proposal=proposal())
    agent = client_of(app, "agent")
    agent.get("/tickets")
    with statements_of(app) as before:
        assert marks_on(agent) == []
    with app.app_context():
        bulk.pause(started(user_of(app, "admin")))
    with statements_of(app) as sent:
        assert [mark for mark, _ in marks_on(agent)] == 20 * ["waits: bulk job paused"]
    assert len(sent) == len(before)


@pytest.mark.parametrize(
    ("kind", "held_by_id", "mark"),
    [
        (FailureKind.NO_KEY, None, "waits: no key is set"),
        (FailureKind.NO_KEY, 3, "waits: no key is set"),
        (FailureKind.REFUSED_KEY, 3, "waits: key refused"),
        (FailureKind.BILLING, 3, "waits: billing"),
        (FailureKind.REFUSED_ACCOUNT, None, "waits: account refused"),
        (FailureKind.TIMED_OUT, None, "waits for the machine"),
        (FailureKind.TIMED_OUT, 3, "waits: bulk job paused"),
        (None, 3, "waits: bulk job paused"),
    ],
)
def test_of_two_causes_the_one_that_does_not_pass_is_told(
    kind: FailureKind | None, held_by_id: int | None, mark: str
) -> None:
    found = hold_on(held_by_id, hold_of(kind, is_admin=False) if kind else None)
    assert found is not None
    assert found.mark == mark
