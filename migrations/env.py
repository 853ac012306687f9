"""Runs the migrations on the application's own engine; the one place here that knows the application."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app

import ticketapp.models  # noqa: F401 - fills the metadata that is compared with the database
from ticketapp.db import Base, UtcDateTime

SEARCH_INDEXES = ("ix_ticket_search", "ix_inbound_mail_search")
EXAMPLES = "ticket_example"  # SQLite's full-text table of decided tickets, and the tables it keeps itself in
LOCK = 7_366_154  # any number, the same for all: two processes that migrate at once wait for each other


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write our column types as plain ones, so that migrations import nothing of ours."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def include_object(_item: Any, name: str | None, kind: str, *_: Any) -> bool:
    """Leave out what the models cannot say: search indexes, which PostgreSQL has with pg_trgm only, and FTS5."""
    is_example = kind == "table" and (name or "").startswith(EXAMPLES)
    return not (is_example or (kind == "index" and name in SEARCH_INDEXES))


def run() -> None:
    """Upgrade or downgrade over one connection, in one transaction."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({LOCK})"))
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_item=render_item,
            include_object=include_object,
            render_as_batch=connection.dialect.name == "sqlite",
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
