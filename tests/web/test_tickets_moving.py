"""On a ticket's page a message is moved, or made a ticket of its own."""

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from tests.letters import letter
from tests.take_in import take_in
from tests.web.browsing import words_of


@pytest.fixture
def two(app: APIFlask) -> APIFlask:
    """An application with tickets 1 and 2, of two messages and of one."""
    with app.app_context():
        take_in(letter("First", message_id="<first@x.example>"))
        take_in(letter("Second"))
        take_in(letter("Re: First", "It burns again.", In_Reply_To="<first@x.example>"))
    return app


def test_a_message_is_moved_and_shown_where_it_is(two: APIFlask, agent_client: FlaskClient) -> None:
    answer = agent_client.post("/tickets/1/messages/3/place", data={"to": " #2 "})
    assert (answer.status_code, answer.location) == (303, "/tickets/2#message-3")
    there, here = words_of(agent_client.get("/tickets/2")), words_of(agent_client.get("/tickets/1"))
    assert "It burns again." in there
    assert "It burns again." not in here
    assert "moved a message here from ticket #1" in there
    assert "moved a message to ticket #2" in here


def test_a_message_becomes_a_ticket_of_its_own(two: APIFlask, agent_client: FlaskClient) -> None:
    answer = agent_client.post("/tickets/1/messages/3/own-ticket", follow_redirects=True)
    assert answer.request.path == "/tickets/3"
    assert "Split from ticket #1" in words_of(answer)


@pytest.mark.parametrize("given", ["", "x", "0", "-1", "²", "9" * 30, "1", "4711"])
def test_a_number_of_no_other_ticket_is_refused(two: APIFlask, agent_client: FlaskClient, given: str) -> None:
    assert agent_client.post("/tickets/1/messages/3/place", data={"to": given}).status_code == 422


def test_a_message_of_another_ticket_is_not_found(two: APIFlask, agent_client: FlaskClient) -> None:
    assert agent_client.post("/tickets/2/messages/3/place", data={"to": "1"}).status_code == 404
