"""What somebody typed stands on the page that refuses it, whatever the reason."""

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from tests.app_fixtures import signed_in
from tests.letters import letter
from tests.take_in import take_in
from tests.web.browsing import words_of
from ticketapp.actions import users
from ticketapp.models import User
from ticketapp.web import conversation

TYPED = "Half an hour's work,\nand <b>all</b> of it."
SHOWN = "Half an hour&#39;s work,\nand &lt;b&gt;all&lt;/b&gt; of it.</textarea>"


@pytest.fixture
def merged(app: APIFlask, agent_client: FlaskClient) -> FlaskClient:
    """An agent's browser; ticket 1 was merged into 2, and that into 3, since the page of ticket 1 was opened."""
    with app.app_context():
        for subject in ("First", "Second", "Third"):
            take_in(letter(subject, f"The words of {subject}."))
    for ticket, into in ((1, 2), (2, 3)):
        assert agent_client.post(f"/tickets/{ticket}/merger", data={"into": str(into)}).status_code == 303
    agent_client.get("/tickets/3")
    return agent_client


@pytest.mark.parametrize(("kind", "more"), [("replies", {"status": "resolved"}), ("notes", {})])
def test_an_answer_or_note_to_a_ticket_merged_meanwhile_stands_ready_where_it_goes_on(
    merged: FlaskClient, kind: str, more: dict[str, str]
) -> None:
    answer = merged.post(f"/tickets/1/{kind}", data={"text": TYPED, **more})
    assert answer.status_code == 409
    assert "Ticket 1 was merged into ticket 3 meanwhile, which you see here." in words_of(answer)
    assert "The words of Third." in words_of(answer)
    assert SHOWN in answer.text
    assert f'action="/tickets/3/{kind}"' in answer.text
    assert ('<option selected value="resolved">' in answer.text) == bool(more)
    assert merged.post(f"/tickets/3/{kind}", data={"text": TYPED, **more}).status_code == 303
    assert words_of(merged.get("/tickets/3")).count("Half an hour's work,") == 1


def test_an_answer_to_a_ticket_that_has_nobody_to_answer_stands_there(
    app: APIFlask, agent_client: FlaskClient
) -> None:
    agent_client.post("/tickets", data={"title": "Call", "description": "Somebody called."})
    answer = agent_client.post("/tickets/1/replies", data={"text": TYPED})
    assert answer.status_code == 409
    assert "there is nobody to answer" in words_of(answer)
    assert SHOWN in answer.text


@pytest.mark.parametrize("path", ["/tickets/4711/replies", "/tickets/4711/notes"])
def test_what_cannot_be_put_anywhere_is_shown_to_be_copied(agent_client: FlaskClient, path: str) -> None:
    answer = agent_client.post(path, data={"text": TYPED})
    assert answer.status_code == 404
    assert SHOWN in answer.text


def test_whoever_was_signed_out_meanwhile_sees_what_they_typed(app: APIFlask, agent: User) -> None:
    client = signed_in(app, agent)
    with app.app_context():
        users.sign_out(agent.id)
    answer = client.post("/tickets/1/replies", data={"text": TYPED})
    assert answer.status_code == 401
    assert "You are not signed in any more" in words_of(answer)
    assert "To sign-in" in words_of(answer)
    assert SHOWN in answer.text
    assert client.post("/tickets/1/status", data={"status": "open"}).status_code == 303


def test_a_fault_of_ours_shows_it_too(
    app: APIFlask, agent_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(conversation.actions, "reply", broken)
    app.testing = False
    answer = agent_client.post("/tickets/1/replies", data={"text": TYPED})
    assert answer.status_code == 500
    assert SHOWN in answer.text
