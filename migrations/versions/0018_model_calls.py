"""One row for each question put to the model; and a ticket that people decided in one field alone is an example."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PURPOSES = ("ticket", "form", "trial", "test", "evaluation")
CHECKS = {
    "run_is_of_ticket": "run_id IS NULL OR purpose = 'ticket'",
    "latency_positive": "latency_ms >= 0",
    "tokens_in_positive": "tokens_in >= 0",
    "tokens_out_positive": "tokens_out >= 0",
}
OF_RUNS = """
    INSERT INTO model_call
        (at, purpose, run_id, model, prompt_version, latency_ms, tokens_in, tokens_out, error_kind)
    SELECT
        finished_at, 'ticket', id, model, prompt_version, coalesce(latency_ms, 0), tokens_in, tokens_out, error_kind
    FROM classification_run
    WHERE finished_at IS NOT NULL AND model IS NOT NULL AND copied_from_id IS NULL
        AND (error_kind IS NULL OR error_kind NOT IN ('not_needed', 'withdrawn'))
    ORDER BY finished_at, id
"""
BOTH = "category_by = 'person' AND priority_by = 'person'"
EITHER = "(category_by = 'person' OR priority_by = 'person')"
WORDS = "substr({row}search_document, 1, 200)"


def upgrade() -> None:
    _create_calls()
    _decide_by(EITHER)


def downgrade() -> None:
    _decide_by(BOTH)
    op.drop_table("model_call")


def _create_calls() -> None:
    op.create_table(
        "model_call",
        sa.Column("id", row_id, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(*PURPOSES, name="purpose", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("run_id", row_id, nullable=True),
        sa.Column("model", sa.String(100), nullable=False),
        sa.Column("prompt_version", sa.String(40), nullable=True),
        sa.Column("latency_ms", sa.Integer(), nullable=False),
        sa.Column("tokens_in", sa.Integer(), nullable=True),
        sa.Column("tokens_out", sa.Integer(), nullable=True),
        sa.Column("error_kind", sa.String(40), nullable=True),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_model_call_{name}")) for name, rule in CHECKS.items()),
        sa.ForeignKeyConstraint(
            ["run_id"], ["classification_run.id"], name=op.f("fk_model_call_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_call")),
    )
    op.execute(OF_RUNS)
    newest = [sa.literal_column("at DESC"), sa.literal_column("id DESC")]
    op.create_index("ix_model_call_newest", "model_call", newest)
    op.create_index("ix_model_call_run", "model_call", ["run_id"])


def _decide_by(rule: str) -> None:
    """Make the index, and on SQLite the words for finding similar tickets, hold those of this rule."""
    op.drop_index("ix_ticket_decided", "ticket")
    where = sa.text(rule)
    columns = [sa.literal_column("id DESC")]
    op.create_index("ix_ticket_decided", "ticket", columns, postgresql_where=where, sqlite_where=where)
    if op.get_bind().dialect.name != "sqlite":
        return
    for verb, trigger in _triggers(rule).items():
        op.execute(f"DROP TRIGGER ticket_example_on_{verb}")
        op.execute(f"CREATE TRIGGER ticket_example_on_{verb} {trigger}")
    op.execute("DELETE FROM ticket_example")
    op.execute(
        f"INSERT INTO ticket_example (rowid, words) SELECT id, {WORDS.format(row='')} FROM ticket WHERE {rule}"
    )


def _triggers(rule: str) -> dict[str, str]:
    before, after = (
        rule.replace("category_by", f"{row}.category_by").replace("priority_by", f"{row}.priority_by")
        for row in ("OLD", "NEW")
    )
    words = WORDS.format(row="NEW.")
    return {
        "insert": f"AFTER INSERT ON ticket WHEN {after} BEGIN "
        f"INSERT INTO ticket_example (rowid, words) VALUES (NEW.id, {words}); END",
        "update": f"AFTER UPDATE OF category_by, priority_by, search_document ON ticket "
        f"WHEN ({before}) OR ({after}) BEGIN DELETE FROM ticket_example WHERE rowid = OLD.id; "
        f"INSERT INTO ticket_example (rowid, words) SELECT NEW.id, {words} WHERE {after}; END",
        "delete": f"AFTER DELETE ON ticket WHEN {before} BEGIN DELETE FROM ticket_example WHERE rowid = OLD.id; END",
    }
