"""The Flask extensions, made once without an application; create_app binds them."""

import math
import time
from pathlib import Path

from apiflask import APIFlask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_wtf import CSRFProtect

from ticketapp.db import db

migrate = Migrate()
login_manager = LoginManager()
csrf = CSRFProtect()
limiter = Limiter(
    key_func=get_remote_address,
    strategy="fixed-window",
    swallow_errors=True,  # a lost Redis must not lock staff out; limits then hold per process
    in_memory_fallback_enabled=True,
)


def init_app(app: APIFlask, *, migrations: Path) -> None:
    """Bind every extension to the application."""
    migrate.init_app(app, db, directory=str(migrations))
    login_manager.init_app(app)
    csrf.init_app(app)
    limiter.init_app(app)


def seconds_until_allowed() -> int:
    """How long whoever was refused by the limiter in this request waits: whole seconds, 1 to the limit's window.

    The limiter rounds the end of its window up to a full second, which alone could promise more than the window.
    """
    broken = limiter.current_limit
    if broken is None:
        return 60
    return max(1, min(broken.limit.get_expiry(), math.ceil(broken.reset_at - time.time())))
