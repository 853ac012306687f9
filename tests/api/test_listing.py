"""Listing tickets through the API: filters, pages and what cannot be asked for."""

import itertools
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from unittest.mock import patch

import pytest

from tests.api.conftest import Program, fields_of, program_of
from tests.app_fixtures import MakeApp
from ticketapp.models import Category, Priority, Status

NEXT = re.compile(r'<(http://localhost/api/tickets/\?[^>]+)>; rel="next"')


FOUND = {
    "": [4, 3, 2, 1],
    "category=billing": [4, 1],
    "priority=critical": [4, 2],
    "status=in_progress": [4, 3],
    "search=router": [4, 3, 1],
    "search=ROUTER": [4, 3, 1],
    "search=route+refund": [1],
    "search=%25": [3],
    "search=_": [],
    "search=nothing": [],
    "category=billing&priority=critical": [4],
    "category=billing&status=open": [1],
    "priority=critical&status=open": [2],
    "category=billing&priority=critical&status=in_progress&search=router": [4],
    "category=account&search=router": [],
    "unclassified=true": [3],
    "unclassified=1&search=refund": [],
    "unclassified=false": [4, 3, 2, 1],
    "unclassified=0&limit=1": [4],
    "assignee=none&category=billing": [4, 1],
    "category=&priority=&status=&assignee=&search=&limit=&after=&unclassified=": [4, 3, 2, 1],
    "limit=2": [4, 3],
}


@pytest.fixture
def office(each_program: Program) -> Program:
    """Four tickets, of which 1 and 4 are billing, 2 and 4 critical, 3 and 4 in progress."""
    each_program.create("Refund", "Please refund the ROUTER", category="billing", priority="low")
    each_program.create("Outage", "Everything is down", category="technical", priority="critical")
    each_program.create("Router", "It blinks 100 % red", status="in_progress")
    each_program.create(
        "Charge", "A router was charged", category="billing", priority="critical", status="in_progress"
    )
    return each_program


def test_filters_can_be_combined(office: Program) -> None:
    assert {query: office.listed(query) for query in FOUND} == FOUND


def test_tickets_of_one_member_of_staff(office: Program) -> None:
    office.patch("/api/tickets/2/", json={"assignee": office.user.email})
    assert office.listed(f"assignee={office.user.id}") == [2]
    assert office.listed("assignee=none") == [4, 3, 1]
    assert office.listed("assignee=999999") == []


def test_every_pair_of_filter_words_is_understood(refused: Program) -> None:
    for category, priority, status in itertools.product(Category, Priority, Status):
        assert refused.listed(f"category={category}&priority={priority}&status={status}") == []


def test_the_list_shows_whole_tickets(office: Program) -> None:
    [ticket] = office.get("/api/tickets/?limit=1").json
    assert ticket == office.get("/api/tickets/4/").json


@pytest.mark.parametrize(
    ("query", "field", "right"),
    [
        ("category=sales", "category", "billing, technical, account, general"),
        ("category=BILLING", "category", "billing, technical, account, general"),
        ("priority=urgent", "priority", "low, medium, high, critical"),
        ("status=done", "status", "open, in_progress, resolved, closed"),
        ("assignee=jo", "assignee", "number"),
        ("assignee=-1", "assignee", "number"),
        ("assignee=99999999999999999999", "assignee", "number"),
        ("unclassified=perhaps", "unclassified", "true or false"),
        ("search=%00", "search", "without NUL"),
        (f"search={'x' * 201}", "search", "at most 200"),
        ("limit=0", "limit", "1 to 200"),
        ("limit=201", "limit", "1 to 200"),
        ("limit=-1", "limit", "1 to 200"),
        ("limit=ten", "limit", "1 to 200"),
        ("limit=1.5", "limit", "1 to 200"),
        ("limit=%D9%A3", "limit", "1 to 200"),
        (f"limit={'9' * 5000}", "limit", "1 to 200"),
        ("after=yesterday", "after", "link of an earlier page"),
        ("after=1", "after", "link of an earlier page"),
        ("after=1-99999999999999999999", "after", "link of an earlier page"),
        (f"after={'9' * 5000}-1", "after", "link of an earlier page"),
        ("priorty=high", "priorty", "not known"),
        ("page=2", "page", "not known"),
        ("category=billing&category=account", "category", "once"),
    ],
)
def test_what_cannot_be_asked_for_is_named(refused: Program, query: str, field: str, right: str) -> None:
    assert right in fields_of(refused.get(f"/api/tickets/?{query}"))[field]


