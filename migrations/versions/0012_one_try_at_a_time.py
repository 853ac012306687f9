"""A mail that is tried again is somebody's until a moment, so that a slow try is not counted twice."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kind = "TIMESTAMP WITH TIME ZONE" if op.get_bind().dialect.name == "postgresql" else "DATETIME"
    op.execute(f"ALTER TABLE inbound_mail ADD COLUMN trying_until {kind}")


def downgrade() -> None:
    op.execute("ALTER TABLE inbound_mail DROP COLUMN trying_until")
