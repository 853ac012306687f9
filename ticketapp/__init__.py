"""The support ticket system: create_app wires configuration, extensions and shells together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apiflask import APIFlask

    from config import Config

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def create_app(config: Config | None = None) -> APIFlask:
    """The web application. Without ``config`` the environment is read; raises ``ConfigError`` if that is bad."""
    # Imported here, so that a part such as the mail reader can be imported without the web around it.
    from apiflask import APIFlask
    from werkzeug.middleware.proxy_fix import ProxyFix

    from config import Config
    from ticketapp import api, cli, extensions, web
    from ticketapp.composition import flask_settings, outside_of
    from ticketapp.db import db
    from ticketapp.outside import EXTENSION

    config = config or Config.from_env()
    config.data_dir.mkdir(parents=True, exist_ok=True)
    app = APIFlask(__name__, title="Ticketapp", version="1.0", json_errors=False, docs_path=None, spec_path=None)
    app.config.update(flask_settings(config))
    app.extensions[EXTENSION] = outside_of(config)
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    db.init_app(app)
    extensions.init_app(app, migrations=MIGRATIONS)
    web.init_app(app)
    api.init_app(app)
    cli.init_app(app)
    return app
