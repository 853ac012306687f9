"""The ticket list: newest first, narrowed by the address, in pages, and fresh by itself."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.app_fixtures import MakeApp, add_user, signed_in
from tests.web.opened import opened, proposal
from tests.web.statements import statements_of
from ticketapp.actions.tickets import change_ticket
from ticketapp.db import db
from ticketapp.models import Ticket, User

START = datetime(2026, 1, 1, tzinfo=UTC)
LIVE = {"HX-Request": "true"}


def numbers(response: TestResponse) -> list[int]:
    """The numbers of the tickets on a page of the list, from the top."""
    return [int(found) for found in re.findall(r'<tr id="ticket-(\d+)"', response.text)]


def link(response: TestResponse, rel: str) -> str | None:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', response.text)
    return found[1].replace("&amp;", "&") if found else None


def test_newest_ticket_comes_first(app: APIFlask, agent_client: FlaskClient) -> None:
    for day in (2, 3, 1):
        opened(app, created_at=START + timedelta(days=day))
    assert numbers(agent_client.get("/tickets")) == [2, 1, 3]


@pytest.fixture
def mixed(app: APIFlask, agent: User) -> APIFlask:
    """Three tickets: 1 billing and high by the machine, 2 technical and low by a person and taken, 3 unclassified."""
    opened(app, title="Invoice charged twice", proposal=proposal("billing", "high"))
    opened(app, title="Export breaks", category="technical", priority="low")
    opened(app, title="Invoice is missing")
    with app.app_context():
        change_ticket(2, {"status": "closed", "assignee_id": agent.id}, by=agent)
    return app


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("category=billing", [1]),
        ("priority=low", [2]),
        ("status=closed", [2]),
        ("status=open", [3, 1]),
        ("unclassified=1", [3]),
        ("assignee=none", [3, 1]),
        ("assignee={agent}", [2]),
        ("search=INVOICE", [3, 1]),
        ("search=invoice+twice", [1]),
        ("search=invoice&category=billing&priority=high&status=open&assignee=none", [1]),
        ("search=invoice&unclassified=1&status=closed", []),
        ("category=&priority=&status=&assignee=&search=", [3, 2, 1]),
    ],
)
def test_filters_combine_in_the_address(
    mixed: APIFlask, agent_client: FlaskClient, agent: User, query: str, expected: list[int]
) -> None:
    assert numbers(agent_client.get(f"/tickets?{query.format(agent=agent.id)}")) == expected


def test_filters_and_search_hold_on_postgresql(postgres_app: APIFlask) -> None:
    client = signed_in(postgres_app, add_user(postgres_app, "agent@example.com", "Gil Agent", "agent"))
    opened(postgres_app, description="x" * 900 + " the needle is here", proposal=proposal())
    opened(postgres_app)
    response = client.get("/tickets?search=needle&category=billing&unclassified=")
    assert numbers(response) == [1]
    assert "the <mark>needle</mark> is here" in response.text


def test_a_merged_ticket_says_where_it_went_and_lists_can_leave_it_out(make_app: MakeApp) -> None:
    app = make_app()
    client = signed_in(app, add_user(app, "agent@example.com", "Gil Agent", "agent"))
    for title in ("Invoice", "Invoice again", "Export"):
        opened(app, title=title)
    client.post("/tickets/1/merger", data={"into": "2"})
    page = client.get("/tickets?search=invoice")
    assert numbers(page) == [2, 1]
    assert 'merged into <a href="/tickets/2">#2</a>' in page.text
    assert page.text.count("merged into <a") == 1
    assert numbers(client.get("/tickets?merged=yes")) == [1]
    assert numbers(client.get("/tickets?merged=no")) == [3, 2]
    assert numbers(client.get("/tickets?merged=no&search=invoice")) == [2]
    assert "Remove the filter not merged" in client.get("/tickets?merged=no").text
    assert client.get("/tickets?merged=perhaps").status_code == 400


def test_what_is_filtered_is_shown_as_chips_that_take_it_away(mixed: APIFlask, agent_client: FlaskClient) -> None:
    page = agent_client.get("/tickets?category=billing&status=in_progress&assignee=none&unclassified=1").text
    for label in ("category: billing", "status: in progress", "assignee: nobody", "unclassified"):
        assert f"Remove the filter {label}" in page
    assert 'href="/tickets?category=billing&amp;assignee=none&amp;unclassified=1"' in page


def test_a_chip_names_the_assignee(mixed: APIFlask, agent_client: FlaskClient, agent: User) -> None:
    assert "assignee: Gil Agent" in agent_client.get(f"/tickets?assignee={agent.id}").text
    assert "assignee: number 4711" in agent_client.get("/tickets?assignee=4711").text


def test_search_words_are_marked_and_text_stays_text(app: APIFlask, agent_client: FlaskClient) -> None:
    opened(app, title="<b>Fire</b> & smoke", description="No fire without <script>alert(1)</script> smoke")
    page = agent_client.get("/tickets?search=FIRE+smoke").text
    assert "&lt;b&gt;<mark>Fire</mark>&lt;/b&gt; &amp; <mark>smoke</mark>" in page
    assert "<script>alert" not in page


def test_excerpt_shows_what_stands_around_the_hit(app: APIFlask, agent_client: FlaskClient) -> None:
    opened(app, description="long " * 400 + "the needle in it")
    assert "<mark>needle</mark>" in agent_client.get("/tickets?search=needle").text


def test_excerpt_is_short_however_long_the_description(app: APIFlask, agent_client: FlaskClient) -> None:
    opened(app, description="y" * 90_000)
    page = agent_client.get("/tickets").text
    assert "y" * 200 in page
    assert "y" * 201 not in page


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("category=cars", "category must be one of billing, technical, account, general."),
        ("priority=urgent", "priority must be one of low, medium, high, critical."),
        ("status=lost", "status must be one of open, in_progress, resolved, closed."),
        ("assignee=me", "assignee must be the number of a member of staff, or none."),
        ("search=" + "x" * 201, "search must be at most 200 characters"),
        ("after=yesterday", "after must be taken from a link of an earlier page."),
        ("before=1-99999999999999999999", "before must be taken from a link of an earlier page."),
    ],
)
def test_a_bad_parameter_is_named_and_the_page_stays_usable(
    app: APIFlask, agent_client: FlaskClient, query: str, sentence: str
) -> None:
    opened(app)
    response = agent_client.get(f"/tickets?{query}")
    assert response.status_code == 400
    assert sentence in response.text
    assert numbers(response) == [1]


def test_two_bad_parameters_are_both_named_and_good_ones_still_count(
    mixed: APIFlask, agent_client: FlaskClient
) -> None:
    response = agent_client.get("/tickets?category=cars&status=lost&search=export")
    assert "category must be" in response.text
    assert "status must be" in response.text
    assert numbers(response) == [2]


def test_pages_lead_to_every_ticket_once_and_back(app: APIFlask, agent_client: FlaskClient) -> None:
    for number in range(60):
        opened(app, created_at=START + timedelta(minutes=number // 2))
    first = agent_client.get("/tickets?status=open")
    second = agent_client.get(link(first, "next") or "")
    third = agent_client.get(link(second, "next") or "")
    assert [*numbers(first), *numbers(second), *numbers(third)] == list(range(60, 0, -1))
    assert link(third, "next") is None
    back = agent_client.get(link(third, "prev") or "")
    assert numbers(back) == numbers(second)


def test_going_back_to_the_start_shows_the_whole_first_page(app: APIFlask, agent_client: FlaskClient) -> None:
    for number in range(40):
        opened(app, created_at=START + timedelta(minutes=number))
    older = agent_client.get(link(agent_client.get("/tickets"), "next") or "")
    back = agent_client.get(link(older, "prev") or "", follow_redirects=True)
    assert back.request.full_path.rstrip("?") == "/tickets"
    assert len(numbers(back)) == 25


def test_count_is_in_words(app: APIFlask, agent_client: FlaskClient) -> None:
    opened(app)
    assert "1 ticket<" in agent_client.get("/tickets").text
    opened(app)
    assert "2 tickets<" in agent_client.get("/tickets").text


def test_count_beyond_a_thousand_is_bounded(
    app: APIFlask, agent_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ticketapp.queries.tickets.COUNT_CEILING", 52)
    for _ in range(53):
        opened(app)
    assert "52+ tickets" in agent_client.get("/tickets").text


def test_count_of_hits_is_bounded_sooner(
    app: APIFlask, agent_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ticketapp.queries.tickets.SEARCH_COUNT_CEILING", 51)
    for _ in range(52):
        opened(app, title="Printer")
    assert "51+ tickets" in agent_client.get("/tickets?search=printer").text


def test_an_empty_list_says_what_to_do_next(agent_client: FlaskClient) -> None:
    assert "No tickets yet" in agent_client.get("/tickets").text
    assert "No ticket matches" in agent_client.get("/tickets?search=nothing").text


def test_a_live_list_answers_a_fragment_and_then_304_until_something_changes(
    app: APIFlask, agent_client: FlaskClient, agent: User
) -> None:
    opened(app)
    first = agent_client.get("/tickets", headers=LIVE)
    assert numbers(first) == [1]
    assert "<html" not in first.text
    known = LIVE | {"If-None-Match": first.headers["ETag"]}
    with statements_of(app) as sent:
        unchanged = agent_client.get("/tickets", headers=known)
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert len([statement for statement in sent if "FROM ticket" in statement]) == 1
    with app.app_context():
        change_ticket(1, {"status": "resolved"}, by=agent)
    assert agent_client.get("/tickets", headers=known).status_code == 200


def test_a_live_list_keeps_to_its_filter(app: APIFlask, agent_client: FlaskClient) -> None:
    opened(app, category="billing")
    opened(app, category="technical")
    assert numbers(agent_client.get("/tickets?category=billing", headers=LIVE)) == [1]


def test_only_the_first_page_is_live(app: APIFlask, agent_client: FlaskClient) -> None:
    for number in range(51):
        opened(app, created_at=START + timedelta(minutes=number))
    first = agent_client.get("/tickets")
    assert "data-live" in first.text
    assert "data-live" not in agent_client.get(link(first, "next") or "").text


def test_cost_of_the_list_does_not_grow_with_its_rows(app: APIFlask, agent_client: FlaskClient, agent: User) -> None:
    def cost() -> int:
        with statements_of(app) as sent:
            agent_client.get("/tickets")
        return len(sent)

    def open_many(first: int) -> None:
        for number in range(first, first + 30):
            opened(app, requester_email=f"jo{number}@example.com", by=agent)

    open_many(0)
    agent_client.get("/tickets")
    at_thirty = cost()
    open_many(30)
    assert cost() == at_thirty
    with app.app_context():
        assert db.session.scalar(select(func.count(Ticket.id))) == 60


def test_only_admins_are_offered_to_reclassify_all(agent_client: FlaskClient, admin_client: FlaskClient) -> None:
    assert "Reclassify all" not in agent_client.get("/tickets").text
    assert "Reclassify all" in admin_client.get("/tickets").text
