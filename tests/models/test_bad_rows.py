"""The database itself refuses every kind of bad row, by raw SQL, on SQLite and on PostgreSQL."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DataError, IntegrityError

from tests.app_fixtures import settings
from ticketapp import create_app
from ticketapp.db import db

NOW = "2026-11-20 10:00:00.000000"
HASH = "a" * 64
GOOD: dict[str, dict[str, object]] = {
    "user_account": {
        "id": 1,
        "email": "ada@example.com",
        "name": "Ada",
        "password_hash": "scrypt",
        "role": "admin",
        "is_active": True,
        "session_epoch": 0,
        "created_at": NOW,
    },
    "api_token": {"id": 1, "user_id": 1, "name": "ci", "sha256": HASH, "hint": "tkt_abcd", "created_at": NOW},
    "requester": {"id": 1, "email": "jo@example.com", "name": "Jo", "created_at": NOW},
    "ticket": {
        "id": 1,
        "title": "Printer",
        "description": "It burns.",
        "search_document": "printer",
        "category": "general",
        "category_by": "default",
        "priority": "medium",
        "priority_by": "default",
        "status": "open",
        "source": "email",
        "requester_id": 1,
        "created_at": NOW,
        "updated_at": NOW,
    },
    "ticket_participant": {"ticket_id": 1, "email": "jo@example.com"},
    "thread_reference": {"reference": "a@b", "ticket_id": 1},
    "message": {
        "id": 1,
        "ticket_id": 1,
        "direction": "inbound",
        "author_name": "",
        "author_email": "",
        "subject": "",
        "text": "It burns.",
        "has_html": False,
        "references": "",
        "thread_reason": "",
        "is_automatic": False,
        "created_at": NOW,
        "delivery": "none",
        "send_attempts": 0,
    },
    "attachment": {
        "id": 1,
        "message_id": 1,
        "position": 0,
        "filename": "log.txt",
        "original_filename": "log.txt",
        "content_type": "text/plain",
        "size": 3,
        "sha256": HASH,
        "is_inline": False,
    },
    "mailbox": {"id": 1, "name": "support@example.com/INBOX", "failures": 0},
    "inbound_mail": {
        "id": 1,
        "mailbox_id": 1,
        "sha256": HASH,
        "size": 3,
        "arrived_at": NOW,
        "recorded_at": NOW,
        "state": "received",
        "kind": "unread",
        "reason": "",
        "sender": "",
        "subject": "",
        "attempts": 0,
        "raw": b"raw",
    },
    "mail_sighting": {"mailbox_id": 1, "uidvalidity": 1, "uid": 1, "mail_id": 1},
    "bulk_job": {"id": 1, "asked_by_id": 1, "filter_query": "", "total": 1, "queued": 0, "created_at": NOW},
    "mail_reading": {
        "id": 1,
        "asked_by_id": 1,
        "filter_query": "",
        "total": 1,
        "done": 0,
        "changed": 0,
        "failed": 0,
        "attempts": 0,
        "cursor_id": 2,
        "created_at": NOW,
    },
    "classification_run": {
        "id": 1,
        "ticket_id": 1,
        "asked_for": "opened",
        "asked_at": NOW,
        "attempt": 1,
        "state": "queued",
        "due_at": NOW,
        "applied_category": False,
        "applied_priority": False,
    },
    "ticket_event": {"id": 1, "ticket_id": 1, "at": NOW, "kind": "opened"},
}
NULLABLE = {"requester_id", "raw"}
SUCCESS = {"state": "succeeded", "finished_at": NOW, "category": "billing", "priority": "low", "model": "m"}
BAD = [
    ("user_account", {"email": "Ada@example.com"}),
    ("user_account", {"email": " "}),
    ("user_account", {"name": "\t\n"}),
    ("user_account", {"role": "boss"}),
    ("api_token", {"user_id": 99}),
    ("api_token", {"sha256": "short"}),
    ("requester", {"email": "JO@example.com"}),
    ("requester", {"email": ""}),
    ("ticket", {"title": ""}),
    ("ticket", {"title": " \t\r\n"}),
    ("ticket", {"title": "x" * 201}),
    ("ticket", {"description": "  \n"}),
    ("ticket", {"category": "spam", "category_by": "person"}),
    ("ticket", {"category": "billing"}),
    ("ticket", {"category_by": "ghost"}),
    ("ticket", {"priority": "urgent", "priority_by": "person"}),
    ("ticket", {"priority": "high"}),
    ("ticket", {"priority_by": ""}),
    ("ticket", {"status": "done"}),
    ("ticket", {"source": "fax"}),
    ("ticket", {"requester_id": 99}),
    ("ticket", {"assignee_id": 99}),
    ("ticket", {"opened_by_id": 99}),
    ("ticket_participant", {"ticket_id": 99}),
    ("ticket_participant", {"email": "Jo@example.com"}),
    ("thread_reference", {"ticket_id": 99}),
    ("thread_reference", {"reference": " "}),
    ("message", {"ticket_id": 99}),
    ("message", {"author_id": 99}),
    ("message", {"text": "\n"}),
    ("message", {"direction": "sideways"}),
    ("message", {"direction": "outbound"}),
    ("message", {"delivery": "sent"}),
    ("message", {"direction": "outbound", "delivery": "pending"}),
    ("message", {"direction": "outbound", "delivery": "failed", "bounced_at": NOW}),
    ("attachment", {"message_id": 99}),
    ("attachment", {"size": -1}),
    ("attachment", {"filename": ""}),
    ("attachment", {"sha256": "x"}),
    ("mailbox", {"name": ""}),
    ("mailbox", {"server_count": -1}),
    ("mailbox", {"ledger_count": -1}),
    ("inbound_mail", {"mailbox_id": 99}),
    ("inbound_mail", {"state": "lost"}),
    ("inbound_mail", {"kind": "bird"}),
    ("inbound_mail", {"size": -1}),
    ("inbound_mail", {"attempts": -1}),
    ("inbound_mail", {"raw": None}),
    ("inbound_mail", {"state": "processed"}),
    ("inbound_mail", {"state": "quarantined"}),
    ("inbound_mail", {"state": "set_aside"}),
    ("inbound_mail", {"ticket_id": 99}),
    ("inbound_mail", {"message_id": 99}),
    ("mail_sighting", {"mail_id": 99}),
    ("mail_sighting", {"uid": -1}),
    ("bulk_job", {"asked_by_id": 99}),
    ("bulk_job", {"total": -1}),
    ("mail_reading", {"asked_by_id": 99}),
    ("mail_reading", {"done": -1}),
    ("classification_run", {"ticket_id": 99}),
    ("classification_run", {"asked_by_id": 99}),
    ("classification_run", {"bulk_job_id": 99}),
    ("classification_run", {"asked_for": "fun"}),
    ("classification_run", {"attempt": 0}),
    ("classification_run", {"state": "lost"}),
    ("classification_run", {"state": "running"}),
    ("classification_run", {"state": "failed", "finished_at": NOW}),
    ("classification_run", {"finished_at": NOW}),
    ("classification_run", {**SUCCESS, "category": None}),
    ("classification_run", {**SUCCESS, "category": "spam"}),
    ("classification_run", {**SUCCESS, "priority": "urgent"}),
    ("classification_run", {**SUCCESS, "confidence": 1.5}),
    ("ticket_event", {"ticket_id": 99}),
    ("ticket_event", {"actor_id": 99}),
    ("ticket_event", {"run_id": 99}),
    ("ticket_event", {"kind": "party"}),
]
MISSING = [
    (table, {column: None}) for table, row in GOOD.items() for column in row if column not in {"id", *NULLABLE}
]
TWICE = [
    ("user_account", {"id": 2}),
    ("api_token", {"id": 2}),
    ("requester", {"id": 2}),
    ("ticket_participant", {}),
    ("thread_reference", {}),
    ("attachment", {"id": 2}),
    ("mailbox", {"id": 2}),
    ("inbound_mail", {"id": 2}),
    ("mail_sighting", {}),
    ("classification_run", {"id": 2}),
]


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An empty database, which every test here leaves as it was."""
    if request.param == "sqlite":
        url = settings(request.getfixturevalue("sqlite_template").parent).database_url
    else:
        url = request.getfixturevalue("postgres").url_of(request.getfixturevalue("postgres_template"))
    app = create_app(settings(tmp_path_factory.mktemp("bad"), database_url=url))
    with app.app_context():
        yield db.engine
        db.engine.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        yield connection
        connection.rollback()


