"""Which question a run puts, and whose verdict it took where the same one had been put already."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

RUNNING, SUCCEEDED = sa.text("state = 'running'"), sa.text("state = 'succeeded'")
INDEXES = ("ix_run_copied_from", "ix_run_question", "uq_run_question")
SOURCE = "CONSTRAINT fk_classification_run_copied_from_id REFERENCES classification_run (id)"


def upgrade() -> None:
    # With its column: SQLite adds no constraint to a table, and the history refers to this one.
    number = "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"
    op.execute("ALTER TABLE classification_run ADD COLUMN question_digest VARCHAR(64)")
    op.execute(f"ALTER TABLE classification_run ADD COLUMN copied_from_id {number} {SOURCE}")
    op.create_index(
        "uq_run_question",
        "classification_run",
        ["question_digest"],
        unique=True,
        postgresql_where=RUNNING,
        sqlite_where=RUNNING,
    )
    op.create_index(
        "ix_run_question",
        "classification_run",
        ["question_digest", sa.text("finished_at DESC")],
        postgresql_where=SUCCEEDED,
        sqlite_where=SUCCEEDED,
    )
    op.create_index("ix_run_copied_from", "classification_run", ["copied_from_id"])


def downgrade() -> None:
    for index in INDEXES:
        op.drop_index(index, "classification_run")
    for column in ("copied_from_id", "question_digest"):
        op.execute(f"ALTER TABLE classification_run DROP COLUMN {column}")
