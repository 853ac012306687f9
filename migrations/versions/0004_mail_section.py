"""What the mail section shows and does: counts and pauses of mailboxes, filters of the ledger, reading again."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS = (
    "opened",
    "message",
    "reply",
    "note",
    "title",
    "description",
    "category",
    "priority",
    "status",
    "assignee",
    "asked",
)
NEW_KINDS = (*KINDS, "read_again")
# Each with its column: SQLite adds no constraint to a table, and `mailbox` cannot be rebuilt under its mails.
COUNTS = (
    "server_count INTEGER CONSTRAINT ck_mailbox_server_count_positive CHECK (server_count >= 0)",
    "ledger_count INTEGER DEFAULT 0 NOT NULL CONSTRAINT ck_mailbox_ledger_count_positive CHECK (ledger_count >= 0)",
)
TRIGRAM_INDEX = """
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
    CREATE INDEX IF NOT EXISTS ix_inbound_mail_search
      ON inbound_mail USING gin (lower(sender || ' ' || subject) gin_trgm_ops);
  END IF;
END $$
"""


def upgrade() -> None:
    _let_events_be(NEW_KINDS)
    moment = "TIMESTAMP WITH TIME ZONE" if op.get_bind().dialect.name == "postgresql" else "DATETIME"
    for column in (*COUNTS, f"paused_at {moment}"):
        op.execute(f"ALTER TABLE mailbox ADD COLUMN {column}")
    counted = "(SELECT count(*) FROM inbound_mail WHERE inbound_mail.mailbox_id = mailbox.id)"
    op.execute(f"UPDATE mailbox SET ledger_count = {counted}")
    op.create_index("ix_inbound_mail_kind", "inbound_mail", ["kind", sa.literal_column("id DESC")])
    op.create_index("ix_inbound_mail_mailbox", "inbound_mail", ["mailbox_id", sa.literal_column("id DESC")])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.text(TRIGRAM_INDEX))
    op.create_table(
        "mail_reading",
        sa.Column("id", row_id, nullable=False),
        sa.Column("asked_by_id", row_id, nullable=False),
        sa.Column("filter_query", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("cursor_id", row_id, nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "total >= 0 AND done >= 0 AND changed >= 0 AND failed >= 0 AND attempts >= 0",
            name=op.f("ck_mail_reading_counts_positive"),
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user_account.id"], name=op.f("fk_mail_reading_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_reading")),
    )


def downgrade() -> None:
    op.drop_table("mail_reading")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP INDEX IF EXISTS ix_inbound_mail_search")
    op.drop_index("ix_inbound_mail_mailbox", "inbound_mail")
    op.drop_index("ix_inbound_mail_kind", "inbound_mail")
    for column in ("paused_at", "ledger_count", "server_count"):
        op.execute(f"ALTER TABLE mailbox DROP COLUMN {column}")
    op.execute("DELETE FROM ticket_event WHERE kind = 'read_again'")
    _let_events_be(KINDS)


def _let_events_be(kinds: tuple[str, ...]) -> None:
    words = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("ticket_event") as batch:
        batch.drop_constraint(op.f("ck_ticket_event_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_ticket_event_kind"), f"kind IN ({words})")
