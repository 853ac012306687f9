"""Reading and changing one ticket through the API."""

from typing import Any

import pytest

from tests.api.conftest import Program, fields_of
from tests.app_fixtures import add_user
from ticketapp.actions.merging import merge_ticket
from ticketapp.actions.users import deactivate
from ticketapp.queries import conversation


@pytest.fixture
def address(program: Program) -> str:
    return f"/api/tickets/{program.create()['id']}/"


def test_only_what_is_sent_changes(each_program: Program) -> None:
    before = each_program.create(requester_email="jo@example.com", category="billing")
    after = each_program.patch(f"/api/tickets/{before['id']}/", json={"status": "in_progress"}).json
    assert after.pop("updated_at") > before.pop("updated_at")
    assert after == {**before, "status": "in_progress"}


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Scanner"},
        {"description": "It does not scan."},
        {"category": "technical"},
        {"priority": "critical"},
        {"status": "closed"},
        {"title": "Scanner", "description": "New", "category": "account", "priority": "low", "status": "resolved"},
    ],
)
def test_each_field_can_be_changed(program: Program, address: str, change: dict[str, Any]) -> None:
    response = program.patch(address, json=change)
    assert response.status_code == 200
    assert {name: response.json[name] for name in change} == change
    assert program.get(address).json == response.json


def test_what_changed_is_kept_in_the_history_with_who_did_it(each_program: Program) -> None:
    ticket_id = each_program.create()["id"]
    each_program.patch(f"/api/tickets/{ticket_id}/", json={"priority": "high", "status": "open"})
    with each_program.app.app_context():
        event = conversation.history(ticket_id)[-1]
        assert (event.kind, event.old, event.new) == ("priority", "medium", "high")
        assert event.actor is not None
        assert event.actor.email == each_program.user.email


def test_a_value_that_stays_the_same_becomes_a_persons_choice(each_program: Program) -> None:
    ticket_id = each_program.create()["id"]
    after = each_program.patch(f"/api/tickets/{ticket_id}/", json={"category": "general"}).json
    assert (after["category"], after["category_by"], after["priority_by"]) == ("general", "person", "default")


def test_a_changed_title_is_found_by_search(each_program: Program) -> None:
    ticket_id = each_program.create()["id"]
    each_program.patch(f"/api/tickets/{ticket_id}/", json={"title": "Plotter"})
    assert each_program.listed("search=plotter") == [ticket_id]
    assert each_program.listed("search=printer") == []


def test_a_ticket_is_given_to_staff_by_number_or_address_and_taken_back(each_program: Program) -> None:
    colleague = add_user(each_program.app, "gil@example.com", "Gil Agent", "agent")
    shown = {"id": colleague.id, "email": "gil@example.com", "name": "Gil Agent"}
    address = f"/api/tickets/{each_program.create()['id']}/"
    for assignee, expected in ((colleague.id, shown), (None, None), ("Gil@Example.com", shown), (shown, shown)):
        response = each_program.patch(address, json={"assignee": assignee})
        assert response.json["assignee"] == expected
        assert each_program.get(address).json["assignee"] == expected


def test_a_whole_ticket_can_be_sent_back(program: Program) -> None:
    ticket = program.create(category="billing", priority="low", requester_email="jo@example.com")
    response = program.patch(f"/api/tickets/{ticket['id']}/", json={**ticket, "id": 77, "status": "closed"})
    assert response.status_code == 200
    assert response.json == {**ticket, "status": "closed", "updated_at": response.json["updated_at"]}


def test_nothing_sent_changes_nothing(program: Program, address: str) -> None:
    before = program.get(address).json
    assert program.patch(address, json={}).json == before


@pytest.mark.parametrize(
    ("change", "field", "right"),
    [
        ({"title": ""}, "title", "must not be blank"),
        ({"title": None}, "title", "must be text"),
        ({"title": "x" * 201}, "title", "at most 200"),
        ({"description": "\ud800"}, "description", "broken Unicode"),
        ({"category": None}, "category", "billing, technical, account, general"),
        ({"priority": ""}, "priority", "low, medium, high, critical"),
        ({"status": 3}, "status", "open, in_progress, resolved, closed"),
        ({"assignee": 0}, "assignee", "number or the address"),
        ({"assignee": -1}, "assignee", "number or the address"),
        ({"assignee": 10**30}, "assignee", "number or the address"),
        ({"assignee": 1.5}, "assignee", "number or the address"),
        ({"assignee": True}, "assignee", "number or the address"),
        ({"assignee": [1]}, "assignee", "number or the address"),
        ({"assignee": {"id": "\0"}}, "assignee", "number or the address"),
        ({"assignee": "\ud800"}, "assignee", "number or the address"),
        ({"assignee": ""}, "assignee", "active member of staff"),
        ({"assignee": "nobody@example.com"}, "assignee", "active member of staff"),
        ({"assignee": 4711}, "assignee", "active member of staff"),
        ({"assignee": 2**63 - 1}, "assignee", "active member of staff"),
        ({"assignee_id": 1}, "assignee_id", "not known"),
        ({"stauts": "open"}, "stauts", "not known"),
        ({"requester_email": "a@b"}, "requester_email", "not known"),
    ],
)
def test_a_bad_value_is_named_and_nothing_changes(
    program: Program, address: str, change: dict[str, Any], field: str, right: str
) -> None:
    before = program.get(address).json
    assert right in fields_of(program.patch(address, json={"status": "closed", **change}))[field]
    assert program.get(address).json == before


def test_staff_who_left_get_no_tickets(program: Program, address: str) -> None:
    left = add_user(program.app, "left@example.com", "Lee Left", "agent")
    with program.app.app_context():
        deactivate(left.id, by=program.user)
    for assignee in (left.id, left.email):
        response = program.patch(address, json={"assignee": assignee})
        assert "active member of staff" in fields_of(response)["assignee"]


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_a_ticket_that_is_not_there(each_program: Program, method: str) -> None:
    for number in ("1", "0", str(2**63 - 1), str(2**63), "9" * 30, "9" * 5000):
        response = each_program.open(f"/api/tickets/{number}/", method, json={"status": "open"})
        assert response.status_code == 404


def test_the_address_without_its_last_slash_changes_too(program: Program, address: str) -> None:
    response = program.patch(address.rstrip("/"), json={"status": "closed"})
    assert response.status_code == 200
    assert program.get(address.rstrip("/")).json["status"] == "closed"


def test_a_merge_patch_is_json_too(program: Program, address: str) -> None:
    response = program.patch(address, data=b'{"status": "closed"}', content_type="application/merge-patch+json")
    assert response.json["status"] == "closed"


def test_a_merged_ticket_names_the_one_in_which_it_goes_on_and_keeps_its_status(each_program: Program) -> None:
    one, two = (each_program.create(requester_email="jo@example.com") for _ in range(2))
    assert one["merged_into"] is None
    with each_program.app.app_context():
        merge_ticket(one["id"], into=two["id"], by=each_program.user)
    merged = each_program.get(f"/api/tickets/{one['id']}/").json
    assert (merged["status"], merged["merged_into"]) == ("closed", two["id"])
    refused = each_program.patch(f"/api/tickets/{one['id']}/", json={"status": "open"})
    assert refused.status_code == 409
    assert f"was merged into ticket {two['id']}" in refused.json["detail"]
    assert each_program.patch(f"/api/tickets/{one['id']}/", json={**merged, "priority": "low"}).status_code == 200
