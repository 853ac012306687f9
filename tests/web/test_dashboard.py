"""The dashboard: true figures from one statement, each leading to the list behind it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from tests.app_fixtures import MakeApp, add_user, signed_in
from tests.web.opened import opened, proposal
from tests.web.statements import statements_of
from ticketapp.actions.tickets import change_ticket
from ticketapp.models import User

LIVE = {"HX-Request": "true"}


def figures(page: str) -> dict[str, str]:
    """The large figures by their caption."""
    panels = re.findall(r'class="figure-panel">.*?caption">(.*?)</p>.*?figure-value">(.*?)</p>', page, re.DOTALL)
    return {caption: re.sub("<[^>]+>", "", value) for caption, value in panels}


def breakdown(page: str, title: str) -> dict[str, str]:
    """The bars of one breakdown: label to figure."""
    figure = page.split(f">{title}<")[1].split("</figure>")[0]
    return dict(re.findall(r'dimension-label"[^>]*>(.*?)</a>\s*<span class="visually-hidden">(.*?)</span>', figure))


@pytest.fixture
def office(make_app: MakeApp) -> tuple[APIFlask, FlaskClient]:
    """On either database: four tickets over ten days, and an agent's client."""
    app = make_app()
    now = datetime.now(UTC)
    opened(app, created_at=now - timedelta(days=10), category="billing", priority="low")
    opened(app, created_at=now - timedelta(days=2), proposal=proposal("technical", "high"))
    opened(app, created_at=now - timedelta(days=2))
    opened(app)
    agent = add_user(app, "agent@example.com", "Gil Agent", "agent")
    with app.app_context():
        change_ticket(2, {"status": "in_progress"}, by=agent)
    return app, signed_in(app, agent)


def test_figures_are_true(office: tuple[APIFlask, FlaskClient]) -> None:
    page = office[1].get("/").text
    assert figures(page) == {"Tickets": "4", "Open": "3", "A day": "0.4", "Unclassified": "2"}
    assert breakdown(page, "By priority") == {"low": "1", "medium": "2", "high": "1", "critical": "0"}
    assert breakdown(page, "By category") == {"billing": "1", "technical": "1", "account": "0", "general": "2"}
    assert breakdown(page, "By status") == {"open": "3", "in progress": "1", "resolved": "0", "closed": "0"}


def test_tickets_a_day_are_plotted_for_thirty_days(office: tuple[APIFlask, FlaskClient]) -> None:
    rows = re.findall(r'<th scope="row">(\d{4}-\d\d-\d\d)</th><td[^>]*>(\d+)</td>', office[1].get("/").text)
    today = datetime.now(UTC).date()
    assert len(rows) == 30
    assert rows[-1] == (today.isoformat(), "1")
    assert dict(rows)[(today - timedelta(days=2)).isoformat()] == "2"
    assert dict(rows)[(today - timedelta(days=10)).isoformat()] == "1"


@pytest.mark.parametrize("query", ["priority=low", "category=technical", "status=in_progress", "status=closed"])
def test_every_bar_leads_to_the_tickets_it_counts(office: tuple[APIFlask, FlaskClient], query: str) -> None:
    client = office[1]
    name, value = query.split("=")
    page = client.get("/").text
    assert f'href="/tickets?{query}&amp;merged=no"' in page
    counted = int(breakdown(page, f"By {name}")[value.replace("_", " ")])
    assert client.get(f"/tickets?{query}&merged=no").text.count('<tr id="ticket-') == counted


def test_the_figures_come_from_one_statement(office: tuple[APIFlask, FlaskClient]) -> None:
    app, client = office
    client.get("/")
    with statements_of(app) as sent:
        client.get("/")
    assert len([statement for statement in sent if "ticket" in statement]) == 1
    assert len(sent) == 2, "the figures, and who is signed in"


def test_the_cost_does_not_grow_with_the_tickets(app: APIFlask, agent_client: FlaskClient) -> None:
    agent_client.get("/")
    with statements_of(app) as before:
        agent_client.get("/")
    for _ in range(20):
        opened(app)
    with statements_of(app) as after:
        agent_client.get("/")
    assert len(after) == len(before)


def test_the_live_part_answers_304_until_something_changes(
    app: APIFlask, agent_client: FlaskClient, agent: User
) -> None:
    opened(app)
    first = agent_client.get("/", headers=LIVE)
    assert figures(first.text)["Open"] == "1"
    assert "<html" not in first.text
    known = LIVE | {"If-None-Match": first.headers["ETag"]}
    unchanged = agent_client.get("/", headers=known)
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    with app.app_context():
        change_ticket(1, {"status": "closed"}, by=agent)
    assert figures(agent_client.get("/", headers=known).text)["Open"] == "0"


def test_an_empty_system_has_a_dashboard(agent_client: FlaskClient) -> None:
    page = agent_client.get("/").text
    assert figures(page) == {"Tickets": "0", "Open": "0", "A day": "0.0", "Unclassified": "0"}
    assert "none yet" in page


def test_the_dashboard_is_for_staff(app: APIFlask) -> None:
    response = app.test_client().get("/")
    assert response.status_code == 303
    assert response.location.startswith("/session/new")


def test_a_merged_ticket_counts_with_the_one_in_which_it_goes_on(office: tuple[APIFlask, FlaskClient]) -> None:
    client = office[1]
    client.post("/tickets/4/merger", data={"into": "2"})
    page = client.get("/").text
    assert figures(page) == {"Tickets": "3", "Open": "2", "A day": "0.3", "Unclassified": "1"}
    assert breakdown(page, "By status") == {"open": "2", "in progress": "1", "resolved": "0", "closed": "0"}
    assert breakdown(page, "By category") == {"billing": "1", "technical": "1", "account": "0", "general": "1"}
    client.post("/tickets/4/separation")
    assert figures(client.get("/").text)["Tickets"] == "4"