def insert(connection: Connection, table: str, row: dict[str, object]) -> None:
    columns = ", ".join(f'"{name}"' for name in row)
    values = ", ".join(f":{name}" for name in row)
    connection.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({values})"), row)


def fill(connection: Connection, *, before: str | None = None) -> None:
    for table, row in GOOD.items():
        if table == before:
            return
        insert(connection, table, row)


def test_every_good_row_is_taken(connection: Connection) -> None:
    fill(connection)


@pytest.mark.parametrize(("table", "wrong"), BAD + MISSING, ids=lambda part: str(part)[:60])
def test_a_bad_row_is_refused(connection: Connection, table: str, wrong: dict[str, object]) -> None:
    fill(connection, before=table)
    with pytest.raises((IntegrityError, DataError)):
        insert(connection, table, {**GOOD[table], **wrong})


@pytest.mark.parametrize(("table", "changed"), TWICE, ids=lambda part: str(part)[:60])
def test_a_second_row_with_the_same_key_is_refused(
    connection: Connection, table: str, changed: dict[str, object]
) -> None:
    fill(connection)
    with pytest.raises(IntegrityError):
        insert(connection, table, {**GOOD[table], **changed})


def test_the_table_of_good_rows_knows_every_table() -> None:
    tallies = {"ticket_tally", "ticket_day_tally"}
    assert set(GOOD) | tallies == set(db.metadata.tables)
