"""The support ticket system: create_app wires configuration, extensions and shells together."""

from apiflask import APIFlask
from config import Config


def create_app(config: Config | None = None) -> APIFlask:
    """The web application. Without ``config`` the environment is read; raises ``ConfigError`` if that is bad."""
    from ticketapp import db as database
    from ticketapp import extensions

    config = config or Config.from_env()
    app = APIFlask(__name__, json_errors=False, docs_path=None, spec_path=None)
    app.config.update(SQLALCHEMY_DATABASE_URI=config.database_url, TICKETAPP=config, SECRET_KEY=config.secret_key)
    config.data_dir.mkdir(parents=True, exist_ok=True)
    database.db.init_app(app)
    extensions.migrate.init_app(app, database.db, directory="migrations")
    return app
