"""Who may open a page, and what every response carries so that browsers guard it."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar, cast

from apiflask import APIFlask
from flask import Flask, current_app, flash, redirect, request, request_started, url_for
from flask.typing import ResponseReturnValue
from flask.wrappers import Response
from flask_login import current_user
from werkzeug.exceptions import Forbidden, Unauthorized

from ticketapp.extensions import login_manager
from ticketapp.models import User
from ticketapp.queries import users
from ticketapp.web.return_path import sign_in_path
from ticketapp.web.written import written

View = TypeVar("View", bound=Callable[..., Any])

# Blueprints whose views check the caller themselves, by token or session.
PROTECT_THEMSELVES = frozenset({"api"})
PLAIN_FORM = "application/x-www-form-urlencoded"
YEAR_SECONDS = 365 * 24 * 3600
UNVERSIONED_ASSET_SECONDS = 3600
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; frame-src 'self'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
}


class Access(StrEnum):
    """Who may open a view: everybody, whoever is signed in, or admins only."""

    PUBLIC = "public"
    STAFF = "staff"
    ADMIN = "admin"


def init_app(app: APIFlask) -> None:
    """Guard every view, load who is signed in, and put the headers on every response."""
    # A session ends by its epoch and after 14 days, not by a changed address; and a list that refreshes itself
    # every few seconds must not keep a session alive for ever.
    app.config.update(SESSION_PROTECTION=None, SESSION_REFRESH_EACH_REQUEST=False)
    request_started.connect(_limit_plain_form, app)
    login_manager.user_loader(users.by_session_key)
    app.before_request(_refuse_the_uninvited)
    app.after_request(_guard_response)


def public(view: View) -> View:
    """Mark a view as open to everybody."""
    return _marked(view, Access.PUBLIC)


def signed_in(view: View) -> View:
    """Mark a view as open to every member of staff; others are sent to sign in."""
    return _marked(view, Access.STAFF)


def admin_only(view: View) -> View:
    """Mark a view as open to admins; agents get 403, others are sent to sign in."""
    return _marked(view, Access.ADMIN)


def access_of(app: Flask, endpoint: str) -> Access | None:
    """What the view of an endpoint declares; None where it declares nothing and is therefore closed to all."""
    declared = getattr(app.view_functions[endpoint], "access", None)
    return None if declared is None else Access(declared)


def protects_itself(endpoint: str) -> bool:
    """Whether the endpoint is an asset, or belongs to a blueprint that checks its callers itself."""
    return endpoint == "static" or endpoint.partition(".")[0] in PROTECT_THEMSELVES


def me() -> User:
    """The member of staff who is asking; only in views that are not public."""
    return cast(User, current_user._get_current_object())


def _marked(view: View, access: Access) -> View:
    view.access = access  # type: ignore[attr-defined]  # functions take attributes, their type does not say so
    return view


def _limit_plain_form(_app: Flask, **_more: object) -> None:
    """Take no plain form that is larger than a form of ours can be; Werkzeug limits only multipart ones."""
    if request.mimetype == PLAIN_FORM:
        form_limit = current_app.config["MAX_FORM_MEMORY_SIZE"]
        request.max_content_length = min(request.max_content_length or form_limit, form_limit)


def _refuse_the_uninvited() -> ResponseReturnValue | None:
    """Deny by default: a view that declares nothing is closed."""
    endpoint = request.endpoint
    if endpoint is None or protects_itself(endpoint):
        return None
    access = access_of(current_app, endpoint)
    if access == Access.PUBLIC:
        return None
    if not current_user.is_authenticated:
        return _to_sign_in()
    if access == Access.STAFF or (access == Access.ADMIN and me().is_admin):
        return None
    raise Forbidden


def _to_sign_in() -> ResponseReturnValue:
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("session.new", next=request.full_path.removesuffix("?")), 303)
    if written():
        raise Unauthorized  # whose page shows it: a sign-in page would throw it away
    flash("You are not signed in any more, so nothing was saved. Sign in, then send it again.", "error")
    return redirect(sign_in_path(), 303)


def _guard_response(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    policy = response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
    # For browsers that do not read frame-ancestors; it must not say less than the policy.
    response.headers["X-Frame-Options"] = "SAMEORIGIN" if "frame-ancestors 'self'" in policy else "DENY"
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = f"max-age={YEAR_SECONDS}"
    if request.endpoint == "static":
        _let_asset_be_kept(response)
    elif "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response


def _let_asset_be_kept(response: Response) -> None:
    """An asset asked for by its version never changes under that address; any other is asked for again soon."""
    is_versioned = request.args.get("v") == current_app.jinja_env.globals["asset_version"]
    if response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
    elif is_versioned:
        response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    else:
        response.headers["Cache-Control"] = f"public, max-age={UNVERSIONED_ASSET_SECONDS}"
