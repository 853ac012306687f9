"""A moved message keeps where it landed first and why, so that moving it back restores the reason."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"
    op.execute(f"ALTER TABLE message ADD COLUMN landed_on {number}")
    op.execute("ALTER TABLE message ADD COLUMN landed_reason TEXT")


def downgrade() -> None:
    op.execute("ALTER TABLE message DROP COLUMN landed_reason")
    op.execute("ALTER TABLE message DROP COLUMN landed_on")
