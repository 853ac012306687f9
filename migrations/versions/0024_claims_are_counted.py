"""A run counts how often it was begun, so that one which ends its workers is given up in the end."""

from alembic import op

revision = "0024"
down_revision = "0022"
branch_labels = None
depends_on = None

# The default stays: what runs until its upgrade may add runs, and knows nothing of this column.
CLAIMS = "claims INTEGER DEFAULT 0 NOT NULL CONSTRAINT ck_classification_run_claims_positive CHECK (claims >= 0)"


def upgrade() -> None:
    op.execute(f"ALTER TABLE classification_run ADD COLUMN {CLAIMS}")
    op.execute("UPDATE classification_run SET claims = 1 WHERE state = 'running'")


def downgrade() -> None:
    op.execute("ALTER TABLE classification_run DROP COLUMN claims")
