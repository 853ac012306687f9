"""The theme switch: paper, blueprint, or what the system prefers, remembered in a cookie."""

from flask import Blueprint, Request, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ticketapp.web import security
from ticketapp.web.return_path import local_path

COOKIE = "theme"
SYSTEM = ""
THEMES = ("light", "dark")
REMEMBERED_SECONDS = 365 * 24 * 3600

blueprint = Blueprint("theme", __name__)


def chosen_theme(asked: Request) -> str:
    """The theme this browser chose: light, dark, or empty for what its system prefers."""
    theme = asked.cookies.get(COOKIE, SYSTEM)
    return theme if theme in THEMES else SYSTEM


@blueprint.post("/theme")
@security.public
def update() -> ResponseReturnValue:
    """Remember a theme and go back to where it was chosen."""
    theme = request.form.get("theme", SYSTEM)
    if theme not in (SYSTEM, *THEMES):
        abort(400)
    response = redirect(local_path(request.form.get("next"), otherwise=url_for("dashboard.show")), 303)
    response.set_cookie(
        COOKIE,
        theme,
        max_age=REMEMBERED_SECONDS,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return response
