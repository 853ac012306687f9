"""On a ticket's page it is merged into another, read there, and separated again."""

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from tests.letters import letter
from tests.take_in import take_in
from tests.web.browsing import words_of


@pytest.fixture
def two(app: APIFlask) -> APIFlask:
    """An application with tickets 1 and 2 of the same customer, and ticket 3 of another."""
    with app.app_context():
        take_in(letter("First", "It burns.", message_id="<first@x.example>"))
        take_in(letter("Second", "It still burns."))
        take_in(letter("Third", sender="max@customer.example"))
    return app


def test_merged_it_is_read_there_and_its_own_page_leads_on(two: APIFlask, agent_client: FlaskClient) -> None:
    answer = agent_client.post("/tickets/1/merger", data={"into": " #2 "})
    assert (answer.status_code, answer.location) == (303, "/tickets/2")
    there, here = words_of(agent_client.get("/tickets/2")), words_of(agent_client.get("/tickets/1"))
    assert there.index("It burns.") < there.index("It still burns.")
    assert "On ticket #1 , which goes on here." in there
    assert "merged ticket #1 into this one" in there
    assert "This ticket was merged into ticket #2, where it goes on." in here
    assert "Send the answer" not in here
    assert "Keep the note" not in here


def test_separated_both_are_as_before(two: APIFlask, agent_client: FlaskClient) -> None:
    agent_client.post("/tickets/1/merger", data={"into": "2"})
    answer = agent_client.post("/tickets/1/separation")
    assert (answer.status_code, answer.location) == (303, "/tickets/1")
    there, here = words_of(agent_client.get("/tickets/2")), words_of(agent_client.get("/tickets/1"))
    assert "It burns." not in there
    assert "Send the answer" in here
    assert "separated this ticket from #2" in here


@pytest.mark.parametrize(
    ("given", "status", "sentence"),
    [
        ("", 422, "Give the number of the ticket in which this one goes on"),
        ("x", 422, "Give the number of the ticket in which this one goes on"),
        ("1", 422, "Ticket 1 cannot be merged into itself"),
        ("4711", 422, "There is no ticket 4711"),
        ("3", 409, "Only tickets of the same requester can be merged"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(
    two: APIFlask, agent_client: FlaskClient, given: str, status: int, sentence: str
) -> None:
    answer = agent_client.post("/tickets/1/merger", data={"into": given})
    assert answer.status_code == status
    assert sentence in words_of(answer)


def test_nothing_is_done_on_a_merged_ticket_from_an_old_page(two: APIFlask, agent_client: FlaskClient) -> None:
    agent_client.post("/tickets/1/merger", data={"into": "2"})
    for path, data in (("replies", {"text": "Hello"}), ("notes", {"text": "Hello"}), ("status", {"status": "open"})):
        answer = agent_client.post(f"/tickets/1/{path}", data=data)
        assert answer.status_code == 409
        assert "Ticket 1 was merged into ticket 2" in words_of(answer)


def test_a_message_of_a_merged_ticket_can_be_moved(two: APIFlask, agent_client: FlaskClient) -> None:
    agent_client.post("/tickets/1/merger", data={"into": "2"})
    answer = agent_client.post("/tickets/1/messages/1/place", data={"to": "3"})
    assert answer.status_code == 303
    assert "moved a message here from ticket #1" in words_of(agent_client.get("/tickets/3"))
