"""The OpenAPI document: valid, and true of what the API does."""

from typing import Any

import pytest
from apiflask import APIFlask
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.api.conftest import Program

Json = dict[str, Any]


@pytest.fixture
def document(app: APIFlask) -> Json:
    response = app.test_client().get("/api/openapi.json")
    assert response.status_code == 200
    assert response.content_type == "application/json"
    found: Json = response.json
    return found


def operations(document: Json) -> dict[str, Json]:
    return {operation["operationId"]: operation for path in document["paths"].values() for operation in path.values()}


def schema_of(document: Json, status: str, operation_id: str) -> Json:
    """The schema of a response, with what it refers to."""
    [content] = operations(document)[operation_id]["responses"][status]["content"].values()
    return {**content["schema"], "components": document["components"]}


def test_the_document_is_valid_openapi_3_1(document: Json) -> None:
    assert document["openapi"].startswith("3.1.")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_it_documents_every_address_and_nothing_else(document: Json) -> None:
    assert {path: sorted(methods) for path, methods in document["paths"].items()} == {
        "/api/tickets/": ["get", "post"],
        "/api/tickets/stats/": ["get"],
        "/api/tickets/classify/": ["post"],
        "/api/tickets/{ticket_id}/": ["get", "patch"],
    }


def test_every_operation_is_described(document: Json) -> None:
    for name, operation in operations(document).items():
        assert operation["summary"], name
        assert {"401", "429"} <= operation["responses"].keys()
        for status, response in operation["responses"].items():
            kind = "application/json" if status in ("200", "201") else "application/problem+json"
            assert response["description"]
            assert list(response["content"]) == [kind]
        for parameter in operation["parameters"]:
            assert parameter["description"], (name, parameter["name"])


def test_both_ways_of_calling_are_documented(document: Json) -> None:
    schemes = document["components"]["securitySchemes"]
    assert schemes["bearerToken"]["scheme"] == "bearer"
    assert (schemes["portalSession"]["in"], schemes["portalSession"]["name"]) == ("cookie", "session")
    assert schemes["csrfToken"]["name"] == "X-CSRFToken"
    for operation in operations(document).values():
        changes = "requestBody" in operation
        assert {"bearerToken": []} in operation["security"]
        session = {"portalSession": [], "csrfToken": []} if changes else {"portalSession": []}
        assert session in operation["security"]


def test_bodies_are_required_and_take_no_unknown_field(document: Json) -> None:
    schemas = document["components"]["schemas"]
    for name in ("createTicket", "changeTicket", "classifyText"):
        body = operations(document)[name]["requestBody"]
        assert body["required"] is True
        [content] = body["content"].values()
        assert schemas[content["schema"]["$ref"].rpartition("/")[2]]["additionalProperties"] is False
    assert schemas["TicketCreation"]["required"] == ["title", "description"]
    assert "required" not in schemas["TicketChange"]
    assert schemas["TicketCreation"]["properties"]["title"]["maxLength"] == 200


def test_answers_are_as_documented(document: Json, program: Program) -> None:
    program.create(requester_email="jo@example.com")
    program.patch("/api/tickets/1/", json={"assignee": program.user.id})
    program.create()
    for operation_id, status, response in (
        ("listTickets", "200", program.get("/api/tickets/")),
        ("createTicket", "201", program.post("/api/tickets/", json={"title": "a", "description": "b"})),
        ("createTicket", "422", program.post("/api/tickets/", json={})),
        ("createTicket", "415", program.post("/api/tickets/", data=b"x")),
        ("getTicket", "200", program.get("/api/tickets/1/")),
        ("getTicket", "404", program.get("/api/tickets/99/")),
        ("changeTicket", "200", program.patch("/api/tickets/1/", json={"status": "closed"})),
        ("getStatistics", "200", program.get("/api/tickets/stats/")),
        ("classifyText", "200", program.post("/api/tickets/classify/", json={"description": "a"})),
    ):
        assert str(response.status_code) == status
        Draft202012Validator(schema_of(document, status, operation_id)).validate(response.json)


def test_the_examples_of_bodies_are_taken(document: Json, program: Program) -> None:
    properties = document["components"]["schemas"]["TicketCreation"]["properties"]
    body = {name: schema["examples"][0] for name, schema in properties.items() if "examples" in schema}
    assert {"title", "description", "requester_email", "requester_name"} == body.keys()
    assert program.post("/api/tickets/", json=body).status_code == 201


def test_the_server_named_is_not_what_a_request_says(app: APIFlask) -> None:
    document = app.test_client().get("/api/openapi.json", headers={"Host": "evil.example.com"}).json
    assert [server["url"] for server in document["servers"]] == ["/"]
