"""All that a job asked for is undone with it, also what set nothing; what is left to undo is found by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

BEFORE = (
    "undone_counted",
    "undone_at IS NULL OR applied_category OR applied_priority OR state IN ('failed', 'gave_up')",
)
AFTER = ("undone_is_over", "undone_at IS NULL OR finished_at IS NOT NULL")
KEPT = sa.text("bulk_job_id IS NOT NULL AND undone_at IS NULL")


def upgrade() -> None:
    _check_undone(BEFORE, AFTER)
    op.execute("UPDATE classification_run SET undone_at = finished_at WHERE error_kind = 'withdrawn'")
    op.execute(
        "UPDATE classification_run SET undone_at = "
        "(SELECT finished_at FROM bulk_undo WHERE bulk_undo.bulk_job_id = classification_run.bulk_job_id) "
        "WHERE state = 'succeeded' AND undone_at IS NULL "
        "AND asked_for IN ('bulk', 'retry') AND bulk_job_id IS NOT NULL"
    )
    columns = ["bulk_job_id", "id"]
    op.create_index("ix_run_bulk_kept", "classification_run", columns, postgresql_where=KEPT, sqlite_where=KEPT)


def downgrade() -> None:
    op.drop_index("ix_run_bulk_kept", "classification_run")
    op.execute(
        "UPDATE classification_run SET undone_at = NULL WHERE error_kind = 'withdrawn' "
        "OR (state = 'succeeded' AND NOT (applied_category OR applied_priority))"
    )
    _check_undone(AFTER, BEFORE)


def _check_undone(old: tuple[str, str], new: tuple[str, str]) -> None:
    """On SQLite the column is made anew with its constraint: others refer to the table, so it cannot be rebuilt."""
    added = "CONSTRAINT ck_classification_run_{} CHECK ({})".format(*new)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE classification_run DROP CONSTRAINT ck_classification_run_{old[0]}")
        op.execute(f"ALTER TABLE classification_run ADD {added}")
        return
    op.execute(
        f"ALTER TABLE classification_run ADD COLUMN moved_at DATETIME {added.replace('undone_at', 'moved_at')}"
    )
    op.execute("UPDATE classification_run SET moved_at = undone_at WHERE undone_at IS NOT NULL")
    op.execute("ALTER TABLE classification_run DROP COLUMN undone_at")
    op.execute("ALTER TABLE classification_run RENAME COLUMN moved_at TO undone_at")
