"""A mail recorded by its header says since when its bytes are not to be had any more."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

CHECK = "CONSTRAINT ck_inbound_mail_given_up_without_bytes CHECK (given_up_at IS NULL OR raw IS NULL)"


def upgrade() -> None:
    moment = "TIMESTAMP WITH TIME ZONE" if op.get_bind().dialect.name == "postgresql" else "DATETIME"
    op.execute(f"ALTER TABLE inbound_mail ADD COLUMN given_up_at {moment} {CHECK}")


def downgrade() -> None:
    op.execute("ALTER TABLE inbound_mail DROP COLUMN given_up_at")
