"""Clients that call the API as programs do: by bearer token, every problem they meet checked for its form."""

import itertools
import shutil
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.app_fixtures import MakeApp, add_user, settings
from ticketapp import create_app
from ticketapp.actions.tokens import create_token
from ticketapp.models import User

PROBLEM_KEYS = {"type", "title", "status", "detail"}
_numbers = itertools.count(1)


class CheckedClient(FlaskClient):
    """A test client for which whatever is wrong below /api/ must be a problem document."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        if response.request.path.startswith("/api/"):
            check_response(response)
        return response


class Program:
    """A program with a token. Methods are those of the test client; ``app`` and ``user`` are whose it is."""

    def __init__(self, app: APIFlask, user: User, secret: str) -> None:
        self.app, self.user, self.secret = app, user, secret
        self._client = app.test_client()

    def open(self, path: str, method: str, **kwargs: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.secret}", **kwargs.pop("headers", {})}
        return self._client.open(path, method=method, headers=headers, **kwargs)

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self.open(path, "GET", **kwargs)

    def post(self, path: str, **kwargs: Any) -> TestResponse:
        return self.open(path, "POST", **kwargs)

    def patch(self, path: str, **kwargs: Any) -> TestResponse:
        return self.open(path, "PATCH", **kwargs)

    def create(self, title: str = "Printer", description: str = "It does not print.", **more: Any) -> dict[str, Any]:
        """A new ticket, as the API shows it."""
        response = self.post("/api/tickets/", json={"title": title, "description": description, **more})
        assert response.status_code == 201, response.text
        ticket: dict[str, Any] = response.json
        return ticket

    def listed(self, query: str = "") -> list[int]:
        """The numbers of the tickets listed under this query string."""
        response = self.get(f"/api/tickets/?{query}")
        assert response.status_code == 200, response.text
        return [ticket["id"] for ticket in response.json]


def program_of(app: APIFlask, role: str = "agent") -> Program:
    """A program of a new member of staff."""
    app.test_client_class = CheckedClient
    user = add_user(app, f"program{next(_numbers)}@example.com", "Pat Program", role)
    with app.app_context():
        _, secret = create_token(user, "tests")
    return Program(app, user, secret)


def check_response(response: TestResponse) -> None:
    """What every answer below /api/ keeps to."""
    if response.status_code >= 400:
        assert response.content_type == "application/problem+json"
        document = response.json
        assert set(document) - {"errors"} == PROBLEM_KEYS
        assert document["status"] == response.status_code
        assert document["detail"].strip()
        assert all(set(error) == {"field", "detail"} for error in document.get("errors", []))
    elif response.request.path != "/api/docs":
        assert "html" not in response.headers.get("Content-Type", "")


def fields_of(response: TestResponse) -> dict[str, str]:
    """What a 422 says of each field."""
    assert response.status_code == 422, response.text
    return {error["field"]: error["detail"] for error in response.json["errors"]}


@pytest.fixture(scope="session")
def refused(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A program whose requests are all refused; one application for many tests, in which nothing ever is."""
    config = settings(tmp_path_factory.mktemp("refused"))
    shutil.copy(sqlite_template, config.database_url.removeprefix("sqlite:///"))
    app = create_app(config)
    app.testing = True
    app.config["API_RATE_LIMIT"] = "1000000 per minute"
    return program_of(app)


@pytest.fixture
def program(app: APIFlask) -> Program:
    """A program on SQLite."""
    return program_of(app)


@pytest.fixture
def each_program(make_app: MakeApp) -> Program:
    """A program on either database in turn."""
    return program_of(make_app())
