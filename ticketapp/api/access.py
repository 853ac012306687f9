"""Who calls: the bearer token or the portal's session of a member of staff, and how often they may."""

from dataclasses import dataclass
from typing import cast

from flask import current_app, g, request
from flask_login import current_user
from flask_wtf.csrf import validate_csrf
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized
from wtforms.validators import ValidationError

from ticketapp.actions import tokens
from ticketapp.extensions import limiter
from ticketapp.models import User
from ticketapp.queries import users

REALM = "ticketapp"
CSRF_HEADER = "X-CSRFToken"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
RATE_LIMITS = {"API_RATE_LIMIT": "600 per minute", "API_CLASSIFY_RATE_LIMIT": "60 per minute"}
NOBODY = (
    "Send a token of a member of staff as 'Authorization: Bearer <token>', "
    "or call with the session of somebody signed in to the portal."
)
BAD_TOKEN = "This token is not valid: it is mistyped or revoked, or its account is closed."  # noqa: S105  # a sentence
BAD_HEADER = "The Authorization header must be 'Bearer <token>'."
BAD_CSRF = (
    "A change by the portal's session needs its CSRF token in the X-CSRFToken header; reload the page and retry."
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever makes this request; ``key`` is what their requests are counted under."""

    user: User
    key: str


def admit() -> None:
    """Let in only whoever may call. Raises 401, 403 or 429 as HTTP errors. A preflight asks for nothing yet."""
    if request.method == "OPTIONS":
        return
    g.api_caller = _by_token() if "Authorization" in request.headers else _by_session()
    _count_request()


def caller() -> Caller:
    """Whoever makes this request; only behind ``admit``."""
    return cast(Caller, g.api_caller)


def _key() -> str:
    return caller().key


@limiter.shared_limit(lambda: current_app.config["API_RATE_LIMIT"], scope="api", key_func=_key)
def _count_request() -> None:
    """Count this request. Raises 429 where there were too many."""


@limiter.shared_limit(lambda: current_app.config["API_CLASSIFY_RATE_LIMIT"], scope="api-classify", key_func=_key)
def count_classification() -> None:
    """Count a question to the model, which costs money. Raises 429 where there were too many."""


def _by_token() -> Caller:
    sent = request.authorization
    if sent is None or sent.type != "bearer" or not sent.token:
        raise _unauthorized(BAD_HEADER)
    token = users.token_by_digest(tokens.digest(sent.token))
    if token is None:
        raise _unauthorized(BAD_TOKEN, error="invalid_token")
    tokens.note_use(token)
    return Caller(token.user, f"token:{token.id}")


def _by_session() -> Caller:
    if not current_user.is_authenticated:
        raise _unauthorized(NOBODY)
    if request.method not in SAFE_METHODS and current_app.config["WTF_CSRF_ENABLED"]:
        _check_csrf()
    user = cast(User, current_user._get_current_object())
    return Caller(user, f"user:{user.id}")


def _check_csrf() -> None:
    try:
        validate_csrf(request.headers.get(CSRF_HEADER))
    except ValidationError:
        raise Forbidden(BAD_CSRF) from None


def _unauthorized(detail: str, **parameters: str) -> Unauthorized:
    challenge = WWWAuthenticate("bearer", {"realm": REALM, **parameters})
    return Unauthorized(detail, www_authenticate=challenge)
