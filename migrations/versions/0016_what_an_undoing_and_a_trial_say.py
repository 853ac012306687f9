"""An undone job's failures no longer count either; a trial says where a severity word raised a priority."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

APPLIED = "applied_category OR applied_priority"
BEFORE = ("undone_was_applied", f"undone_at IS NULL OR {APPLIED}")
AFTER = ("undone_counted", f"undone_at IS NULL OR {APPLIED} OR state IN ('failed', 'gave_up')")
SAMPLE = "ck_bulk_sample"
PRIORITIES = "'low', 'medium', 'high', 'critical'"
# Each with its column: SQLite adds no constraint to a table.
SAMPLE_COLUMNS = {
    "priority_before": f"VARCHAR(20) CONSTRAINT {SAMPLE}_priority_before CHECK (priority_before IN ({PRIORITIES}))",
    "floor_word": "VARCHAR(100) "
    f"CONSTRAINT {SAMPLE}_floor_is_whole CHECK ((floor_word IS NULL) = (priority_before IS NULL)) "
    f"CONSTRAINT {SAMPLE}_floor_of_success CHECK (floor_word IS NULL OR state = 'succeeded')",
}


def upgrade() -> None:
    _check_undone(BEFORE, AFTER)
    for name, column in SAMPLE_COLUMNS.items():
        op.execute(f"ALTER TABLE bulk_sample ADD COLUMN {name} {column}")


def downgrade() -> None:
    for name in reversed(SAMPLE_COLUMNS):
        op.execute(f"ALTER TABLE bulk_sample DROP COLUMN {name}")
    op.execute(f"UPDATE classification_run SET undone_at = NULL WHERE NOT ({APPLIED})")
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
