"""A ticket can be merged into another, in which it then goes on; its history says so."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BEFORE = (
    *("opened", "message", "reply", "note", "title", "description", "category", "priority", "status", "assignee"),
    *("asked", "read_again", "moved", "confirmed", "undone"),
)
IS_MERGED = sa.text("merged_into_id IS NOT NULL")
# With its column: SQLite adds no constraint to a table, and `ticket` cannot be rebuilt under all that hangs on it.
COLUMN = (
    "merged_into_id {number} "
    "CONSTRAINT fk_ticket_merged_into_id_ticket REFERENCES ticket (id) "
    "CONSTRAINT ck_ticket_merged_is_closed CHECK (merged_into_id IS NULL OR status = 'closed') "
    "CONSTRAINT ck_ticket_merged_elsewhere CHECK (merged_into_id <> id)"
)


def upgrade() -> None:
    number = "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"
    op.execute(f"ALTER TABLE ticket ADD COLUMN {COLUMN.format(number=number)}")
    op.create_index(
        "ix_ticket_merged", "ticket", ["merged_into_id"], postgresql_where=IS_MERGED, sqlite_where=IS_MERGED
    )
    _allow((*BEFORE, "merged", "separated"))


def downgrade() -> None:
    op.execute("DELETE FROM ticket_event WHERE kind IN ('merged', 'separated')")
    _allow(BEFORE)
    op.drop_index("ix_ticket_merged", "ticket")
    op.execute("ALTER TABLE ticket DROP COLUMN merged_into_id")


def _allow(kinds: tuple[str, ...]) -> None:
    """SQLite rebuilds the table, to which no other refers, so that nothing else is touched."""
    name = op.f("ck_ticket_event_kind")
    with op.batch_alter_table("ticket_event") as batch_op:
        batch_op.drop_constraint(name, type_="check")
        batch_op.create_check_constraint(name, sa.column("kind").in_(kinds))
