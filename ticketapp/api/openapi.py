"""The OpenAPI 3.1 document: made from the views and their models once, served at /api/openapi.json."""

from typing import Any, TypeAlias, cast

from apiflask import APIFlask
from flask import Response, current_app, jsonify

from ticketapp.api.access import CSRF_HEADER
from ticketapp.api.blueprint import CSRF_SCHEME, SESSION_SCHEME, TOKEN_SCHEME
from ticketapp.api.outputs import Problem

Json: TypeAlias = dict[str, Any]

EXTENSION = "ticketapp.openapi"
REFERENCE = "#/components/schemas/{model}"
DESCRIPTION = """\
Support tickets for programs. Every path answers with and without its last slash.

**Who may call.** A member of staff, by a bearer token made in the portal or by \
`flask --app wsgi token create EMAIL`; or by the portal's session, where a change needs the session's CSRF token too.

**When something is wrong** the answer is a problem document (RFC 9457, `application/problem+json`): `detail` is a \
sentence, and with 422 `errors` names each value and says what would be right. A name sent twice in one JSON object \
counts as sent last.

**How often.** 600 requests a minute for each token or session user, 60 of them classifications; beyond that 429 \
with `Retry-After`.

**What cannot change.** Field names and their meaning are fixed; new fields may come.
"""
TAGS = [
    {"name": "Tickets", "description": "List, open, read and change."},
    {"name": "Statistics", "description": "How many, and of which kind."},
    {"name": "Classification", "description": "What the model proposes."},
]


def init_app(app: APIFlask) -> None:
    """Say what APIFlask cannot know of the API."""
    app.config.update(
        DESCRIPTION=DESCRIPTION,
        TAGS=TAGS,
        SERVERS=[{"url": "/", "description": "This installation."}],
        SECURITY_SCHEMES=_security_schemes(app.config["SESSION_COOKIE_NAME"]),
        AUTO_200_RESPONSE=False,
        AUTO_404_RESPONSE=False,
        AUTO_AUTH_ERROR_RESPONSE=False,
        AUTO_VALIDATION_ERROR_RESPONSE=False,
    )
    app.spec_processor(_completed)


def document() -> Json:
    """The OpenAPI document of the current application."""
    if EXTENSION not in current_app.extensions:
        current_app.extensions[EXTENSION] = cast(APIFlask, current_app).spec
    return cast(Json, current_app.extensions[EXTENSION])


def as_json() -> Response:
    """The document as a response."""
    return jsonify(document())


def _security_schemes(cookie: str) -> Json:
    return {
        TOKEN_SCHEME: {"type": "http", "scheme": "bearer", "description": "A token of a member of staff."},
        SESSION_SCHEME: {"type": "apiKey", "in": "cookie", "name": cookie, "description": "The portal's session."},
        CSRF_SCHEME: {
            "type": "apiKey",
            "in": "header",
            "name": CSRF_HEADER,
            "description": "With the session, for changes: the token in the portal's pages.",
        },
    }


def _completed(spec: Any) -> Any:
    schema = Problem.model_json_schema(ref_template=REFERENCE)
    spec["components"]["schemas"] |= schema.pop("$defs") | {"Problem": schema}
    for path in spec["paths"].values():
        for operation in path.values():
            if "requestBody" in operation:
                operation["requestBody"]["required"] = True
            for parameter in operation["parameters"]:
                _complete_parameter(parameter)
    return spec


def _complete_parameter(parameter: Json) -> None:
    """OpenAPI keeps the description beside the schema, pydantic inside it."""
    if parameter["in"] == "path":
        parameter.update(description="The ticket's number.", schema={"type": "integer", "minimum": 1})
    description = parameter["schema"].pop("description", None)
    if description:
        parameter["description"] = description
