"""The database itself refuses every kind of bad row, by raw SQL, on SQLite and on PostgreSQL."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DataError, IntegrityError

from tests.app_fixtures import settings
from tests.models.good_rows import BY_TOKEN, GOOD, NOW, SEALED
from ticketapp import create_app
from ticketapp.db import db

# SQLite makes up a whole number that is the only key.
KEYS = dict.fromkeys(GOOD, "id") | {"mailbox_account": "mailbox_id", "bulk_undo": "bulk_job_id"}
NULLABLE = {"requester_id", "raw", "password_sealed"}
SAMPLED = {"state": "succeeded", "finished_at": NOW, "category": "billing", "priority": "high"}
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
    ("ticket", {"classification_state": "perhaps"}),
    ("ticket", {"classification_state": "running"}),
    ("ticket", {"classification_state": "given_up", "category_by": "person", "priority_by": "person"}),
    ("ticket", {"source": "fax"}),
    ("ticket", {"requester_id": 99}),
    ("ticket", {"assignee_id": 99}),
    ("ticket", {"opened_by_id": 99}),
    ("ticket", {"merged_into_id": 99, "status": "closed"}),
    ("ticket", {"merged_into_id": 1, "status": "closed"}),
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
    ("model_call", {"purpose": "fun"}),
    ("model_call", {"purpose": "ticket", "run_id": 99}),
    ("model_call", {"run_id": 1}),
    ("model_call", {"latency_ms": -1}),
    ("model_call", {"tokens_in": -1}),
    ("model_call", {"tokens_out": -1}),
    ("attachment", {"size": -1}),
    ("attachment", {"filename": ""}),
    ("attachment", {"sha256": "x"}),
    ("mailbox", {"name": ""}),
    ("mailbox", {"server_count": -1}),
    ("mailbox", {"ledger_count": -1}),
    ("mailbox", {"settled_uid": -1}),
    ("mailbox", {"default_category": "spam"}),
    ("mailbox_account", {"mailbox_id": 99}),
    ("mailbox_account", {"host": " "}),
    ("mailbox_account", {"port": 0}),
    ("mailbox_account", {"port": 65536}),
    ("mailbox_account", {"security": "hope"}),
    ("mailbox_account", {"username": ""}),
    ("mailbox_account", {"folder": "\t"}),
    ("mailbox_account", {"after": "burn"}),
    ("mailbox_account", {"after": "move"}),
    ("mailbox_account", {"after_folder": "Done"}),
    ("mailbox_account", {"sign_in": "fax"}),
    ("mailbox_account", {"password_sealed": None}),
    ("mailbox_account", {"password_sealed": "in plain text"}),
    ("mailbox_account", {"client_secret_sealed": "in plain text"}),
    ("mailbox_account", {"access_token_sealed": "in plain text", "access_expires_at": NOW}),
    ("mailbox_account", {"access_token_sealed": SEALED}),
    ("mailbox_account", {"renewal_error": "It was refused."}),
    ("mailbox_account", {**BY_TOKEN, "refresh_token_sealed": "in plain text"}),
    ("mailbox_account", {**BY_TOKEN, "refresh_token_sealed": None}),
    ("mailbox_account", {**BY_TOKEN, "client_id": ""}),
    ("mailbox_account", {**BY_TOKEN, "password_sealed": SEALED}),
    ("mailbox_account", {**BY_TOKEN, "sign_in": "issuer"}),
    ("mailbox_account", {**BY_TOKEN, "issuer_url": "https://issuer.example"}),
    ("mailbox_check", {"mailbox_id": 99}),
    ("mailbox_check", {"asked_by_id": 99}),
    ("mailbox_check", {"attempts": -1}),
    ("mailbox_check_step", {"check_id": 99}),
    ("mailbox_check_step", {"step": "luck"}),
    ("mailbox_check_step", {"position": -1}),
    ("mailbox_check_step", {"outcome": "maybe"}),
    ("mailbox_check_step", {"outcome": "failed", "took_ms": 1}),
    ("mailbox_check_step", {"outcome": "ok"}),
    ("mailbox_check_step", {"outcome": "ok", "took_ms": -1}),
    ("mailbox_check_step", {"took_ms": 1}),
    ("inbound_mail", {"mailbox_id": 99}),
    ("inbound_mail", {"state": "lost"}),
    ("inbound_mail", {"kind": "bird"}),
    ("inbound_mail", {"size": -1}),
    ("inbound_mail", {"attempts": -1}),
    ("inbound_mail", {"raw": None}),
    ("inbound_mail", {"given_up_at": NOW}),
    ("inbound_mail", {"state": "processed"}),
    ("inbound_mail", {"state": "quarantined"}),
    ("inbound_mail", {"state": "set_aside"}),
    ("inbound_mail", {"ticket_id": 99}),
    ("inbound_mail", {"message_id": 99}),
    ("mail_sighting", {"mail_id": 99}),
    ("mail_sighting", {"uid": -1}),
    ("bulk_job", {"asked_by_id": 99}),
    ("bulk_job", {"total": -1}),
    ("bulk_job", {"queued_at": NOW}),
    ("bulk_job", {"paused_at": NOW}),
    ("bulk_sample", {"bulk_job_id": 99}),
    ("bulk_sample", {"ticket_id": 99}),
    ("bulk_sample", {"state": "lost"}),
    ("bulk_sample", {"state": "running"}),
    ("bulk_sample", {"state": "failed", "finished_at": NOW}),
    ("bulk_sample", {"state": "succeeded", "finished_at": NOW, "category": "billing"}),
    ("bulk_sample", {"category": "billing", "priority": "low"}),
    ("bulk_sample", {"finished_at": NOW}),
    ("bulk_sample", {"attempts": -1}),
    ("bulk_sample", {"confidence": 1.5}),
    ("bulk_sample", {**SAMPLED, "floor_word": "outage"}),
    ("bulk_sample", {**SAMPLED, "priority_before": "low"}),
    ("bulk_sample", {**SAMPLED, "floor_word": "outage", "priority_before": "urgent"}),
    ("bulk_sample", {"floor_word": "outage", "priority_before": "low"}),
    ("bulk_undo", {"bulk_job_id": 99}),
    ("bulk_undo", {"asked_by_id": 99}),
    ("bulk_undo", {"tickets": -1}),
    ("mail_reading", {"asked_by_id": 99}),
    ("mail_reading", {"done": -1}),
    ("classification_run", {"ticket_id": 99}),
    ("classification_run", {"asked_by_id": 99}),
    ("classification_run", {"bulk_job_id": 99}),
    ("classification_run", {"asked_for": "fun"}),
    ("classification_run", {"attempt": 0}),
    ("classification_run", {"claims": -1}),
    ("classification_run", {"state": "lost"}),
    ("classification_run", {"state": "running"}),
    ("classification_run", {"state": "failed", "finished_at": NOW}),
    ("classification_run", {"finished_at": NOW}),
    ("classification_run", {**SUCCESS, "category": None}),
    ("classification_run", {**SUCCESS, "category": "spam"}),
    ("classification_run", {**SUCCESS, "priority": "urgent"}),
    ("classification_run", {"undone_at": NOW}),
    ("classification_run", {**SUCCESS, "confidence": 1.5}),
    ("classification_run", {**SUCCESS, "floor_word": "outage"}),
    ("classification_run", {**SUCCESS, "priority_before": "low"}),
    ("classification_run", {**SUCCESS, "floor_word": "outage", "priority_before": "urgent"}),
    ("classification_run", {"floor_word": "outage", "priority_before": "low"}),
    ("classification_run", {"occasion": "boredom"}),
    ("classification_settings", {"id": 2}),
    ("classification_settings", {"model": " "}),
    ("classification_settings", {"most_examples": 0}),
    ("classification_settings", {"most_examples": 9}),
    ("classification_settings", {"severity_words": "x" * 50_001}),
    ("classification_setting_change", {"actor_id": 99}),
    ("classification_setting_change", {"setting": "mood"}),
    ("classification_setting_change", {"old": "gemini"}),
    ("ticket_event", {"ticket_id": 99}),
    ("ticket_event", {"actor_id": 99}),
    ("ticket_event", {"run_id": 99}),
    ("ticket_event", {"kind": "party"}),
]
MISSING = [
    (table, {column: None}) for table, row in GOOD.items() for column in row if column not in {KEYS[table], *NULLABLE}
]
TWICE = [
    ("bulk_sample", {"id": 2}),
    ("bulk_undo", {}),
    ("user_account", {"id": 2}),
    ("api_token", {"id": 2}),
    ("requester", {"id": 2}),
    ("ticket_participant", {}),
    ("thread_reference", {}),
    ("attachment", {"id": 2}),
    ("mailbox", {"id": 2}),
    ("mailbox_account", {}),
    ("mailbox_check_step", {}),
    ("inbound_mail", {"id": 2}),
    ("mail_sighting", {}),
    ("classification_run", {"id": 2}),
    ("classification_settings", {}),
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


@pytest.mark.parametrize(
    "changed", [BY_TOKEN, {**BY_TOKEN, "sign_in": "issuer", "issuer_url": "https://issuer.example"}], ids=str
)
def test_an_account_that_signs_in_by_token_is_taken(connection: Connection, changed: dict[str, object]) -> None:
    fill(connection, before="mailbox_account")
    insert(connection, "mailbox_account", {**GOOD["mailbox_account"], **changed})


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


def test_a_merged_ticket_is_closed(connection: Connection) -> None:
    fill(connection)
    merged = {**GOOD["ticket"], "id": 2, "merged_into_id": 1}
    insert(connection, "ticket", {**merged, "status": "closed"})
    with pytest.raises(IntegrityError):
        insert(connection, "ticket", {**merged, "id": 3, "status": "open"})
