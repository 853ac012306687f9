"""A whole ticket that was read and is sent back: it decides nothing it only repeats, and undoes nobody's work."""

from typing import Any

import pytest

from tests.api.conftest import Program, fields_of
from tests.app_fixtures import add_user
from tests.web.opened import AnsweringClassifier
from ticketapp import clock
from ticketapp.actions.classification import classify
from ticketapp.actions.confirming import confirm
from ticketapp.actions.tickets import change_ticket
from ticketapp.actions.users import deactivate
from ticketapp.clock import utc_now
from ticketapp.queries import classification, conversation

CHOICES = ("category", "category_by", "priority", "priority_by")


def classified(program: Program, ticket_id: int) -> None:
    with program.app.app_context():
        run_id = classification.outstanding(ticket_id)
        assert run_id is not None
        classify(run_id, AnsweringClassifier("technical", "low"), deadline_seconds=1)


def changed(program: Program, ticket_id: int, **changes: Any) -> None:
    """What somebody else chose meanwhile."""
    with program.app.app_context():
        change_ticket(ticket_id, changes, by=program.user)


def read(program: Program, ticket: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = program.get(f"/api/tickets/{ticket['id']}/").json
    return found


def sent_back(program: Program, ticket: dict[str, Any], **changes: Any) -> Any:
    return program.patch(f"/api/tickets/{ticket['id']}/", json={**ticket, **changes})


def refused(program: Program, ticket: dict[str, Any], **changes: Any) -> str:
    before = read(program, ticket)
    response = sent_back(program, ticket, **changes)
    assert response.status_code == 409
    assert read(program, ticket) == before, "nothing is half-written"
    detail: str = response.json["detail"]
    return detail


def test_before_the_verdict_it_decides_nothing_and_is_classified(each_program: Program) -> None:
    ticket = each_program.create()
    response = sent_back(each_program, ticket, status="in_progress")
    assert (response.status_code, response.json["status"]) == (200, "in_progress")
    assert [response.json[name] for name in CHOICES] == [ticket[name] for name in CHOICES]
    classified(each_program, ticket["id"])
    assert [read(each_program, ticket)[name] for name in CHOICES] == ["technical", "machine", "low", "machine"]


def test_after_the_verdict_the_machines_values_stay_the_machines(each_program: Program) -> None:
    created = each_program.create()
    classified(each_program, created["id"])
    ticket = read(each_program, created)
    after = sent_back(each_program, ticket, priority="high").json
    assert [after[name] for name in CHOICES] == ["technical", "machine", "high", "person"]
    with each_program.app.app_context():
        assert [str(event.kind) for event in conversation.history(ticket["id"])][-1] == "priority"


def test_what_a_person_decided_meanwhile_is_not_undone(each_program: Program) -> None:
    created = each_program.create()
    classified(each_program, created["id"])
    ticket = read(each_program, created)
    changed(each_program, ticket["id"], category="account", priority="critical")
    detail = refused(each_program, ticket, status="in_progress")
    assert "its category is account, the choice of a person" in detail
    assert "its priority is critical, the choice of a person" in detail


def test_what_the_machine_found_meanwhile_is_not_undone(each_program: Program) -> None:
    ticket = each_program.create()
    classified(each_program, ticket["id"])
    assert "its category is technical, the choice of the machine" in refused(each_program, ticket, title="Plotter")


@pytest.mark.parametrize(
    ("meanwhile", "says"),
    [
        ({"category": "billing"}, "its category is billing, the choice of a person"),
        ({"status": "resolved"}, "its status is resolved"),
        ({"title": "Scanner"}, "its title is Scanner"),
        ({"description": "It does not scan."}, "its description is not what was sent"),
    ],
)
def test_other_changes_of_people_are_not_undone_either(
    each_program: Program, meanwhile: dict[str, str], says: str
) -> None:
    ticket = each_program.create(category="account", priority="low")
    changed(each_program, ticket["id"], **meanwhile)
    assert says in refused(each_program, ticket, priority="high")


def test_who_took_it_meanwhile_keeps_it(each_program: Program) -> None:
    ticket = each_program.create(category="account", priority="low")
    changed(each_program, ticket["id"], assignee_id=each_program.user.id)
    assert f"its assignee is {each_program.user.name}" in refused(each_program, ticket)


def test_sent_twice_it_changes_once(each_program: Program) -> None:
    ticket = each_program.create()
    first, second = (sent_back(each_program, ticket, category="billing", status="closed") for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json == second.json


def test_a_value_that_was_confirmed_meanwhile_stays_confirmed(each_program: Program) -> None:
    created = each_program.create()
    classified(each_program, created["id"])
    ticket = read(each_program, created)
    with each_program.app.app_context():
        confirm(ticket["id"], by=each_program.user)
    confirmed = read(each_program, ticket)
    response = sent_back(each_program, ticket)
    assert (response.status_code, response.json) == (200, confirmed)


def test_a_choice_with_its_origin_alone_is_held_to_that(each_program: Program) -> None:
    ticket = each_program.create()
    classified(each_program, ticket["id"])
    address = f"/api/tickets/{ticket['id']}/"
    stale = each_program.patch(address, json={"category": "billing", "category_by": "default"})
    assert stale.status_code == 409
    chosen = each_program.patch(address, json={"category": "billing", "category_by": "machine"}).json
    assert (chosen["category"], chosen["category_by"]) == ("billing", "person")


def test_a_time_cut_to_milliseconds_is_still_the_same(each_program: Program) -> None:
    ticket = each_program.create()
    cut = ticket["updated_at"][:23] + "Z"
    assert sent_back(each_program, ticket, status="closed", updated_at=cut).status_code == 200


@pytest.mark.parametrize("digits", [23, 26])
def test_changes_of_the_same_moment_are_told_apart(each_program: Program, digits: int) -> None:
    ticket = each_program.create()
    with clock.at(utc_now()):
        changed(each_program, ticket["id"], status="in_progress")
        seen = read(each_program, ticket)
        changed(each_program, ticket["id"], title="Another title")
        cut = seen["updated_at"][:digits].rstrip("Z") + "Z"
        assert "title" in refused(each_program, seen, priority="high", updated_at=cut)


def test_a_time_that_is_still_to_come_is_not_the_tickets(each_program: Program) -> None:
    assert "status" in refused(
        each_program, each_program.create(), status="closed", updated_at="2999-01-01T00:00:00Z"
    )


def test_whose_assignee_has_left_can_be_sent_back(each_program: Program) -> None:
    ticket = each_program.create()
    left = add_user(each_program.app, "left@example.com", "Lee Left", "agent")
    with each_program.app.app_context():
        change_ticket(ticket["id"], {"assignee_id": left.id}, by=each_program.user)
        deactivate(left.id, by=each_program.user)
    response = sent_back(each_program, read(each_program, ticket), status="closed")
    assert (response.status_code, response.json["status"]) == (200, "closed")
    assert response.json["assignee"]["id"] == left.id


def test_who_was_given_the_ticket_meanwhile_is_named_or_that_nobody_has_it(each_program: Program) -> None:
    ticket = each_program.create()
    changed(each_program, ticket["id"], assignee_id=each_program.user.id)
    assigned = read(each_program, ticket)
    changed(each_program, ticket["id"], assignee_id=None)
    assert "its assignee is nobody" in refused(each_program, assigned)


@pytest.mark.parametrize("value", ["", "soon", "2026-11-20T14:37:44", 7, [], {}, "\ud800", True])
def test_a_time_that_is_none_is_named(program: Program, value: Any) -> None:
    ticket = program.create()
    assert "with its zone" in fields_of(sent_back(program, ticket, updated_at=value))["updated_at"]


def test_an_origin_that_is_none_is_named(program: Program) -> None:
    ticket = program.create()
    assert "default, machine, person" in fields_of(sent_back(program, ticket, category_by="me"))["category_by"]