def test_what_is_odd_but_harmless_is_answered(each_program: Program) -> None:
    each_program.create()
    for query in ("search=%ED%A0%80", "search=%FF", "search=" + "a+" * 100, "after=0-0"):
        assert each_program.listed(query) == []
    for cursor in ("9999999999999999-1", "9999999999999999-999999999999999999"):
        assert each_program.listed(f"after={cursor}") == [1]


def pages(program: Program, query: str) -> Iterator[list[int]]:
    """The pages from this query on, by their links."""
    path: str | None = f"/api/tickets/?{query}"
    while path is not None:
        response = program.get(path)
        assert response.status_code == 200
        yield [ticket["id"] for ticket in response.json]
        link = NEXT.fullmatch(response.headers.get("Link", ""))
        assert (link is None) == ("Link" not in response.headers)
        path = link[1].removeprefix("http://localhost") if link else None


def test_pages_over_tickets_of_the_same_instant_neither_repeat_nor_skip(each_program: Program) -> None:
    instant = datetime(2036, 2, 29, 23, 59, 59, 999_999, UTC)
    with patch("ticketapp.actions.tickets.utc_now", return_value=instant):
        for number in range(30):
            each_program.create(f"Ticket {number}")
    for limit in (1, 7, 30, 31):
        listed = list(pages(each_program, f"limit={limit}"))
        assert all(len(page) == limit for page in listed[:-1])
        assert [ticket_id for page in listed for ticket_id in page] == list(range(30, 0, -1))


def test_pages_keep_their_filter_and_limit(office: Program) -> None:
    query = "category=billing&search=router+%25%26&limit=1"
    assert list(pages(office, query)) == [[]]
    assert list(pages(office, "search=router&priority=critical&limit=1")) == [[4]]
    assert list(pages(office, "search=router&unclassified=no&limit=1")) == [[4], [3], [1]]
    assert list(pages(office, "status=in_progress&assignee=none&limit=1")) == [[4], [3]]


def test_a_new_ticket_does_not_shift_the_next_page(office: Program) -> None:
    through = pages(office, "limit=2")
    assert next(through) == [4, 3]
    office.create()
    assert list(through) == [[2, 1]]


def test_the_last_page_has_no_link(office: Program) -> None:
    assert "Link" not in office.get("/api/tickets/?limit=4").headers
    assert "Link" in office.get("/api/tickets/?limit=3").headers


def test_fifty_tickets_are_listed_by_default(program: Program) -> None:
    for _ in range(51):
        program.create()
    assert len(program.listed()) == 50
    assert len(program.listed("limit=200")) == 51


def test_links_are_made_for_the_public_address(make_sqlite_app: MakeApp) -> None:
    program = program_of(make_sqlite_app(public_url="https://support.example.com"))
    response = program.post("/api/tickets/", json={"title": "a", "description": "b"})
    program.create()
    assert response.headers["Location"] == "https://support.example.com/api/tickets/1/"
    link = program.get("/api/tickets/?limit=1").headers["Link"]
    assert link.startswith("<https://support.example.com/api/tickets/?")


def test_the_address_without_its_last_slash_lists_too(program: Program) -> None:
    program.create()
    assert [ticket["id"] for ticket in program.get("/api/tickets?limit=5").json] == [1]


def test_tickets_are_narrowed_to_where_their_classification_stands(each_program: Program) -> None:
    waiting = each_program.post("/api/tickets/", json={"title": "Fire", "description": "It burns."}).json
    decided = {"title": "Ice", "description": "It melts.", "category": "billing", "priority": "low"}
    done = each_program.post("/api/tickets/", json=decided).json
    assert (waiting["classification"], done["classification"]) == ("queued", "done")
    for state, ticket in (("queued", waiting), ("done", done)):
        listed = each_program.get("/api/tickets/", query_string={"classification": state}).json
        assert [(one["id"], one["classification"]) for one in listed] == [(ticket["id"], state)]
    assert each_program.get("/api/tickets/?classification=lost").status_code == 422
