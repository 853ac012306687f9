"""The ledger narrowed to the days on which mails were recorded."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_inbound_mail_recorded", "inbound_mail", ["recorded_at"])


def downgrade() -> None:
    op.drop_index("ix_inbound_mail_recorded", "inbound_mail")
