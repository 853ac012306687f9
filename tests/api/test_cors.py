"""Cross-origin requests: answered only for the origins that are allowed."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.api.conftest import CheckedClient, program_of
from tests.app_fixtures import MakeApp

ALLOWED = "https://shop.example.com"
PREFLIGHT = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "authorization,content-type"}


@pytest.fixture
def client(make_sqlite_app: MakeApp) -> FlaskClient:
    app = make_sqlite_app(cors_allowed_origins=(ALLOWED, "http://localhost:5173/"))
    app.test_client_class = CheckedClient
    return app.test_client()


def cors_headers(response: TestResponse) -> set[str]:
    return {name for name in response.headers.keys() if name.startswith("Access-Control-")}  # noqa: SIM118


@pytest.mark.parametrize("origin", [ALLOWED, "http://localhost:5173", "HTTPS://Shop.example.com"])
def test_a_preflight_of_an_allowed_origin_is_answered(client: FlaskClient, origin: str) -> None:
    response = client.options("/api/tickets/1/", headers={"Origin": origin, **PREFLIGHT})
    assert response.status_code == 204
    assert response.data == b""
    assert response.headers["Access-Control-Allow-Origin"] == origin
    assert response.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS, PATCH"
    assert response.headers["Access-Control-Allow-Headers"] == "Authorization, Content-Type"
    assert int(response.headers["Access-Control-Max-Age"]) > 0
    assert "Origin" in response.vary
    assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example.com", "https://shop.example.com.evil.com", "http://shop.example.com", "null", "", "*"],
)
def test_other_origins_get_no_cors_header(client: FlaskClient, origin: str) -> None:
    for response in (
        client.options("/api/tickets/", headers={"Origin": origin, **PREFLIGHT}),
        client.get("/api/tickets/", headers={"Origin": origin}),
    ):
        assert cors_headers(response) == set()
        assert "Origin" in response.vary


def test_an_allowed_origin_reads_answers_and_problems(make_sqlite_app: MakeApp) -> None:
    program = program_of(make_sqlite_app(cors_allowed_origins=(ALLOWED,)))
    responses = [program.get(path, headers={"Origin": ALLOWED}) for path in ("/api/tickets/", "/api/x")]
    responses.append(program.get("/api/tickets/", headers={"Origin": ALLOWED, "Authorization": "Bearer x"}))
    assert [response.status_code for response in responses] == [200, 404, 401]
    for response in responses:
        assert response.headers["Access-Control-Allow-Origin"] == ALLOWED
        exposed = response.headers["Access-Control-Expose-Headers"]
        assert {"Link", "Location", "Retry-After"} <= set(exposed.split(", "))


def test_the_portal_has_no_cors_header(client: FlaskClient) -> None:
    for path in ("/session/new", "/tickets", "/static/css/tokens.css", "/nothing"):
        assert cors_headers(client.get(path, headers={"Origin": ALLOWED})) == set()


def test_nothing_is_allowed_unless_it_is_set(make_sqlite_app: MakeApp) -> None:
    app = make_sqlite_app()
    response = app.test_client().options("/api/tickets/", headers={"Origin": ALLOWED, **PREFLIGHT})
    assert cors_headers(response) == set()
    assert "Origin" not in response.vary


def test_a_star_allows_every_origin(make_sqlite_app: MakeApp) -> None:
    app = make_sqlite_app(cors_allowed_origins=("*",))
    response = app.test_client().get("/api/tickets/", headers={"Origin": "https://anywhere.example.com"})
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_the_options_of_an_address_need_no_caller(client: FlaskClient) -> None:
    response = client.options("/api/tickets/")
    assert response.status_code == 204
    assert response.allow.as_set(preserve_casing=True) == {"GET", "HEAD", "OPTIONS", "POST"}
