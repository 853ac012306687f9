"""The API's blueprint, and what every operation on it declares: who may call it and the problems it answers with."""

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar, cast

from apiflask import APIBlueprint

View = TypeVar("View", bound=Callable[..., Any])
Json: TypeAlias = dict[str, Any]

TOKEN_SCHEME = "bearerToken"  # noqa: S105  # the name of a scheme, not a secret
SESSION_SCHEME = "portalSession"
CSRF_SCHEME = "csrfToken"
PROBLEM_TYPE = "application/problem+json"
PROBLEM_CONTENT: Json = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
PROBLEMS = {
    400: "The body is missing or is not JSON.",
    401: "No valid token was sent, and nobody is signed in.",
    403: "The portal's session came without its CSRF token.",
    404: "There is no such ticket.",
    409: "The ticket is not as it was read, or cannot take this as it is now; `detail` says how that is.",
    413: "The body is too large.",
    415: "The body is not sent as application/json.",
    422: "A value cannot be taken; `errors` names each and says what would be right.",
    429: "Too many requests; `Retry-After` says in how many seconds to go on.",
}
READING = (401, 422, 429)
WRITING = (400, 401, 403, 413, 415, 422, 429)

blueprint = APIBlueprint("api", __name__, url_prefix="/api")


def open_to_everybody(view: View) -> View:
    """Mark a view that needs no caller."""
    view.access = "public"  # type: ignore[attr-defined]  # functions take attributes, their type does not say so
    return view


def operation(
    operation_id: str, *, tag: str, problems: tuple[int, ...], success: Json | None = None
) -> Callable[[View], View]:
    """Mark a view as an operation for programs, and document it; ``success`` adds to a response, by its status."""
    is_safe = 403 not in problems
    session_security: dict[str, list[str]] = (
        {SESSION_SCHEME: []} if is_safe else {SESSION_SCHEME: [], CSRF_SCHEME: []}
    )
    responses: Json = {str(status): _problem_response(status) for status in problems} | (success or {})

    def mark(view: View) -> View:
        documented: View = blueprint.doc(
            operation_id=operation_id,
            tags=[tag],
            responses=cast(Any, responses),  # a narrower type than what it takes
            security=[{TOKEN_SCHEME: []}, session_security],
        )(view)
        documented.access = "api"  # type: ignore[attr-defined]  # functions take attributes, their type does not say so
        return documented

    return mark


def header(description: str, *, kind: str = "string") -> Json:
    """The OpenAPI header object of a response header."""
    return {"description": description, "schema": {"type": kind}}


def _problem_response(status: int) -> Json:
    response: Json = {"description": PROBLEMS[status], "content": PROBLEM_CONTENT}
    if status == 401:
        response["headers"] = {"WWW-Authenticate": header("How to authenticate: `Bearer`.")}
    if status == 429:
        response["headers"] = {"Retry-After": header("Seconds to wait.", kind="integer")}
    return response
