"""When a mail of ours came back, and an index of what machines wrote."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# With its column: SQLite adds no constraint to a table, and rebuilding `message` would delete what hangs on it.
CAME_BACK = "CONSTRAINT ck_message_bounced_was_sent CHECK (bounced_at IS NULL OR delivery = 'sent')"


def upgrade() -> None:
    kind = "TIMESTAMP WITH TIME ZONE" if op.get_bind().dialect.name == "postgresql" else "DATETIME"
    op.execute(f"ALTER TABLE message ADD COLUMN bounced_at {kind} {CAME_BACK}")
    op.create_index(
        "ix_message_automatic",
        "message",
        ["created_at"],
        postgresql_where=sa.text("is_automatic"),
        sqlite_where=sa.text("is_automatic = 1"),
    )


def downgrade() -> None:
    op.drop_index("ix_message_automatic", "message")
    op.execute("ALTER TABLE message DROP COLUMN bounced_at")
