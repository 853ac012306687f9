"""Where the classification of a ticket stands, kept on the ticket by triggers, so that lists can be narrowed to it.

A ticket is written again only where its state changes: a claim, which makes a queued run a running one, touches no
ticket. Whoever finishes a run has locked its ticket first. Warning: a later batch migration that rebuilds
``classification_run`` on SQLite drops these triggers and must make them again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KINDS = (
    *("opened", "message", "reply", "note", "title", "description", "category", "priority", "status", "assignee"),
    *("asked", "read_again", "moved"),
)
STATES = "'not_asked', 'queued', 'running', 'done', 'failed', 'given_up'"
DECIDED = "category_by = 'person' AND priority_by = 'person'"
RUNS = "SELECT ticket_id FROM classification_run WHERE"
NEWEST = "SELECT max(id) FROM classification_run GROUP BY ticket_id"
# With its column: SQLite adds no constraint to a table, and `ticket` cannot be rebuilt under all that hangs on it.
COLUMN = (
    "classification_state VARCHAR(20) DEFAULT 'done' NOT NULL "
    f"CONSTRAINT ck_ticket_classification_state CHECK (classification_state IN ({STATES})) "
    "CONSTRAINT ck_ticket_running_is_leased CHECK (classification_state <> 'running') "
    f"CONSTRAINT ck_ticket_people_settle CHECK (classification_state <> 'given_up' OR NOT ({DECIDED}))"
)
KNOWN = (
    ("queued", f"id IN ({RUNS} state IN ('queued', 'running') AND attempt = 1)"),
    ("failed", f"id IN ({RUNS} state IN ('queued', 'running') AND attempt > 1)"),
    (
        "given_up",
        f"NOT ({DECIDED}) AND id IN ({RUNS} id IN ({NEWEST}) AND state = 'gave_up')",
    ),
    (
        "not_asked",
        f"NOT ({DECIDED}) AND NOT EXISTS (SELECT 1 FROM classification_run AS run WHERE run.ticket_id = ticket.id)",
    ),
)
STATE = f"""CASE NEW.state
      WHEN 'succeeded' THEN 'done'
      WHEN 'failed' THEN 'failed'
      WHEN 'gave_up' THEN CASE WHEN {DECIDED} THEN 'done' ELSE 'given_up' END
      ELSE CASE WHEN NEW.attempt > 1 THEN 'failed' ELSE 'queued' END
    END"""
STEP = (
    f"UPDATE ticket SET classification_state = {STATE} WHERE id = NEW.ticket_id AND classification_state <> {STATE};"
)
IS_FINISHED = "NEW.state IN ('succeeded', 'failed', 'gave_up')"
TRIGGERS = {"asked": ("INSERT", ""), "finished": ("UPDATE OF state", f"WHEN ({IS_FINISHED})")}


def upgrade() -> None:
    postgres = op.get_bind().dialect.name == "postgresql"
    op.execute(f"ALTER TABLE ticket ADD COLUMN {COLUMN}")
    for state, condition in KNOWN:
        op.execute(f"UPDATE ticket SET classification_state = '{state}' WHERE {condition}")
    op.create_index(
        "ix_ticket_classification",
        "ticket",
        ["classification_state", sa.literal_column("created_at DESC"), sa.literal_column("id DESC")],
    )
    if postgres:
        op.execute("ALTER TABLE ticket ALTER COLUMN classification_state DROP DEFAULT")
        op.execute(
            f"CREATE FUNCTION keep_classification_state() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {STEP} RETURN NULL; END $$"
        )
    body = "EXECUTE FUNCTION keep_classification_state()" if postgres else f"BEGIN {STEP} END"
    for name, (when, condition) in TRIGGERS.items():
        op.execute(
            f"CREATE TRIGGER classification_state_when_{name} AFTER {when} ON classification_run "
            f"FOR EACH ROW {condition} {body}"
        )
    _allow((*KINDS, "confirmed", "undone"))


def downgrade() -> None:
    postgres = op.get_bind().dialect.name == "postgresql"
    op.execute("DELETE FROM ticket_event WHERE kind IN ('confirmed', 'undone')")
    _allow(KINDS)
    for name in TRIGGERS:
        op.execute(f"DROP TRIGGER classification_state_when_{name}" + (" ON classification_run" if postgres else ""))
    if postgres:
        op.execute("DROP FUNCTION keep_classification_state()")
    op.drop_index("ix_ticket_classification", "ticket")
    op.execute("ALTER TABLE ticket DROP COLUMN classification_state")


def _allow(kinds: tuple[str, ...]) -> None:
    """SQLite rebuilds the table, to which no other refers, so that nothing else is touched."""
    name = op.f("ck_ticket_event_kind")
    with op.batch_alter_table("ticket_event") as batch_op:
        batch_op.drop_constraint(name, type_="check")
        batch_op.create_check_constraint(name, sa.column("kind").in_(kinds))
