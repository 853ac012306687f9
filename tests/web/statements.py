"""Counts the SQL statements that a piece of work sends, whoever sends them."""

from collections.abc import Iterator
from contextlib import contextmanager

from apiflask import APIFlask
from sqlalchemy import event

from ticketapp.db import db

NO_QUESTIONS = ("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")


@contextmanager
def statements_of(app: APIFlask) -> Iterator[list[str]]:
    """The statements sent to this application's database inside the block, without those about transactions."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(NO_QUESTIONS):
            sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
