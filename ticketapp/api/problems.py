"""What the API answers when something is wrong: problem documents (RFC 9457), never a page."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from apiflask import APIFlask, HTTPError
from flask import Blueprint, Response, request
from flask_limiter import RateLimitExceeded
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.routing import RequestRedirect

from ticketapp.api.blueprint import PROBLEM_TYPE
from ticketapp.errors import Conflict, InvalidInput, NotAllowed, NotFound, TicketAppError
from ticketapp.extensions import seconds_until_allowed

Headers: TypeAlias = Iterable[tuple[str, str]]

BODY = "body"
REPORTED_ERRORS = 20
REPORTED_CHARACTERS = 100
SENTENCES = {
    400: "The request cannot be read.",
    404: "There is nothing at this address.",
    405: "This address cannot be asked for with {method}.",
    413: "The body is larger than this server takes: {limit} bytes at most.",
    429: "Too many requests.",
    500: "Something broke on our side. It was written down.",
}
STATUSES: dict[type[TicketAppError], int] = {InvalidInput: 422, NotFound: 404, Conflict: 409, NotAllowed: 403}


@dataclass(frozen=True, slots=True)
class FieldError:
    """One value that cannot be taken; ``detail`` is a sentence that says what would be right."""

    field: str
    detail: str


def init_app(app: APIFlask) -> None:
    """Answer what no view below /api/ takes: unknown addresses, wrong methods, unknown hosts."""
    app.before_request(_answer_unroutable)


def answer_errors_of(blueprint: Blueprint) -> None:
    """Turn every error of the blueprint's views into a problem document."""
    blueprint.register_error_handler(HTTPException, _for_http_error)
    blueprint.register_error_handler(HTTPError, _for_invalid_shape)
    blueprint.register_error_handler(TicketAppError, _for_refusal)


def problem(status: int, detail: str, *, errors: Iterable[FieldError] = (), headers: Headers = ()) -> Response:
    """A problem document with this status; ``detail`` is a sentence for people."""
    document = {"type": "about:blank", "title": HTTP_STATUS_CODES[status], "status": status, "detail": detail}
    listed = [{"field": _printable(error.field), "detail": error.detail} for error in errors]
    body = json.dumps({**document, "errors": listed} if listed else document)
    response = Response(body, status, content_type=PROBLEM_TYPE)
    response.headers.extend(list(headers))
    return response


def _answer_unroutable() -> Response | None:
    error = request.routing_exception
    if error is None or not (request.path == "/api" or request.path.startswith("/api/")):
        return None
    if isinstance(error, RequestRedirect):
        return Response(status=error.code, headers={"Location": error.new_url}, content_type="text/plain")
    return _for_http_error(error)


def _for_http_error(error: HTTPException) -> Response:
    status = error.code or 500
    detail = error.description if error.description != type(error).description else None
    if detail is None or isinstance(error, RateLimitExceeded):
        sentence = SENTENCES.get(status, f"{HTTP_STATUS_CODES.get(status, 'Error')}.")
        detail = sentence.format(method=request.method, limit=f"{request.max_content_length or 0:,}")
    headers = [(name, value) for name, value in error.get_headers() if name != "Content-Type"]
    if isinstance(error, RateLimitExceeded):
        seconds = seconds_until_allowed()
        headers.append(("Retry-After", str(seconds)))
        detail = f"Too many requests: the limit is {error.limit.limit}. Go on in {seconds} s."
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        detail += f" It takes {', '.join(sorted(error.valid_methods))}."
    return problem(status, detail, headers=headers)


def _for_refusal(error: TicketAppError) -> Response:
    status = next(status for kind, status in STATUSES.items() if isinstance(error, kind))
    errors = [FieldError(error.field, error.sentence)] if isinstance(error, InvalidInput) else []
    return problem(status, str(error), errors=errors)


def _for_invalid_shape(error: HTTPError) -> Response:
    """What APIFlask raises for a body or query that does not fit its model; the cause holds what was wrong."""
    cause = error.__cause__
    if not isinstance(cause, ValidationError):
        return problem(error.status_code, str(error.message))
    found = cause.errors(include_url=False, include_input=False)[:REPORTED_ERRORS]
    errors = [FieldError(_field(item), _sentence(item)) for item in found]
    return problem(422, " ".join(item.detail for item in errors), errors=errors)


def _field(item: ErrorDetails) -> str:
    return ".".join(str(part) for part in item["loc"]) or BODY


def _sentence(item: ErrorDetails) -> str:
    name = _printable(_field(item))
    if item["type"] == "missing":
        return f"{name} is missing."
    if item["type"] == "extra_forbidden":
        return f"{name} is not known here; its spelling may be wrong."
    if item["type"] == "string_unicode":
        return "A name in the body must not contain broken Unicode characters."
    return item["msg"]


def _printable(text: str) -> str:
    return text[:REPORTED_CHARACTERS].encode(errors="replace").decode()
