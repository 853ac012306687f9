"""Every table with its constraints and indexes."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "mailbox",
        sa.Column("id", row_id, nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("polled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("poll_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.CheckConstraint("trim(name, ' \t\n\r') <> ''", name=op.f("ck_mailbox_name_not_blank")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailbox")),
        sa.UniqueConstraint("name", name=op.f("uq_mailbox_name")),
    )
    op.create_table(
        "requester",
        sa.Column("id", row_id, nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("trim(email, ' \t\n\r') <> ''", name=op.f("ck_requester_email_not_blank")),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_requester_email_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requester")),
        sa.UniqueConstraint("email", name=op.f("uq_requester_email")),
    )
    op.create_table(
        "ticket_day_tally",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.Column("tickets", row_id, nullable=False),
        sa.PrimaryKeyConstraint("day", "shard", name=op.f("pk_ticket_day_tally")),
    )
    op.create_table(
        "ticket_tally",
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("priority", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.Column("tickets", row_id, nullable=False),
        sa.PrimaryKeyConstraint("category", "priority", "status", "shard", name=op.f("pk_ticket_tally")),
    )
    op.create_table(
        "user_account",
        sa.Column("id", row_id, nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column(
            "role",
            sa.Enum("agent", "admin", name="role", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("trim(email, ' \t\n\r') <> ''", name=op.f("ck_user_account_email_not_blank")),
        sa.CheckConstraint("trim(name, ' \t\n\r') <> ''", name=op.f("ck_user_account_name_not_blank")),
        sa.CheckConstraint(
            "trim(password_hash, ' \t\n\r') <> ''", name=op.f("ck_user_account_password_hash_not_blank")
        ),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_user_account_email_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("email", name=op.f("uq_user_account_email")),
    )
    op.create_table(
        "api_token",
        sa.Column("id", row_id, nullable=False),
        sa.Column("user_id", row_id, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("hint", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("trim(name, ' \t\n\r') <> ''", name=op.f("ck_api_token_name_not_blank")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_api_token_sha256_length")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_api_token_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("sha256", name=op.f("uq_api_token_sha256")),
    )
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_token_user_id"), ["user_id"], unique=False)

    op.create_table(
        "bulk_job",
        sa.Column("id", row_id, nullable=False),
        sa.Column("asked_by_id", row_id, nullable=False),
        sa.Column("filter_query", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("queued", sa.Integer(), nullable=False),
        sa.Column("cursor_id", row_id, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("total >= 0 AND queued >= 0", name=op.f("ck_bulk_job_counts_positive")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user_account.id"], name=op.f("fk_bulk_job_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_job")),
    )
    op.create_table(
        "ticket",
        sa.Column("id", row_id, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("search_document", sa.Text(), nullable=False),
        sa.Column(
            "category",
            sa.Enum(
                "billing",
                "technical",
                "account",
                "general",
                name="category",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "category_by",
            sa.Enum(
                "default",
                "machine",
                "person",
                name="category_by",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "priority",
            sa.Enum(
                "low",
                "medium",
                "high",
                "critical",
                name="priority",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "priority_by",
            sa.Enum(
                "default",
                "machine",
                "person",
                name="priority_by",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "in_progress",
                "resolved",
                "closed",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "source",
            sa.Enum("email", "web", "api", name="source", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("requester_id", row_id, nullable=True),
        sa.Column("assignee_id", row_id, nullable=True),
        sa.Column("opened_by_id", row_id, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "category_by <> 'default' OR category = 'general'", name=op.f("ck_ticket_category_default")
        ),
        sa.CheckConstraint(
            "priority_by <> 'default' OR priority = 'medium'", name=op.f("ck_ticket_priority_default")
        ),
        sa.CheckConstraint("trim(description, ' \t\n\r') <> ''", name=op.f("ck_ticket_description_not_blank")),
        sa.CheckConstraint("trim(title, ' \t\n\r') <> ''", name=op.f("ck_ticket_title_not_blank")),
        sa.CheckConstraint("length(title) <= 200", name=op.f("ck_ticket_title_length")),
        sa.ForeignKeyConstraint(["assignee_id"], ["user_account.id"], name=op.f("fk_ticket_assignee_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["user_account.id"], name=op.f("fk_ticket_opened_by_id")),
        sa.ForeignKeyConstraint(["requester_id"], ["requester.id"], name=op.f("fk_ticket_requester_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
    )
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.create_index(
            "ix_ticket_assignee_newest",
            ["assignee_id", sa.literal_column("created_at DESC"), sa.literal_column("id DESC")],
            unique=False,
        )
        batch_op.create_index(
            "ix_ticket_filter",
            ["category", "priority", "status", sa.literal_column("created_at DESC"), sa.literal_column("id DESC")],
            unique=False,
        )
        batch_op.create_index(
            "ix_ticket_newest", [sa.literal_column("created_at DESC"), sa.literal_column("id DESC")], unique=False
        )
        batch_op.create_index(
            "ix_ticket_priority_newest",
            ["priority", sa.literal_column("created_at DESC"), sa.literal_column("id DESC")],
            unique=False,
        )
        batch_op.create_index("ix_ticket_requester", ["requester_id"], unique=False)
        batch_op.create_index(
            "ix_ticket_status_newest",
            ["status", sa.literal_column("created_at DESC"), sa.literal_column("id DESC")],
            unique=False,
        )
        batch_op.create_index(
            "ix_ticket_unclassified",
            [sa.literal_column("created_at DESC"), sa.literal_column("id DESC")],
            unique=False,
            postgresql_where=sa.text("category_by = 'default' OR priority_by = 'default'"),
            sqlite_where=sa.text("category_by = 'default' OR priority_by = 'default'"),
        )

    op.create_table(
        "classification_run",
        sa.Column("id", row_id, nullable=False),
        sa.Column("ticket_id", row_id, nullable=False),
        sa.Column("bulk_job_id", row_id, nullable=True),
        sa.Column(
            "asked_for",
            sa.Enum(
                "opened",
                "reclassify",
                "bulk",
                "retry",
                name="asked_for",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("asked_by_id", row_id, nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "succeeded",
                "failed",
                "gave_up",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("model", sa.String(length=100), nullable=True),
        sa.Column("prompt_version", sa.String(length=40), nullable=True),
        sa.Column(
            "category",
            sa.Enum(
                "billing",
                "technical",
                "account",
                "general",
                name="category",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column(
            "priority",
            sa.Enum(
                "low",
                "medium",
                "high",
                "critical",
                name="priority",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("applied_category", sa.Boolean(), nullable=False),
        sa.Column("applied_priority", sa.Boolean(), nullable=False),
        sa.Column("latency_ms", sa.Integer(), nullable=True),
        sa.Column("tokens_in", sa.Integer(), nullable=True),
        sa.Column("tokens_out", sa.Integer(), nullable=True),
        sa.Column("error_kind", sa.String(length=40), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("error_detail", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'running') = (lease_until IS NOT NULL)", name=op.f("ck_classification_run_running_is_leased")
        ),
        sa.CheckConstraint(
            "(state IN ('queued', 'running')) = (finished_at IS NULL)", name=op.f("ck_classification_run_finished")
        ),
        sa.CheckConstraint(
            "state <> 'succeeded' OR (category IS NOT NULL AND priority IS NOT NULL AND model IS NOT NULL)",
            name=op.f("ck_classification_run_success_is_whole"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('failed', 'gave_up') OR error IS NOT NULL",
            name=op.f("ck_classification_run_failure_has_cause"),
        ),
        sa.CheckConstraint("attempt >= 1", name=op.f("ck_classification_run_attempt_positive")),
        sa.CheckConstraint("confidence BETWEEN 0 AND 1", name=op.f("ck_classification_run_confidence_range")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user_account.id"], name=op.f("fk_classification_run_asked_by_id")),
        sa.ForeignKeyConstraint(["bulk_job_id"], ["bulk_job.id"], name=op.f("fk_classification_run_bulk_job_id")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_classification_run_ticket_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_classification_run")),
    )
    with op.batch_alter_table("classification_run", schema=None) as batch_op:
        batch_op.create_index("ix_run_bulk_job", ["bulk_job_id", "state"], unique=False)
        batch_op.create_index(
            "ix_run_due",
            ["due_at", "id"],
            unique=False,
            postgresql_where=sa.text("state IN ('queued', 'running')"),
            sqlite_where=sa.text("state IN ('queued', 'running')"),
        )
        batch_op.create_index("ix_run_state", ["state", sa.literal_column("id DESC")], unique=False)
        batch_op.create_index("ix_run_ticket", ["ticket_id", sa.literal_column("id DESC")], unique=False)
        batch_op.create_index(
            "uq_run_outstanding",
            ["ticket_id"],
            unique=True,
            postgresql_where=sa.text("state IN ('queued', 'running')"),
            sqlite_where=sa.text("state IN ('queued', 'running')"),
        )

    op.create_table(
        "message",
        sa.Column("id", row_id, nullable=False),
        sa.Column("ticket_id", row_id, nullable=False),
        sa.Column(
            "direction",
            sa.Enum(
                "inbound", "outbound", "note", name="direction", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column("author_id", row_id, nullable=True),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("author_email", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column("has_html", sa.Boolean(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("in_reply_to", sa.Text(), nullable=True),
        sa.Column("references", sa.Text(), nullable=False),
        sa.Column("thread_reason", sa.Text(), nullable=False),
        sa.Column("is_automatic", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "delivery",
            sa.Enum(
                "none",
                "pending",
                "sent",
                "failed",
                name="delivery",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("send_attempts", sa.Integer(), nullable=False),
        sa.Column("send_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivery_error", sa.Text(), nullable=True),
        sa.CheckConstraint("(delivery = 'pending') = (send_due_at IS NOT NULL)", name=op.f("ck_message_send_due")),
        sa.CheckConstraint(
            "(direction = 'outbound') = (delivery <> 'none')", name=op.f("ck_message_delivery_direction")
        ),
        sa.CheckConstraint("trim(text, ' \t\n\r') <> ''", name=op.f("ck_message_text_not_blank")),
        sa.ForeignKeyConstraint(["author_id"], ["user_account.id"], name=op.f("fk_message_author_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_message_ticket_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(
            "ix_message_send_due",
            ["send_due_at"],
            unique=False,
            postgresql_where=sa.text("send_due_at IS NOT NULL"),
            sqlite_where=sa.text("send_due_at IS NOT NULL"),
        )
        batch_op.create_index("ix_message_ticket", ["ticket_id", "created_at", "id"], unique=False)

    op.create_table(
        "thread_reference",
        sa.Column("reference", sa.String(length=255), nullable=False),
        sa.Column("ticket_id", row_id, nullable=False),
        sa.CheckConstraint("trim(reference, ' \t\n\r') <> ''", name=op.f("ck_thread_reference_reference_not_blank")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_thread_reference_ticket_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("reference", "ticket_id", name=op.f("pk_thread_reference")),
    )
    with op.batch_alter_table("thread_reference", schema=None) as batch_op:
        batch_op.create_index("ix_thread_reference_ticket", ["ticket_id"], unique=False)

    op.create_table(
        "ticket_participant",
        sa.Column("ticket_id", row_id, nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.CheckConstraint("trim(email, ' \t\n\r') <> ''", name=op.f("ck_ticket_participant_email_not_blank")),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_ticket_participant_email_lower")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_participant_ticket_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", "email", name=op.f("pk_ticket_participant")),
    )
    op.create_table(
        "attachment",
        sa.Column("id", row_id, nullable=False),
        sa.Column("message_id", row_id, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("original_filename", sa.Text(), nullable=False),
        sa.Column("content_type", sa.String(length=255), nullable=False),
        sa.Column("size", row_id, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content_id", sa.Text(), nullable=True),
        sa.Column("is_inline", sa.Boolean(), nullable=False),
        sa.CheckConstraint("trim(filename, ' \t\n\r') <> ''", name=op.f("ck_attachment_filename_not_blank")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_attachment_sha256_length")),
        sa.CheckConstraint("size >= 0", name=op.f("ck_attachment_size_positive")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_attachment_message_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("message_id", "position", name="uq_attachment_message_position"),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index("ix_attachment_sha256", ["sha256"], unique=False)

    op.create_table(
        "inbound_mail",
        sa.Column("id", row_id, nullable=False),
        sa.Column("mailbox_id", row_id, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", row_id, nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "processed",
                "set_aside",
                "quarantined",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "unread",
                "person",
                "automatic",
                "bounce",
                "spam",
                "own",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("processed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("discarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ticket_id", row_id, nullable=True),
        sa.Column("message_id", row_id, nullable=True),
        sa.Column("header", sa.LargeBinary(), nullable=True),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "raw IS NOT NULL OR (header IS NOT NULL AND state <> 'received')", name=op.f("ck_inbound_mail_raw_kept")
        ),
        sa.CheckConstraint(
            "state <> 'processed' OR (ticket_id IS NOT NULL AND message_id IS NOT NULL)",
            name=op.f("ck_inbound_mail_processed_to"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('quarantined', 'set_aside') OR reason <> ''", name=op.f("ck_inbound_mail_reason_given")
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_inbound_mail_attempts_positive")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_inbound_mail_sha256_length")),
        sa.CheckConstraint("size >= 0", name=op.f("ck_inbound_mail_size_positive")),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name=op.f("fk_inbound_mail_mailbox_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_inbound_mail_message_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_inbound_mail_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_mail")),
        sa.UniqueConstraint("mailbox_id", "sha256", name="uq_inbound_mail_bytes"),
        sa.UniqueConstraint("message_id", name=op.f("uq_inbound_mail_message_id")),
    )
    with op.batch_alter_table("inbound_mail", schema=None) as batch_op:
        batch_op.create_index("ix_inbound_mail_state", ["state", sa.literal_column("id DESC")], unique=False)
        batch_op.create_index("ix_inbound_mail_ticket", ["ticket_id"], unique=False)

    op.create_table(
        "ticket_event",
        sa.Column("id", row_id, nullable=False),
        sa.Column("ticket_id", row_id, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", row_id, nullable=True),
        sa.Column("run_id", row_id, nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
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
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("old", sa.Text(), nullable=True),
        sa.Column("new", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_ticket_event_actor_id")),
        sa.ForeignKeyConstraint(["run_id"], ["classification_run.id"], name=op.f("fk_ticket_event_run_id")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_event_ticket_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_event")),
    )
    with op.batch_alter_table("ticket_event", schema=None) as batch_op:
        batch_op.create_index("ix_ticket_event_ticket", ["ticket_id", "id"], unique=False)

    op.create_table(
        "mail_sighting",
        sa.Column("mailbox_id", row_id, nullable=False),
        sa.Column("uidvalidity", row_id, nullable=False),
        sa.Column("uid", row_id, nullable=False),
        sa.Column("mail_id", row_id, nullable=False),
        sa.CheckConstraint("uid >= 0", name=op.f("ck_mail_sighting_uid_positive")),
        sa.ForeignKeyConstraint(["mail_id"], ["inbound_mail.id"], name=op.f("fk_mail_sighting_mail_id")),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name=op.f("fk_mail_sighting_mailbox_id")),
        sa.PrimaryKeyConstraint("mailbox_id", "uidvalidity", "uid", name=op.f("pk_mail_sighting")),
    )
    with op.batch_alter_table("mail_sighting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mail_sighting_mail_id"), ["mail_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("mail_sighting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mail_sighting_mail_id"))

    op.drop_table("mail_sighting")
    with op.batch_alter_table("ticket_event", schema=None) as batch_op:
        batch_op.drop_index("ix_ticket_event_ticket")

    op.drop_table("ticket_event")
    with op.batch_alter_table("inbound_mail", schema=None) as batch_op:
        batch_op.drop_index("ix_inbound_mail_ticket")
        batch_op.drop_index("ix_inbound_mail_state")

    op.drop_table("inbound_mail")
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index("ix_attachment_sha256")

    op.drop_table("attachment")
    op.drop_table("ticket_participant")
    with op.batch_alter_table("thread_reference", schema=None) as batch_op:
        batch_op.drop_index("ix_thread_reference_ticket")

    op.drop_table("thread_reference")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index("ix_message_ticket")
        batch_op.drop_index(
            "ix_message_send_due",
            postgresql_where=sa.text("send_due_at IS NOT NULL"),
            sqlite_where=sa.text("send_due_at IS NOT NULL"),
        )

    op.drop_table("message")
    with op.batch_alter_table("classification_run", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_run_outstanding",
            postgresql_where=sa.text("state IN ('queued', 'running')"),
            sqlite_where=sa.text("state IN ('queued', 'running')"),
        )
        batch_op.drop_index("ix_run_ticket")
        batch_op.drop_index("ix_run_state")
        batch_op.drop_index(
            "ix_run_due",
            postgresql_where=sa.text("state IN ('queued', 'running')"),
            sqlite_where=sa.text("state IN ('queued', 'running')"),
        )
        batch_op.drop_index("ix_run_bulk_job")

    op.drop_table("classification_run")
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_ticket_unclassified",
            postgresql_where=sa.text("category_by = 'default' OR priority_by = 'default'"),
            sqlite_where=sa.text("category_by = 'default' OR priority_by = 'default'"),
        )
        batch_op.drop_index("ix_ticket_status_newest")
        batch_op.drop_index("ix_ticket_requester")
        batch_op.drop_index("ix_ticket_priority_newest")
        batch_op.drop_index("ix_ticket_newest")
        batch_op.drop_index("ix_ticket_filter")
        batch_op.drop_index("ix_ticket_assignee_newest")

    op.drop_table("ticket")
    op.drop_table("bulk_job")
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_token_user_id"))

    op.drop_table("api_token")
    op.drop_table("user_account")
    op.drop_table("ticket_tally")
    op.drop_table("ticket_day_tally")
    op.drop_table("requester")
    op.drop_table("mailbox")
