"""A sighting says whether the server is still to be told of a mail whose bytes came late."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

IS_UNTOLD = sa.text("untold_at IS NOT NULL")


def upgrade() -> None:
    moment = "TIMESTAMP WITH TIME ZONE" if op.get_bind().dialect.name == "postgresql" else "DATETIME"
    op.execute(f"ALTER TABLE mail_sighting ADD COLUMN untold_at {moment}")
    columns = ["mailbox_id", "uidvalidity", "uid"]
    op.create_index(
        "ix_mail_sighting_untold", "mail_sighting", columns, postgresql_where=IS_UNTOLD, sqlite_where=IS_UNTOLD
    )


def downgrade() -> None:
    op.drop_index("ix_mail_sighting_untold", "mail_sighting")
    op.execute("ALTER TABLE mail_sighting DROP COLUMN untold_at")
