"""An index for the figures of a period: finished classification runs by the time they ended."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

FINISHED = sa.text("finished_at IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_run_finished",
        "classification_run",
        [sa.literal_column("finished_at DESC"), sa.literal_column("id DESC")],
        postgresql_where=FINISHED,
        sqlite_where=FINISHED,
    )


def downgrade() -> None:
    op.drop_index("ix_run_finished", "classification_run")
