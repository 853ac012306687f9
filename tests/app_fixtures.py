"""The application as fixtures: migrated, private, on SQLite and on PostgreSQL, with people in it."""

import dataclasses
import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from flask_migrate import upgrade

from config import Config
from tests.services.postgres import PostgresServer
from ticketapp import create_app
from ticketapp.actions.users import create_user
from ticketapp.db import db
from ticketapp.models import User

PASSWORD = "correct horse battery"
SECRET = "a secret for the tests that is long enough"
_numbers = itertools.count(1)

MakeApp = Callable[..., APIFlask]


def settings(data_dir: Path, **changes: Any) -> Config:
    """The embedded configuration under ``data_dir``, no key set, with fields of ``Config`` changed."""
    config = Config.from_env(
        {"DATA_DIR": str(data_dir), "SECRET_KEY": SECRET, "SUPPORT_ADDRESS": "support@example.com"}
    )
    return dataclasses.replace(config, **changes)


def migrated(config: Config) -> APIFlask:
    """The application of ``config``, its database migrated to the newest version."""
    app = create_app(config)
    app.testing = True
    with app.app_context():
        upgrade()
        db.engine.dispose()
    return app


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database to copy."""
    folder = tmp_path_factory.mktemp("template")
    config = settings(folder)
    migrated(config)
    return Path(config.database_url.removeprefix("sqlite:///"))


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a migrated, empty PostgreSQL database to clone."""
    name = "template_for_tests"
    url = postgres.create_database(name)
    migrated(settings(tmp_path_factory.mktemp("pg"), database_url=url))
    return name


@pytest.fixture
def make_sqlite_app(sqlite_template: Path, tmp_path: Path) -> Iterator[MakeApp]:
    """Makes applications on a private SQLite database; keyword arguments change the configuration."""
    made: list[APIFlask] = []

    def make(**changes: Any) -> APIFlask:
        config = settings(tmp_path / "data", **changes)
        path = Path(config.database_url.removeprefix("sqlite:///"))
        if config.is_embedded and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(sqlite_template, path)
        return _remembered(made, config)

    yield make
    _dispose(made)


@pytest.fixture
def make_postgres_app(postgres: PostgresServer, postgres_template: str, tmp_path: Path) -> Iterator[MakeApp]:
    """Makes applications on one private PostgreSQL database; keyword arguments change the configuration."""
    made: list[APIFlask] = []
    name = f"app_{next(_numbers)}"
    url = postgres.create_database(name, template=postgres_template)

    def make(**changes: Any) -> APIFlask:
        return _remembered(made, settings(tmp_path / "data", **{"database_url": url, **changes}))

    yield make
    _dispose(made)
    postgres.drop_database(name)


@pytest.fixture
def app(make_sqlite_app: MakeApp) -> APIFlask:
    """An application on SQLite, without an API key."""
    return make_sqlite_app()


@pytest.fixture
def postgres_app(make_postgres_app: MakeApp) -> APIFlask:
    """An application on PostgreSQL, without an API key."""
    return make_postgres_app()


@pytest.fixture(params=["sqlite", "postgres"])
def make_app(request: pytest.FixtureRequest) -> MakeApp:
    """``make_sqlite_app`` and ``make_postgres_app`` in turn: for what must hold on both."""
    make: MakeApp = request.getfixturevalue(f"make_{request.param}_app")
    return make


@pytest.fixture
def each_app(make_app: MakeApp) -> Iterator[APIFlask]:
    """An application on either database in turn, with its context pushed."""
    app = make_app()
    with app.app_context():
        yield app


@pytest.fixture
def admin(app: APIFlask) -> User:
    """An admin of ``app``."""
    return add_user(app, "admin@example.com", "Ada Admin", "admin")


@pytest.fixture
def agent(app: APIFlask) -> User:
    """An agent of ``app``."""
    return add_user(app, "agent@example.com", "Gil Agent", "agent")


@pytest.fixture
def admin_client(app: APIFlask, admin: User) -> FlaskClient:
    """A browser session of the admin, without CSRF checks; the CSRF tests make their own client."""
    return signed_in(app, admin)


@pytest.fixture
def agent_client(app: APIFlask, agent: User) -> FlaskClient:
    """A browser session of the agent, without CSRF checks."""
    return signed_in(app, agent)


def add_user(app: APIFlask, email: str, name: str, role: str) -> User:
    """A member of staff with the test password."""
    with app.app_context():
        return create_user(email, name=name, role=role, password=PASSWORD)


def signed_in(app: APIFlask, user: User) -> FlaskClient:
    """A client whose session is this user's."""
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = user.get_id(), True
    return client


def _remembered(made: list[APIFlask], config: Config) -> APIFlask:
    app = create_app(config)
    app.testing = True
    made.append(app)
    return app


def _dispose(made: list[APIFlask]) -> None:
    for app in made:
        with app.app_context():
            db.engine.dispose()
