"""A run counts how often it was begun; the same question is found by an index also where it was declined.

Of which run took whose verdict only the copies are in an index now: no page asks for it, but a run that is deleted.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

# The default stays: what runs until its upgrade may add runs, and knows nothing of this column.
CLAIMS = "claims INTEGER DEFAULT 0 NOT NULL CONSTRAINT ck_classification_run_claims_positive CHECK (claims >= 0)"
QUESTION = ["question_digest", sa.text("finished_at DESC")]


def upgrade() -> None:
    op.execute(f"ALTER TABLE classification_run ADD COLUMN {CLAIMS}")
    op.execute("UPDATE classification_run SET claims = 1 WHERE state = 'running'")
    _index("ix_run_question", QUESTION, "finished_at IS NOT NULL")
    _index("ix_run_copied_from", ["copied_from_id"], "copied_from_id IS NOT NULL")


def downgrade() -> None:
    _index("ix_run_copied_from", ["copied_from_id"], None)
    _index("ix_run_question", QUESTION, "state = 'succeeded'")
    op.execute("ALTER TABLE classification_run DROP COLUMN claims")


def _index(name: str, columns: list[str | sa.TextClause], condition: str | None) -> None:
    op.drop_index(name, "classification_run")
    where = None if condition is None else sa.text(condition)
    op.create_index(name, "classification_run", columns, postgresql_where=where, sqlite_where=where)
