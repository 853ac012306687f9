"""Mailboxes that are set up in the portal, their tests, and the category their tickets open with."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
moment = sa.DateTime(timezone=True)
SEALED = ("password_sealed", "client_secret_sealed", "refresh_token_sealed", "access_token_sealed")
CATEGORIES = "'billing', 'technical', 'account', 'general'"
# With its column: SQLite adds no constraint to a table, and `mailbox` cannot be rebuilt under its mails.
DEFAULT_CATEGORY = (
    f"default_category VARCHAR(20) CONSTRAINT ck_mailbox_default_category CHECK (default_category IN ({CATEGORIES}))"
)


def upgrade() -> None:
    moment_sql = "TIMESTAMP WITH TIME ZONE" if op.get_bind().dialect.name == "postgresql" else "DATETIME"
    for column in (f"retired_at {moment_sql}", DEFAULT_CATEGORY):
        op.execute(f"ALTER TABLE mailbox ADD COLUMN {column}")
    _create_accounts()
    _create_checks()


def downgrade() -> None:
    for table in ("mailbox_check_step", "mailbox_check", "mailbox_account"):
        op.drop_table(table)
    for column in ("default_category", "retired_at"):
        op.execute(f"ALTER TABLE mailbox DROP COLUMN {column}")


def _create_accounts() -> None:
    op.create_table(
        "mailbox_account",
        sa.Column("mailbox_id", row_id, nullable=False),
        sa.Column("host", sa.String(255), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        _word("security", "tls", "starttls", "none"),
        sa.Column("username", sa.String(320), nullable=False),
        sa.Column("folder", sa.String(500), nullable=False),
        _word("after", "leave", "seen", "move"),
        sa.Column("after_folder", sa.String(500), nullable=False),
        _word("sign_in", "password", "google", "microsoft", "issuer"),
        sa.Column("tenant", sa.String(100), nullable=False),
        sa.Column("issuer_url", sa.String(500), nullable=False),
        sa.Column("client_id", sa.String(500), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in SEALED),
        sa.Column("access_expires_at", moment, nullable=True),
        sa.Column("refresh_expires_at", moment, nullable=True),
        sa.Column("client_secret_expires_at", moment, nullable=True),
        sa.Column("renewing_until", moment, nullable=True),
        sa.Column("renewal_due_at", moment, nullable=True),
        sa.Column("renewal_failing_since", moment, nullable=True),
        sa.Column("renewal_error", sa.Text(), nullable=True),
        *(_not_blank(name) for name in ("host", "username", "folder")),
        _check("mailbox_account", "port_range", "port BETWEEN 1 AND 65535"),
        _check("mailbox_account", "move_has_folder", "(after = 'move') = (after_folder <> '')"),
        _check("mailbox_account", "issuer_has_url", "(sign_in = 'issuer') = (issuer_url <> '')"),
        _check("mailbox_account", "password_kept", "(sign_in = 'password') = (password_sealed IS NOT NULL)"),
        _check(
            "mailbox_account",
            "token_kept",
            "(sign_in <> 'password') = (client_id <> '' AND refresh_token_sealed IS NOT NULL)",
        ),
        _check("mailbox_account", "access_expires", "(access_token_sealed IS NULL) = (access_expires_at IS NULL)"),
        _check("mailbox_account", "renewal_has_cause", "(renewal_failing_since IS NULL) = (renewal_error IS NULL)"),
        *(_check("mailbox_account", name, f"{name} LIKE 'gAAAAA%'") for name in SEALED),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name=op.f("fk_mailbox_account_mailbox_id")),
        sa.PrimaryKeyConstraint("mailbox_id", name=op.f("pk_mailbox_account")),
    )


def _create_checks() -> None:
    op.create_table(
        "mailbox_check",
        sa.Column("id", row_id, nullable=False),
        sa.Column("mailbox_id", row_id, nullable=False),
        sa.Column("asked_by_id", row_id, nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", moment, nullable=True),
        sa.Column("finished_at", moment, nullable=True),
        _check("mailbox_check", "attempts_positive", "attempts >= 0"),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name=op.f("fk_mailbox_check_mailbox_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user_account.id"], name=op.f("fk_mailbox_check_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailbox_check")),
    )
    op.create_index("ix_mailbox_check_mailbox", "mailbox_check", ["mailbox_id", sa.literal_column("id DESC")])
    unfinished = sa.text("finished_at IS NULL")
    op.create_index(
        "ix_mailbox_check_unfinished",
        "mailbox_check",
        ["id"],
        postgresql_where=unfinished,
        sqlite_where=unfinished,
    )
    op.create_table(
        "mailbox_check_step",
        sa.Column("check_id", row_id, nullable=False),
        _word("step", "dns", "connection", "sign_in", "folder", "round_trip"),
        sa.Column("position", sa.Integer(), nullable=False),
        _word("outcome", "waiting", "ok", "failed", "not_tried"),
        sa.Column("took_ms", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        _check("mailbox_check_step", "position_positive", "position >= 0"),
        _check("mailbox_check_step", "took_positive", "took_ms >= 0"),
        _check("mailbox_check_step", "failure_explained", "outcome <> 'failed' OR note <> ''"),
        _check("mailbox_check_step", "tried_is_timed", "(outcome IN ('ok', 'failed')) = (took_ms IS NOT NULL)"),
        sa.ForeignKeyConstraint(["check_id"], ["mailbox_check.id"], name=op.f("fk_mailbox_check_step_check_id")),
        sa.PrimaryKeyConstraint("check_id", "step", name=op.f("pk_mailbox_check_step")),
    )


def _word(name: str, *values: str) -> sa.Column[str]:
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)
    return sa.Column(name, kind, nullable=False)


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _not_blank(name: str) -> sa.CheckConstraint:
    return _check("mailbox_account", f"{name}_not_blank", f"trim({name}, ' \t\n\r') <> ''")
