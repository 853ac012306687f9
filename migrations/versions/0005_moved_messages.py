"""A ticket's history can say that a message was moved."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BEFORE = (
    *("opened", "message", "reply", "note", "title", "description", "category", "priority", "status", "assignee"),
    *("asked", "read_again"),
)


def upgrade() -> None:
    _allow((*BEFORE, "moved"))


def downgrade() -> None:
    op.execute("DELETE FROM ticket_event WHERE kind = 'moved'")
    _allow(BEFORE)


def _allow(kinds: tuple[str, ...]) -> None:
    """SQLite rebuilds the table, to which no other refers, so that nothing else is touched."""
    name = op.f("ck_ticket_event_kind")
    with op.batch_alter_table("ticket_event") as batch_op:
        batch_op.drop_constraint(name, type_="check")
        batch_op.create_check_constraint(name, sa.column("kind").in_(kinds))
