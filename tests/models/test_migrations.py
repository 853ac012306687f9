"""The migrations: linear, reversible, and in the end what the models say."""

import re
from pathlib import Path

from apiflask import APIFlask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import inspect

from ticketapp.db import db

VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"


def test_migrated_databases_are_what_the_models_say(each_app: APIFlask) -> None:
    check()


def test_migrations_can_be_taken_back_and_made_again(each_app: APIFlask) -> None:
    downgrade(revision="base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]
    upgrade()
    check()


def test_migrations_are_numbered_and_linear() -> None:
    paths = sorted(VERSIONS.glob("*.py"))
    for number, path in enumerate(paths, 1):
        text = path.read_text()
        before = f'"{number - 1:04}"' if number > 1 else "None"
        assert path.name.startswith(f"{number:04}_")
        assert re.search(rf"^down_revision = {before}$", text, re.MULTILINE), path.name


def test_migrations_import_nothing_of_ours() -> None:
    for path in VERSIONS.glob("*.py"):
        assert not re.search(r"^\s*(from|import) (ticketapp|worker|config)", path.read_text(), re.MULTILINE)
