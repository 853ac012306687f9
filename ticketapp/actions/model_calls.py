"""Writing down each question that was put to the model, as soon as it is answered, beside whatever becomes of it."""

import logging
import sqlite3
from dataclasses import asdict, replace

from sqlalchemy import Connection, insert, text
from sqlalchemy.exc import SQLAlchemyError

from ticketapp.ai import Call, Verdict
from ticketapp.clock import utc_now
from ticketapp.db import BUSY_TIMEOUT_SECONDS, db
from ticketapp.models import ModelCall, Purpose

PATIENCE_MS = 1000
_log = logging.getLogger(__name__)


def noted(verdict: Verdict, purpose: Purpose, *, run_id: int | None = None) -> Verdict:
    """``verdict`` without its calls, which are written down, committed: a row each, none where nobody was asked.

    To be called with no transaction open. Never raises and waits a second at most for the row, for a connection as
    anybody does (30 s where all are taken): a call that cannot be written down is missing in the figures, its answer
    counts all the same.
    """
    if verdict.calls:
        try:
            _write(verdict.calls, purpose, run_id=run_id)
        except SQLAlchemyError as error:
            _log.warning("A call of the model is missing in the figures: %s", type(error).__name__)
    return replace(verdict, calls=())


def _write(calls: tuple[Call, ...], purpose: Purpose, *, run_id: int | None) -> None:
    shared = {"at": utc_now(), "purpose": purpose, "run_id": run_id}
    with db.engine.connect() as connection:
        _be_brief(connection, milliseconds=PATIENCE_MS)
        try:
            connection.execute(insert(ModelCall), [shared | asdict(call) for call in calls])
            connection.commit()
        finally:
            _be_brief(connection, milliseconds=BUSY_TIMEOUT_SECONDS * 1000)


def _be_brief(connection: Connection, *, milliseconds: int) -> None:
    """Wait for nobody longer than this: until the end of the transaction, on SQLite until told otherwise."""
    raw = connection.connection.dbapi_connection
    if isinstance(raw, sqlite3.Connection):
        raw.execute(f"PRAGMA busy_timeout = {milliseconds}")
    elif milliseconds == PATIENCE_MS:
        for name, value in (("lock_timeout", milliseconds), ("statement_timeout", milliseconds)):
            connection.execute(text(f"SET LOCAL {name} = {value}"))
        connection.execute(text("SET LOCAL synchronous_commit TO OFF"))
