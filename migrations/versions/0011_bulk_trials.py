"""Reclassifying many tickets: tried on a sample before it starts, paused, and undone."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
moment = sa.DateTime(timezone=True)
# With its column: SQLite adds no constraint to a table, and runs refer to both.
STARTED = " ".join(
    f"CONSTRAINT ck_bulk_job_{what}_was_started CHECK ({what}_at IS NULL OR started_at IS NOT NULL)"
    for what in ("queued", "paused")
)
UNDONE = (
    "CONSTRAINT ck_classification_run_undone_was_applied "
    "CHECK (undone_at IS NULL OR applied_category OR applied_priority)"
)


def upgrade() -> None:
    kind = "TIMESTAMP WITH TIME ZONE" if op.get_bind().dialect.name == "postgresql" else "DATETIME"
    op.execute(f"ALTER TABLE bulk_job ADD COLUMN started_at {kind}")
    op.execute("UPDATE bulk_job SET started_at = created_at")
    op.execute(f"ALTER TABLE bulk_job ADD COLUMN paused_at {kind} {STARTED}")
    op.execute(f"ALTER TABLE classification_run ADD COLUMN undone_at {kind} {UNDONE}")
    _create_samples()
    _create_undoings()


def downgrade() -> None:
    op.drop_table("bulk_undo")
    op.drop_table("bulk_sample")
    op.execute("ALTER TABLE classification_run DROP COLUMN undone_at")
    op.execute("DELETE FROM bulk_job WHERE started_at IS NULL")
    op.execute("ALTER TABLE bulk_job DROP COLUMN paused_at")
    op.execute("ALTER TABLE bulk_job DROP COLUMN started_at")


def _create_samples() -> None:
    op.create_table(
        "bulk_sample",
        sa.Column("id", row_id, nullable=False),
        sa.Column("bulk_job_id", row_id, nullable=False),
        sa.Column("ticket_id", row_id, nullable=False),
        _word("state", "queued", "running", "succeeded", "failed", "gave_up", nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", moment, nullable=True),
        sa.Column("finished_at", moment, nullable=True),
        sa.Column("model", sa.String(100), nullable=True),
        _word("category", "billing", "technical", "account", "general", nullable=True),
        _word("priority", "low", "medium", "high", "critical", nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        _check("attempts_positive", "attempts >= 0"),
        _check("confidence_range", "confidence BETWEEN 0 AND 1"),
        _check("success_is_whole", "(state = 'succeeded') = (category IS NOT NULL AND priority IS NOT NULL)"),
        _check("failure_has_cause", "(state IN ('failed', 'gave_up')) = (error IS NOT NULL)"),
        _check("running_is_leased", "(state = 'running') = (lease_until IS NOT NULL)"),
        _check("finished", "(state IN ('queued', 'running')) = (finished_at IS NULL)"),
        _belongs("bulk_sample", "bulk_job_id", "bulk_job.id"),
        _belongs("bulk_sample", "ticket_id", "ticket.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_sample")),
        sa.UniqueConstraint("bulk_job_id", "ticket_id", name=op.f("uq_bulk_sample_bulk_job_id")),
    )
    outstanding = sa.text("state IN ('queued', 'running')")
    op.create_index(
        "ix_bulk_sample_outstanding",
        "bulk_sample",
        ["id"],
        postgresql_where=outstanding,
        sqlite_where=outstanding,
    )


def _create_undoings() -> None:
    op.create_table(
        "bulk_undo",
        sa.Column("bulk_job_id", row_id, nullable=False, autoincrement=False),
        sa.Column("asked_by_id", row_id, nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("tickets", sa.Integer(), nullable=False),
        sa.Column("finished_at", moment, nullable=True),
        sa.CheckConstraint("tickets >= 0", name=op.f("ck_bulk_undo_tickets_positive")),
        _belongs("bulk_undo", "bulk_job_id", "bulk_job.id"),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user_account.id"], name=op.f("fk_bulk_undo_asked_by_id")),
        sa.PrimaryKeyConstraint("bulk_job_id", name=op.f("pk_bulk_undo")),
    )


def _word(name: str, *values: str, nullable: bool) -> sa.Column[str]:
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)
    return sa.Column(name, kind, nullable=nullable)


def _check(name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_bulk_sample_{name}"))


def _belongs(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE")
