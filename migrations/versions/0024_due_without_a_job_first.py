"""Runs that are due are found by two indexes: those that no bulk job asked for, and those of one job."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

OUTSTANDING = "state IN ('queued', 'running')"
WITHOUT_JOB = "(bulk_job_id IS NULL OR asked_for NOT IN ('bulk', 'retry'))"
OF_JOB = "asked_for IN ('bulk', 'retry')"


def upgrade() -> None:
    _create("ix_run_due_without_job", ["due_at", "id"], f"{OUTSTANDING} AND {WITHOUT_JOB}")
    _create("ix_run_due_of_job", ["bulk_job_id", "due_at", "id"], f"{OUTSTANDING} AND {OF_JOB}")
    op.drop_index("ix_run_due", "classification_run")


def downgrade() -> None:
    _create("ix_run_due", ["due_at", "id"], OUTSTANDING)
    op.drop_index("ix_run_due_of_job", "classification_run")
    op.drop_index("ix_run_due_without_job", "classification_run")


def _create(name: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, "classification_run", columns, postgresql_where=where, sqlite_where=where)
