"""The migrations: linear, reversible, and in the end what the models say."""

import re
from pathlib import Path

from apiflask import APIFlask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import inspect, select, text

from ticketapp.db import db, transaction
from ticketapp.models import Mailbox, Ticket, TicketEvent

NOW = "2026-11-20 12:00:00"
MAIL = "mailbox_id, sha256, size, arrived_at, recorded_at, state, kind, reason, sender, subject, attempts, raw"
TICKET = (
    "title, description, search_document, category, category_by, priority, priority_by, status, source, "
    "created_at, updated_at"
)
RUN = "ticket_id, attempt, state, asked_for, asked_at, due_at, applied_category, applied_priority, finished_at, error"
CHOSEN = f"'default', 'medium', 'default', 'open', 'email', '{NOW}', '{NOW}'"
MAIL_VALUES = f"3, '{NOW}', '{NOW}', 'received', 'unread', '', '', '', 0, 'raw'"
BEFORE_0004 = (
    "INSERT INTO mailbox (id, name, failures) VALUES (1, 'box', 0), (2, 'empty', 0)",
    *(f"INSERT INTO inbound_mail (id, {MAIL}) VALUES ({n}, 1, '{n:064}', {MAIL_VALUES})" for n in (1, 2)),
    f"INSERT INTO ticket (id, {TICKET}) VALUES (1, 'Fire', 'It burns', 'fire', 'general', {CHOSEN})",
    f"INSERT INTO ticket_event (id, ticket_id, at, kind) VALUES (1, 1, '{NOW}', 'opened')",
)
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


def test_mails_and_history_from_before_are_kept_and_counted(each_app: APIFlask) -> None:
    downgrade(revision="0003")
    with transaction() as session:
        for statement in BEFORE_0004:
            session.execute(text(statement))

    upgrade()

    counts = select(Mailbox.name, Mailbox.ledger_count, Mailbox.server_count, Mailbox.paused_at)
    assert [tuple(row) for row in db.session.execute(counts.order_by(Mailbox.id))] == [
        ("box", 2, None, None),
        ("empty", 0, None, None),
    ]
    assert list(db.session.scalars(select(TicketEvent.kind))) == ["opened"]
    db.session.rollback()
    downgrade(revision="0003")
    assert db.session.execute(text("SELECT count(*) FROM inbound_mail")).scalar_one() == 2
    db.session.rollback()
    upgrade()


def test_what_was_merged_before_counts_with_the_other_from_then_on(each_app: APIFlask) -> None:
    downgrade(revision="0018")
    values = (
        f"'Fire', 'It burns', 'fire', 'general', 'default', 'medium', 'default', 'closed', 'web', '{NOW}', '{NOW}'"
    )
    with transaction() as session:
        for number, into in ((1, "NULL"), (2, "1"), (3, "NULL")):
            columns = f"id, classification_state, merged_into_id, {TICKET}"
            session.execute(text(f"INSERT INTO ticket ({columns}) VALUES ({number}, 'queued', {into}, {values})"))

    counts = [text(f"SELECT sum(tickets) FROM {table}") for table in ("ticket_tally", "ticket_day_tally")]
    assert [db.session.scalar(count) for count in counts] == [3, 3]
    db.session.rollback()
    upgrade()
    assert [db.session.scalar(count) for count in counts] == [2, 2]
    db.session.rollback()
    downgrade(revision="0018")
    assert [db.session.scalar(count) for count in counts] == [3, 3]
    db.session.rollback()
    upgrade()


def test_the_state_of_classifications_from_before_is_found(each_app: APIFlask) -> None:
    downgrade(revision="0008")
    person = f"'person', 'low', 'person', 'open', 'web', '{NOW}', '{NOW}'"
    asked, done = (
        f"'opened', '{NOW}', '{NOW}', false, false, {end}" for end in ("NULL, NULL", f"'{NOW}', 'It broke.'")
    )
    runs = ((2, 1, "queued", asked), (3, 1, "failed", done), (3, 2, "queued", asked), (4, 1, "gave_up", done))
    with transaction() as session:
        for number, chosen in enumerate((CHOSEN, CHOSEN, CHOSEN, CHOSEN, person, person), 1):
            values = f"({number}, 'Fire', 'It burns', 'fire', 'general', {chosen})"
            session.execute(text(f"INSERT INTO ticket (id, {TICKET}) VALUES {values}"))
        for ticket_id, attempt, state, rest in (*runs, (6, 1, "gave_up", done)):
            values = f"({ticket_id}, {attempt}, '{state}', {rest})"
            session.execute(text(f"INSERT INTO classification_run ({RUN}) VALUES {values}"))

    upgrade()

    states = select(Ticket.classification_state).order_by(Ticket.id)
    assert list(db.session.scalars(states)) == ["not_asked", "queued", "failed", "given_up", "done", "done"]
    db.session.rollback()


def test_a_run_that_goes_on_while_runs_learn_to_count_was_begun_once(each_app: APIFlask) -> None:
    downgrade(revision="0022")
    columns = f"id, classification_state, {TICKET}"
    end = {"queued": "NULL, NULL", "running": "NULL, NULL", "gave_up": f"'{NOW}', 'It broke.'"}
    with transaction() as session:
        for number, (state, ended) in enumerate(end.items(), 1):
            values = f"({number}, 'queued', 'Fire', 'It burns', 'fire', 'general', {CHOSEN})"
            session.execute(text(f"INSERT INTO ticket ({columns}) VALUES {values}"))
            lease = f"'{NOW}'" if state == "running" else "NULL"
            values = f"({number}, 1, '{state}', 'opened', '{NOW}', '{NOW}', false, false, {ended}, {lease})"
            session.execute(text(f"INSERT INTO classification_run ({RUN}, lease_until) VALUES {values}"))

    upgrade()

    counted = text("SELECT state, claims FROM classification_run ORDER BY id")
    assert [tuple(row) for row in db.session.execute(counted)] == [("queued", 0), ("running", 1), ("gave_up", 0)]
    db.session.rollback()
