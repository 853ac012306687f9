"""Opening a ticket through the API."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.api.conftest import Program, fields_of
from ticketapp.queries import classification, conversation

SHAPE = {
    "id",
    "title",
    "description",
    "category",
    "category_by",
    "priority",
    "priority_by",
    "classification",
    "merged_into",
    "status",
    "source",
    "requester",
    "assignee",
    "created_at",
    "updated_at",
}


def outstanding(program: Program, ticket_id: int) -> int | None:
    with program.app.app_context():
        return classification.outstanding(ticket_id)


def test_a_title_and_a_description_are_enough(each_program: Program) -> None:
    response = each_program.post("/api/tickets/", json={"title": " Printer ", "description": "It does not print.\n"})
    assert response.status_code == 201
    assert response.headers["Location"] == f"http://localhost/api/tickets/{response.json['id']}/"
    ticket = response.json
    assert set(ticket) == SHAPE
    assert (ticket["title"], ticket["description"]) == ("Printer", "It does not print.")
    assert (ticket["category"], ticket["priority"], ticket["status"]) == ("general", "medium", "open")
    assert (ticket["category_by"], ticket["priority_by"], ticket["source"]) == ("default", "default", "api")
    assert ticket["requester"] is None
    assert ticket["assignee"] is None


def test_times_are_utc_in_iso_8601(each_program: Program) -> None:
    ticket = each_program.create()
    assert ticket["created_at"].endswith("Z")
    created_at = datetime.fromisoformat(ticket["created_at"])
    assert abs(datetime.now(UTC) - created_at) < timedelta(minutes=1)
    assert ticket["updated_at"] == ticket["created_at"]
    assert each_program.get(f"/api/tickets/{ticket['id']}/").json == ticket


def test_what_the_location_names_is_the_ticket(program: Program) -> None:
    response = program.post("/api/tickets/", json={"title": "Printer", "description": "Broken"})
    assert program.get(response.headers["Location"].removeprefix("http://localhost")).json == response.json


@pytest.mark.parametrize(
    ("given", "is_queued"),
    [
        ({}, True),
        ({"category": "billing"}, True),
        ({"priority": "high"}, True),
        ({"category": None, "priority": None}, True),
        ({"category": "general", "priority": "medium"}, False),
    ],
)
def test_what_is_not_given_is_classified_in_the_background(
    each_program: Program, given: dict[str, Any], *, is_queued: bool
) -> None:
    ticket = each_program.create(**given)
    assert (outstanding(each_program, ticket["id"]) is not None) == is_queued
    for name in ("category", "priority"):
        assert ticket[f"{name}_by"] == ("person" if given.get(name) else "default")


def test_the_worker_is_told_which_run_waits(program: Program) -> None:
    hints: list[tuple[Any, ...]] = []
    outside = program.app.extensions["ticketapp"]
    object.__setattr__(outside, "hint", lambda *hint: hints.append(hint))
    ticket = program.create()
    program.create(category="billing", priority="low")
    assert hints == [("classify", outstanding(program, ticket["id"]))]


def test_whoever_calls_has_opened_the_ticket(each_program: Program) -> None:
    ticket = each_program.create()
    with each_program.app.app_context():
        [event] = conversation.history(ticket["id"])
        assert event.actor is not None
        assert event.actor.email == each_program.user.email


def test_a_requester_is_found_again_by_address(each_program: Program) -> None:
    first = each_program.create(requester_email="Jo@Example.com", requester_name=" Jo Miller ")
    second = each_program.create(requester_email="jo@example.com", requester_name="Somebody else")
    assert first["requester"] == {"email": "jo@example.com", "name": "Jo Miller"}
    assert second["requester"] == first["requester"]


@pytest.mark.parametrize("blank", ["", None])
def test_a_blank_requester_is_none(program: Program, blank: str | None) -> None:
    assert program.create(requester_email=blank, requester_name=blank)["requester"] is None


def test_a_status_may_be_given(each_program: Program) -> None:
    assert each_program.create(status="resolved")["status"] == "resolved"
    assert each_program.create(status=None)["status"] == "open"


def test_a_ticket_that_was_read_may_be_sent_back_as_a_new_one(program: Program) -> None:
    ticket = program.create()
    shown_only = {name: ticket[name] for name in SHAPE - {"requester", "assignee"}}
    assert program.create(**shown_only)["id"] != ticket["id"]


LONG = "x" * 100_000


@pytest.mark.parametrize(
    ("change", "field", "right"),
    [
        ({"title": None}, "title", "must be text"),
        ({"title": ""}, "title", "must not be blank"),
        ({"title": " \n\t"}, "title", "must not be blank"),
        ({"title": "x" * 201}, "title", "at most 200 characters"),
        ({"title": 7}, "title", "must be text"),
        ({"title": ["a"]}, "title", "must be text"),
        ({"title": "a\0b"}, "title", "NUL"),
        ({"title": "a\ud800b"}, "title", "broken Unicode"),
        ({"description": ""}, "description", "must not be blank"),
        ({"description": {"text": "a"}}, "description", "must be text"),
        ({"description": LONG + "x"}, "description", "at most 100,000 characters"),
        ({"description": "\0"}, "description", "NUL"),
        ({"category": "sales"}, "category", "billing, technical, account, general"),
        ({"category": "Billing"}, "category", "billing, technical, account, general"),
        ({"category": ""}, "category", "billing, technical, account, general"),
        ({"category": ["billing"]}, "category", "billing, technical, account, general"),
        ({"category": 10**400}, "category", "billing, technical, account, general"),
        ({"priority": "urgent"}, "priority", "low, medium, high, critical"),
        ({"priority": True}, "priority", "low, medium, high, critical"),
        ({"status": "done"}, "status", "open, in_progress, resolved, closed"),
        ({"requester_email": "jo"}, "requester_email", "like jo@example.com"),
        ({"requester_email": "a@b, c@d"}, "requester_email", "like jo@example.com"),
        ({"requester_email": "a@b\r\nBcc: c@d"}, "requester_email", "like jo@example.com"),
        ({"requester_email": 5}, "requester_email", "must be text"),
        ({"requester_email": f"{'a' * 320}@b"}, "requester_email", "at most 320"),
        ({"requester_email": "j\0@example.com"}, "requester_email", "NUL"),
        ({"requester_name": "Jo"}, "requester_email", "is missing"),
        ({"requester_email": "a@b", "requester_name": "\0"}, "requester_name", "NUL"),
        ({"requester_email": "a@b", "requester_name": "x" * 201}, "requester_name", "at most 200"),
        ({"requester_email": "a@b", "requester_name": 5}, "requester_name", "must be text"),
        ({"titel": "Printer"}, "titel", "not known"),
        ({"assignee": 1}, "assignee", "not known"),
        ({"\ud800": 1}, "body", "broken Unicode"),
        ({"a\0b": 1}, "a\0b", "not known"),
    ],
)
def test_a_bad_value_is_named_with_what_would_be_right(
    refused: Program, change: dict[str, Any], field: str, right: str
) -> None:
    body = {"title": "Printer", "description": "Broken", **change}
    assert right in fields_of(refused.post("/api/tickets/", json=body))[field]
    assert refused.listed() == []


def test_what_the_database_could_not_hold_is_refused_before_it(each_program: Program) -> None:
    whole = {"title": "a", "description": "b", "requester_email": "a@b", "requester_name": "c"}
    for field, bad in itertools.product(whole, ("\0", "a\0b", "\ud800", "a\udfffb")):
        assert field in fields_of(each_program.post("/api/tickets/", json={**whole, field: bad}))
    assert each_program.listed() == []


def test_every_bad_value_is_named_at_once(refused: Program) -> None:
    wrong = fields_of(refused.post("/api/tickets/", json={"title": "", "category": "x", "priority": 1, "extra": 1}))
    assert set(wrong) == {"title", "description", "category", "priority", "extra"}
    assert wrong["description"] == "description is missing."


def test_no_more_than_twenty_bad_values_are_listed(refused: Program) -> None:
    response = refused.post("/api/tickets/", json={f"field{n}" * 50: n for n in range(1000)})
    assert len(fields_of(response)) == 20
    assert len(response.data) < 10_000


def test_the_longest_ticket_fits(each_program: Program) -> None:
    text = "\U0001f600" * 100_000  # written as two escapes of six characters each
    ticket = each_program.create("\U0001f600" * 200, text)
    assert each_program.get(f"/api/tickets/{ticket['id']}/").json["description"] == text


def test_the_address_without_its_last_slash_loses_no_body(program: Program) -> None:
    response = program.post("/api/tickets", json={"title": "Printer", "description": "Broken"})
    assert response.status_code == 201
