"""The page of a ticket says who wrote each message: by what is known, not by the way it went."""

import re

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from tests.app_fixtures import add_user
from tests.letters import letter
from tests.take_in import take_in
from tests.web.opened import opened
from ticketapp.db import transaction
from ticketapp.models import Message

FIRST = "<first@customer.example>"
BOB = "Bob <bob@customer.example>"


def kinds(client: FlaskClient, ticket_id: int = 1) -> list[str]:
    return re.findall(r'class="message-kind">([^<]*)<', client.get(f"/tickets/{ticket_id}").text)


@pytest.fixture
def mailed(app: APIFlask) -> APIFlask:
    """An application with ticket 1 of Jo, who copied Bob."""
    with app.app_context():
        take_in(letter("Printer", message_id=FIRST, Cc=BOB))
    return app


def test_requester_participant_staff_and_machine_are_told_apart(mailed: APIFlask, agent_client: FlaskClient) -> None:
    add_user(mailed, "gil@staff.example", "Gil", "agent")
    with mailed.app_context():
        take_in(letter("Re: Printer", sender="JO@customer.example", In_Reply_To=FIRST))
        take_in(letter("Re: Printer", sender=BOB, In_Reply_To=FIRST))
        take_in(letter("Re: Printer", sender=BOB, In_Reply_To=FIRST, Auto_Submitted="auto-replied"))
        take_in(letter("Re: Printer", sender="Gil <gil@staff.example>", In_Reply_To=FIRST))
    agent_client.post("/tickets/1/notes", data={"text": "Call them."})
    agent_client.post("/tickets/1/replies", data={"text": "Which printer?", "status": ""})
    assert sorted(kinds(agent_client)) == sorted(
        [
            "From the requester",
            "From the requester",
            "From a participant",
            "From a machine",
            "From staff, by mail",
            "Internal note",
            "Reply",
        ]
    )


def test_an_answer_that_nobody_wrote_is_the_systems(mailed: APIFlask, agent_client: FlaskClient) -> None:
    agent_client.post("/tickets/1/replies", data={"text": "Which printer?", "status": ""})
    with mailed.app_context(), transaction() as session:
        session.get_one(Message, 2).is_automatic = True
    assert "Reply by the system" in kinds(agent_client)


def test_a_mail_moved_from_another_ticket_is_not_the_requesters(mailed: APIFlask, agent_client: FlaskClient) -> None:
    with mailed.app_context():
        take_in(letter("Another", sender="Eve <eve@elsewhere.example>"))
    agent_client.post("/tickets/2/messages/2/place", data={"to": "1"})
    assert sorted(kinds(agent_client)) == ["From a participant", "From the requester"]


def test_who_takes_no_part_is_unknown(mailed: APIFlask, agent_client: FlaskClient) -> None:
    with mailed.app_context(), transaction() as session:
        session.get_one(Message, 1).author_email = ""
    assert kinds(agent_client) == ["From somebody unknown"]


def test_a_description_without_a_requester_is_not_from_one(app: APIFlask, agent_client: FlaskClient) -> None:
    staff = opened(app, by=add_user(app, "gil@staff.example", "Gil", "agent"))
    nobody = opened(app)
    requester = opened(app, requester_email="jo@customer.example")
    assert [kinds(agent_client, one) for one in (staff, nobody, requester)] == [
        ["From staff"],
        ["From somebody unknown"],
        ["From the requester"],
    ]
