"""What every template may count on: theme, time, banners, the way back; and that an undefined name is an error."""

from pathlib import Path

from apiflask import APIFlask
from flask import request
from flask_login import current_user
from jinja2 import StrictUndefined

from ticketapp.clock import utc_now
from ticketapp.web import banners, look
from ticketapp.web.looked_at import page_behind
from ticketapp.web.security import me
from ticketapp.web.theme import chosen_theme


def init_app(app: APIFlask) -> None:
    """Furnish the template environment."""
    assert app.static_folder is not None
    app.jinja_env.undefined = StrictUndefined
    look.furnish(app.jinja_env, Path(app.static_folder))
    board = app.extensions[banners.EXTENSION] = banners.TroubleBoard()

    @app.context_processor
    def surroundings() -> dict[str, object]:
        is_staff = current_user.is_authenticated
        return {
            "theme": chosen_theme(request),
            "now": utc_now(),
            "page_behind": page_behind,
            "banners": banners.notices_for(me(), board) if is_staff else [],
        }
