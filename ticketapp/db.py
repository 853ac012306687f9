"""The database handle: the declarative base, the engine's settings for each backend, and one transaction helper."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, Connection, DateTime, Dialect, Engine, Integer, MetaData, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
BUSY_TIMEOUT_SECONDS = 30

RowId = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """What every table inherits: one MetaData with named constraints, so that migrations can name them too."""

    metadata = MetaData(naming_convention=NAMING)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime on every backend; a naive one is refused before it reaches the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime for the database must carry its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return moment


db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})


@contextmanager
def transaction(*, wait_for_disk: bool = True) -> Iterator[Session]:
    """One piece of work: commits at the end, rolls everything back on any error.

    SQLite takes its write lock at the start, because a read that turns into a write later fails at once when
    another writer came between (https://www.sqlite.org/lang_transaction.html). ``wait_for_disk=False`` lets
    PostgreSQL commit without waiting for its log; only for work that a durable row elsewhere repeats if lost.
    """
    session: Session = db.session()
    session.commit()
    try:
        connection = session.connection(execution_options={"sqlite_write": True})
        if not wait_for_disk and connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL synchronous_commit TO OFF"))
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise


def add_missing(session: Session, model: type[Base], rows: Sequence[dict[str, Any]], key: Any = None) -> list[Any]:
    """Insert those rows that break no unique key; whoever else adds the same ones at this moment does no harm.

    With ``key``, a column, its value in each row that was added is returned, in no order.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    if not rows:
        return []
    statement = insert(model).on_conflict_do_nothing()
    if key is None:
        session.execute(statement, list(rows))
        return []
    return list(session.scalars(statement.returning(key), list(rows)))


@event.listens_for(Engine, "connect")
def _prepare_connection(connection: Any, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_SECONDS * 1000}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # a commit is on the disk when it returns
        connection.execute("PRAGMA foreign_keys = ON")
        connection.create_function("lowered", 1, str.lower, deterministic=True)  # SQLite's lower() knows ASCII only
    else:  # compiling a statement of many lookups takes PostgreSQL longer (2 s) than doing them (0.3 s)
        with connection.cursor() as cursor:
            cursor.execute("SET jit = off")
        connection.commit()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        write = connection.get_execution_options().get("sqlite_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
