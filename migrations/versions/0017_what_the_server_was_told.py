"""A mailbox keeps up to which UID its server was told, and since when it cannot be; missing bytes are found."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# What was recorded before counts as told: nobody knows, and people may have marked mails as unread since.
NEWEST = "SELECT {} FROM mail_sighting WHERE mail_sighting.mailbox_id = mailbox.id"


def upgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    number, moment = ("BIGINT", "TIMESTAMP WITH TIME ZONE") if is_postgresql else ("INTEGER", "DATETIME")
    with_column = "ALTER TABLE mailbox ADD COLUMN"
    op.execute(f"{with_column} settled_uidvalidity {number}")
    op.execute(f"{with_column} settled_uid {number} CONSTRAINT ck_mailbox_settled_positive CHECK (settled_uid >= 0)")
    op.execute(f"{with_column} unsettled_since {moment}")
    newest = NEWEST.format("uidvalidity") + " ORDER BY mail_sighting.mail_id DESC LIMIT 1"
    op.execute(f"UPDATE mailbox SET settled_uidvalidity = ({newest})")
    highest = NEWEST.format("max(uid)") + " AND mail_sighting.uidvalidity = mailbox.settled_uidvalidity"
    op.execute(f"UPDATE mailbox SET settled_uid = ({highest}) WHERE settled_uidvalidity IS NOT NULL")

    op.execute("CREATE INDEX ix_inbound_mail_without_bytes ON inbound_mail (mailbox_id, size) WHERE raw IS NULL")


def downgrade() -> None:
    op.execute("DROP INDEX ix_inbound_mail_without_bytes")
    op.execute("ALTER TABLE mailbox DROP COLUMN unsettled_since")
    op.execute("ALTER TABLE mailbox DROP COLUMN settled_uid")
    op.execute("ALTER TABLE mailbox DROP COLUMN settled_uidvalidity")
