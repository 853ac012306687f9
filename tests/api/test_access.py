"""Who may call the API, and how often."""

import re

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from tests.api.conftest import CheckedClient, Program, program_of
from tests.app_fixtures import MakeApp, add_user, signed_in
from ticketapp.actions.tokens import revoke_token
from ticketapp.actions.users import deactivate
from ticketapp.models import User
from ticketapp.queries import users

TICKET = {"title": "Printer", "description": "It does not print."}
EVERY_OPERATION = [
    ("GET", "/api/tickets/"),
    ("POST", "/api/tickets/"),
    ("GET", "/api/tickets/1/"),
    ("PATCH", "/api/tickets/1/"),
    ("GET", "/api/tickets/stats/"),
    ("POST", "/api/tickets/classify/"),
]


@pytest.fixture
def nobody(app: APIFlask) -> FlaskClient:
    app.test_client_class = CheckedClient
    return app.test_client()


@pytest.fixture
def session(app: APIFlask, agent: User) -> FlaskClient:
    """A signed-in browser, with CSRF checks on."""
    app.test_client_class = CheckedClient
    client = signed_in(app, agent)
    app.config["WTF_CSRF_ENABLED"] = True
    return client


def csrf_token(client: FlaskClient) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/api/docs").text)
    assert found
    return found[1]


@pytest.mark.parametrize(("method", "path"), EVERY_OPERATION)
def test_every_operation_needs_a_caller(nobody: FlaskClient, method: str, path: str) -> None:
    response = nobody.open(path, method=method, json=TICKET)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert "token" in response.json["detail"]


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "Bearer tkt_wrong", "bearer \xff", "Basic dXNlcjpwYXNz", "Basic !", "Token abc", "", "abc"],
)
def test_a_wrong_authorization_header_is_refused_even_with_a_session(session: FlaskClient, header: str) -> None:
    response = session.get("/api/tickets/", headers={"Authorization": header})
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_word_bearer_may_be_written_in_any_case(program: Program) -> None:
    response = program.get("/api/tickets/", headers={"Authorization": f"bEARER {program.secret}"})
    assert response.status_code == 200


def test_a_revoked_token_is_refused(program: Program) -> None:
    with program.app.app_context():
        revoke_token(users.tokens_of(program.user.id)[0].id, by=users.find(program.user.id))
    response = program.get("/api/tickets/")
    assert response.status_code == 401
    assert "invalid_token" in response.headers["WWW-Authenticate"]


def test_the_token_of_a_closed_account_is_refused(program: Program) -> None:
    admin = add_user(program.app, "boss@example.com", "Bo Boss", "admin")
    with program.app.app_context():
        deactivate(program.user.id, by=admin)
    assert program.get("/api/tickets/").status_code == 401


def test_the_use_of_a_token_is_noted(each_program: Program) -> None:
    each_program.get("/api/tickets/")
    with each_program.app.app_context():
        assert users.tokens_of(each_program.user.id)[0].last_used_at is not None


@pytest.mark.parametrize("role", ["agent", "admin"])
def test_agents_and_admins_may_call_everything(app: APIFlask, role: str) -> None:
    program = program_of(app, role)
    assert program.create()["id"] == 1
    codes = [program.open(path, method, json=TICKET).status_code for method, path in EVERY_OPERATION]
    assert codes == [200, 201, 200, 200, 200, 200]


def test_every_view_says_who_may_open_it(app: APIFlask) -> None:
    said = {
        name: getattr(view, "access", None) for name, view in app.view_functions.items() if name.startswith("api")
    }
    assert said.pop("api_docs.document") == said.pop("api_docs.page") == "public"
    assert len(said) == len(EVERY_OPERATION)
    assert set(said.values()) == {"api"}


def test_a_session_may_read_without_more(session: FlaskClient) -> None:
    assert session.get("/api/tickets/").status_code == 200


@pytest.mark.parametrize("headers", [{}, {"X-CSRFToken": ""}, {"X-CSRFToken": "made up"}])
def test_a_session_changes_nothing_without_its_csrf_token(session: FlaskClient, headers: dict[str, str]) -> None:
    response = session.post("/api/tickets/", json=TICKET, headers=headers)
    assert response.status_code == 403
    assert "X-CSRFToken" in response.json["detail"]
    assert session.get("/api/tickets/").json == []


def test_a_session_with_its_csrf_token_may_change(session: FlaskClient) -> None:
    headers = {"X-CSRFToken": csrf_token(session)}
    assert session.post("/api/tickets/", json=TICKET, headers=headers).status_code == 201
    assert session.patch("/api/tickets/1/", json={"status": "closed"}, headers=headers).json["status"] == "closed"


def test_a_token_needs_no_csrf_token(program: Program) -> None:
    assert program.post("/api/tickets/", json=TICKET).status_code == 201


def test_a_token_gets_exactly_as_many_requests_as_the_limit_says(app: APIFlask) -> None:
    app.config["API_RATE_LIMIT"] = "3 per minute"
    first, second = program_of(app), program_of(app)
    codes = [first.get("/api/tickets/").status_code for _ in range(3)]
    response = first.get("/api/tickets/stats/")
    assert codes == [200, 200, 200]
    assert response.status_code == 429
    assert 1 <= int(response.headers["Retry-After"]) <= 61
    assert "3 per 1 minute" in response.json["detail"]
    assert second.get("/api/tickets/").status_code == 200


def test_classifying_has_a_limit_of_its_own(app: APIFlask) -> None:
    app.config["API_CLASSIFY_RATE_LIMIT"] = "2 per minute"
    program = program_of(app)
    codes = [program.post("/api/tickets/classify/", json={"description": "Help"}).status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    assert program.get("/api/tickets/").status_code == 200


def test_a_session_is_limited_too(app: APIFlask, session: FlaskClient) -> None:
    app.config["API_RATE_LIMIT"] = "1 per minute"
    assert [session.get("/api/tickets/").status_code for _ in range(2)] == [200, 429]


def test_limits_still_hold_without_redis(make_sqlite_app: MakeApp) -> None:
    app = make_sqlite_app(redis_url="redis://127.0.0.1:9/0")
    app.config["API_RATE_LIMIT"] = "2 per minute"
    program = program_of(app)
    assert [program.get("/api/tickets/").status_code for _ in range(3)] == [200, 200, 429]
