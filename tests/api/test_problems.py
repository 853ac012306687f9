"""What the API says when something is wrong: always a problem document, never a page."""

import io
import json
from typing import Any
from unittest.mock import patch

import pytest
from apiflask import APIFlask

from tests.api.conftest import CheckedClient, Program, fields_of, program_of
from tests.app_fixtures import MakeApp

TICKETS = "/api/tickets/"


def post(program: Program, data: bytes, content_type: str | None = "application/json") -> Any:
    return program.post(TICKETS, data=data, content_type=content_type)


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/",
        "/api/ticket",
        "/api/tickets/x/",
        "/api/tickets/-1/",
        "/api/tickets/1/messages/",
        "/api/docs/x",
        "/api/\u00e9",
        "/api/../tickets",
        "/api/%00",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_an_unknown_address(refused: Program, path: str, method: str) -> None:
    response = refused.open(path, method)
    assert response.status_code == 404
    assert response.content_type == "application/problem+json"
    assert response.json["detail"] == "There is nothing at this address."


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/api/tickets/", {"GET", "HEAD", "OPTIONS", "POST"}),
        ("PUT", "/api/tickets/1/", {"GET", "HEAD", "OPTIONS", "PATCH"}),
        ("POST", "/api/tickets/1/", {"GET", "HEAD", "OPTIONS", "PATCH"}),
        ("POST", "/api/tickets/stats/", {"GET", "HEAD", "OPTIONS"}),
        ("GET", "/api/tickets/classify/", {"OPTIONS", "POST"}),
        ("POST", "/api/openapi.json", {"GET", "HEAD", "OPTIONS"}),
        ("POST", "/api/docs", {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_a_method_that_is_not_taken(refused: Program, method: str, path: str, allowed: set[str]) -> None:
    response = refused.open(path, method, json={})
    assert response.status_code == 405
    assert response.allow.as_set(preserve_casing=True) == allowed
    assert method in response.json["detail"]


def test_a_doubled_slash_is_sent_on_without_a_page(refused: Program) -> None:
    response = refused.post("/api//tickets/", json={"title": "a"})
    assert response.status_code == 308
    assert response.headers["Location"].endswith("/api/tickets/")
    assert response.data == b""


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "no body"),
        (b" \n", "no body"),
        (b"{", "line 1 column 2"),
        (b'{"title": "a",}', "line 1 column"),
        (b"title=a", "line 1 column 1"),
        (b"{'title': 'a'}", "line 1 column 2"),
        (b'{"title": "\xff"}', "UTF-8"),
        (b'{"title": "a\x00b"}', "line 1 column"),
        (b'{"id": ' + b"1" * 5000 + b"}", "too long"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
    ],
)
def test_a_body_that_is_not_json(refused: Program, body: bytes, what: str) -> None:
    response = post(refused, body)
    assert response.status_code == 400
    assert what in response.json["detail"]


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"1", b"null", b"true", b"NaN", b'[{"title": "a"}]'])
@pytest.mark.parametrize(("method", "path"), [("POST", TICKETS), ("PATCH", "/api/tickets/1/")])
def test_json_that_is_no_object(refused: Program, method: str, path: str, body: bytes) -> None:
    response = refused.open(path, method, data=body, content_type="application/json")
    assert "JSON object" in fields_of(response)["body"]


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonp", None],
)
def test_a_body_of_another_type(refused: Program, content_type: str | None) -> None:
    response = post(refused, b'{"title": "a", "description": "b"}', content_type)
    assert response.status_code == 415
    assert "application/json" in response.json["detail"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_json_in_any_unicode_encoding_is_read(program: Program, encoding: str) -> None:
    body = json.dumps({"title": "Zoë", "description": "b"}, ensure_ascii=False).encode(encoding)
    assert post(program, body, "application/json; charset=utf-8").json["title"] == "Zoë"


def test_a_name_sent_twice_counts_as_sent_last(program: Program) -> None:
    assert post(program, b'{"title": "a", "description": "b", "title": "c"}').json["title"] == "c"


def test_a_body_that_is_too_large(refused: Program) -> None:
    response = post(refused, b'{"title": "' + b"x" * 1_500_000 + b'"}')
    assert response.status_code == 413
    assert response.json["detail"] == "The body is larger than this server takes: 1,500,000 bytes at most."


def test_a_body_that_is_too_large_and_does_not_state_its_length(refused: Program) -> None:
    chunked = {"wsgi.input": io.BytesIO(b"x" * 2_000_000), "wsgi.input_terminated": True}
    response = refused.post(TICKETS, content_type="application/json", environ_overrides=chunked)
    assert response.status_code == 413


def test_an_installation_may_set_a_lower_limit(make_sqlite_app: MakeApp) -> None:
    program = program_of(make_sqlite_app(max_request_bytes=100_000))
    assert post(program, b'{"title": "' + b"x" * 100_000 + b'"}').status_code == 413


def test_what_breaks_is_told_without_details(app: APIFlask) -> None:
    program = program_of(app)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with patch("ticketapp.api.figures.dashboard.overview", side_effect=RuntimeError("the secret cause")):
        response = program.get("/api/tickets/stats/")
    assert response.status_code == 500
    assert "secret" not in response.text


def test_a_broken_documentation_page_is_a_problem_too(app: APIFlask) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.test_client_class = CheckedClient
    with patch("ticketapp.api.docs.openapi.document", side_effect=RuntimeError("the secret cause")):
        assert app.test_client().get("/api/docs").status_code == 500


def test_an_unknown_host(make_sqlite_app: MakeApp) -> None:
    app = make_sqlite_app(trusted_hosts=("support.example.com",))
    app.test_client_class = CheckedClient
    client = app.test_client()
    assert client.get(TICKETS, base_url="http://evil.example.com").status_code == 400
    assert client.get("/api/x", base_url="http://evil.example.com").status_code == 400
    assert client.get(TICKETS, base_url="http://support.example.com").status_code == 401


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "image/*;q=0"])
def test_what_a_client_says_it_accepts_changes_nothing(refused: Program, accept: str) -> None:
    response = refused.get(TICKETS, headers={"Accept": accept})
    assert response.content_type == "application/json"
    assert refused.get("/api/x", headers={"Accept": accept}).status_code == 404


def test_nothing_is_kept_by_caches(refused: Program) -> None:
    for path in (TICKETS, "/api/x"):
        response = refused.get(path)
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
