"""Random input: whatever is sent, the API answers as documented and never breaks."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from tests.api.conftest import Program, program_of
from tests.app_fixtures import MakeApp

FIELDS = [
    "title",
    "description",
    "category",
    "priority",
    "status",
    "assignee",
    "requester_email",
    "requester_name",
    "id",
    "requester",
]
PARAMETERS = ["category", "priority", "status", "merged", "assignee", "unclassified", "search", "limit", "after"]
TAME = st.sampled_from(["billing", "high", "open", "jo@example.com", "1", "none", "true", "\0", "\ud800", "", " "])
TEXT = TAME | st.text(st.characters(), max_size=30)
NUMBERS = st.integers() | st.floats() | st.sampled_from([2**31, 2**63 - 1, 2**63, -(2**63), 10**300])
SCALARS = st.none() | st.booleans() | NUMBERS | TEXT
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3))
BODIES = st.dictionaries(st.sampled_from(FIELDS) | TEXT, JSON, max_size=6) | JSON
TIDY_BODIES = st.fixed_dictionaries({"title": TEXT, "description": TEXT}, optional=dict.fromkeys(FIELDS[2:], SCALARS))
CHECKS = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
)


@pytest.fixture
def tireless(make_app: MakeApp) -> Program:
    """A program without limits, and a ticket for it to change."""
    app = make_app()
    app.config.update(API_RATE_LIMIT="1000000 per minute", API_CLASSIFY_RATE_LIMIT="1000000 per minute")
    program = program_of(app)
    program.create()
    return program


def sent(program: Program, method: str, path: str, body: Any) -> TestResponse:
    """The answer to any JSON, null too, which the client itself would take for no body."""
    return program.open(path, method, data=json.dumps(body), content_type="application/json")


@CHECKS
@given(body=TIDY_BODIES | BODIES)
def test_any_json_posted_makes_a_ticket_or_a_problem(tireless: Program, body: Any) -> None:
    assert sent(tireless, "POST", "/api/tickets/", body).status_code in (201, 422)


@CHECKS
@given(body=BODIES | st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, SCALARS)))
def test_any_json_patched_changes_a_ticket_or_is_a_problem(tireless: Program, body: Any) -> None:
    assert sent(tireless, "PATCH", "/api/tickets/1/", body).status_code in (200, 422)


@CHECKS
@given(body=BODIES | st.fixed_dictionaries({"description": SCALARS}, optional={"title": SCALARS}))
def test_any_json_is_classified_or_is_a_problem(tireless: Program, body: Any) -> None:
    assert sent(tireless, "POST", "/api/tickets/classify/", body).status_code in (200, 422)


@CHECKS
@given(query=st.dictionaries(st.sampled_from(PARAMETERS) | TAME.filter(bool), TEXT, max_size=4))
def test_any_query_lists_or_is_a_problem(tireless: Program, query: dict[str, str]) -> None:
    asked = {name: value.encode(errors="replace") for name, value in query.items() if name.isprintable()}
    assert tireless.get("/api/tickets/", query_string=asked).status_code in (200, 422)


@CHECKS
@given(body=st.binary(max_size=200) | st.text(max_size=50).map(str.encode))
def test_any_bytes_are_a_problem_or_json(tireless: Program, body: bytes) -> None:
    response = tireless.post("/api/tickets/", data=body, content_type="application/json")
    assert response.status_code in (400, 422)
