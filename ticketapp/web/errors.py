"""Error pages: what went wrong in plain words, and what to do next."""

import secrets
from collections.abc import Sequence

from apiflask import APIFlask
from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed, SecurityError

from ticketapp.errors import Conflict, InvalidInput, NotAllowed, NotFound, TicketAppError
from ticketapp.extensions import seconds_until_allowed
from ticketapp.web.looked_at import about
from ticketapp.web.return_path import sign_in_path
from ticketapp.web.theme import chosen_theme
from ticketapp.web.written import written

PAGES = {
    400: ("This request cannot be read", "Something about it is malformed. Go back and try again."),
    401: ("You are not signed in any more", "Nothing was saved. Sign in, then send it again."),
    403: ("Not for you", "Only admins may open this page."),
    404: ("No such page", "Nothing is kept under this address. It may have been mistyped."),
    405: ("Not in this way", "This address exists, but it cannot be asked for in this way."),
    413: ("Too large", "What was sent is larger than this server takes. Send less at once."),
    429: ("Too many tries", "This was tried too often."),
}
REFUSALS: dict[type[TicketAppError], tuple[int, str]] = {
    InvalidInput: (422, "This cannot be taken"),
    NotFound: (404, "Not found"),
    Conflict: (409, "This cannot be done now"),
    NotAllowed: (403, "Not for you"),
}
STALE_FORM = (
    "The form was open for too long, or came from another site, so nothing was saved. Go back, reload and retry."
)


def init_app(app: APIFlask) -> None:
    """Answer every error of the portal with a page; what lies under /api/ answers for itself."""
    app.register_error_handler(HTTPException, _page_for_http_error)
    app.register_error_handler(TicketAppError, _page_for_refusal)


def _page_for_http_error(error: HTTPException) -> ResponseReturnValue:
    if request.path.startswith("/api/") or error.code is None or error.code < 400:
        return error
    if isinstance(error, InternalServerError):
        return _broken_page(error)
    if isinstance(error, RateLimitExceeded):
        return _too_often_page()
    if isinstance(error, SecurityError):
        return _unknown_host_page()
    title, sentence = PAGES.get(error.code, (error.name, error.description or ""))
    if isinstance(error, CSRFError):
        return _page(400, "This form has expired", STALE_FORM)
    headers = {"Allow": ", ".join(error.valid_methods or ())} if isinstance(error, MethodNotAllowed) else {}
    return *_page(error.code, title, sentence), headers


def _page_for_refusal(error: TicketAppError) -> ResponseReturnValue:
    code, title = next(answer for kind, answer in REFUSALS.items() if isinstance(error, kind))
    return _page(code, title, str(error), about=about() if isinstance(error, Conflict) else [])


def _page(code: int, title: str, sentence: str, *, about: Sequence[tuple[str, str]] = ()) -> tuple[str, int]:
    facts = {"code": code, "title": title, "sentence": sentence, "written": written(), "sign_in": sign_in_path()}
    return render_template("errors/error.html", **facts, about=about), code


def _too_often_page() -> ResponseReturnValue:
    seconds = seconds_until_allowed()
    title, sentence = PAGES[429]
    return *_page(429, title, f"{sentence} Try again in {_span(seconds)}."), {"Retry-After": str(seconds)}


def _span(seconds: int) -> str:
    amount, unit = (seconds, "second") if seconds < 60 else (-(-seconds // 60), "minute")
    return f"{amount} {unit}{'' if amount == 1 else 's'}"


def _broken_page(error: InternalServerError) -> ResponseReturnValue:
    reference = secrets.token_hex(4)
    current_app.logger.error(
        "Reference %s: %s %s failed: %r", reference, request.method, request.path, error.original_exception
    )
    sentence = f"The fault is ours, and it was written down. If it stays, tell your admin the reference {reference}."
    return _bare_page(500, "Something broke", sentence)


def _unknown_host_page() -> ResponseReturnValue:
    sentence = "This server does not answer under the name it was asked by. An admin can allow it in TRUSTED_HOSTS."
    return _bare_page(400, "Unknown host name", sentence)


def _bare_page(code: int, title: str, sentence: str) -> ResponseReturnValue:
    """A page that asks neither the database nor the router, either of which may be what is broken."""
    page = current_app.jinja_env.get_template("errors/bare.html")
    facts = {"code": code, "title": title, "sentence": sentence, "written": written()}
    return page.render(**facts, theme=chosen_theme(request)), code
