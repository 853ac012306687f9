"""Reading what a program sends: one JSON object of sensible size, before any view looks at it."""

from typing import Any

from flask import current_app, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from ticketapp.api.problems import BODY
from ticketapp.errors import InvalidInput

# Room for the longest description with every character written as two \uXXXX escapes, and for the rest.
LIMIT_BYTES = 1_500_000
METHODS = ("POST", "PUT", "PATCH")


def read_body() -> None:
    """Read the JSON object of a request that must have one; views then get it from the request.

    Raises 413, 400 or 415 as HTTP errors, and ``InvalidInput`` for JSON that is no object.
    """
    if request.method not in METHODS:
        return
    limit = request.max_content_length = min(LIMIT_BYTES, current_app.config["MAX_CONTENT_LENGTH"] or LIMIT_BYTES)
    raw = request.get_data()
    if len(raw) >= limit:  # a body of unstated length is cut off there without a word
        raise RequestEntityTooLarge
    if not raw.strip():
        raise BadRequest("The request has no body; send a JSON object.")
    if not request.is_json:
        sent = request.mimetype or "a body of no stated type"
        raise UnsupportedMediaType(f"Send the body as application/json; this is {sent}.")
    if not isinstance(_parsed(), dict):
        raise InvalidInput(BODY, "The body must be a JSON object, like {…}.")


def _parsed() -> Any:
    try:
        return request.get_json()  # kept by the request, so that whoever asks again gets the same
    except BadRequest as error:
        raise BadRequest(f"The body is not JSON: {_reason(error)}.") from error
    except RecursionError:
        raise BadRequest("The body is not JSON that can be read: it is nested too deeply.") from None


def _reason(error: BaseException | None) -> str:
    """What the JSON parser said, which lies under Flask's and Werkzeug's wording of it."""
    while error is not None and not isinstance(error, ValueError):
        error = error.__context__
    if isinstance(error, UnicodeDecodeError):
        return f"it is not UTF-8 text, from byte {error.start} on"
    if error is None or "sys.set_int_max_str_digits" in str(error):
        return "it holds a number that is too long"
    return str(error)
