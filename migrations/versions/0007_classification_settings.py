"""What admins set about classification, what a run was given and raised by, and how similar tickets are found.

Warning: a later batch migration that rebuilds ``ticket`` on SQLite drops its triggers and must make them again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

row_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PRIORITIES = "'low', 'medium', 'high', 'critical'"
RUN = "ck_classification_run"
# Each with its column: SQLite adds no constraint to a table, and the history refers to this one.
FLOOR = (
    f"CONSTRAINT {RUN}_floor_is_whole CHECK ((floor_word IS NULL) = (priority_before IS NULL)) "
    f"CONSTRAINT {RUN}_floor_of_success CHECK (floor_word IS NULL OR state = 'succeeded')"
)
RUN_COLUMNS = (
    f"priority_before VARCHAR(20) CONSTRAINT {RUN}_priority_before CHECK (priority_before IN ({PRIORITIES}))",
    f"floor_word VARCHAR(100) {FLOOR}",
    "example_ids JSON",
    f"occasion VARCHAR(20) CONSTRAINT {RUN}_occasion CHECK (occasion IN ('edit', 'reply'))",
)
SETTINGS = (
    "model",
    "masked",
    "gives_examples",
    "most_examples",
    "severity_words",
    "asks_after_edit",
    "asks_after_reply",
)
FLAGS = (
    *("masks_cards", "masks_secrets", "masks_ibans", "masks_emails", "masks_phones"),
    *("gives_examples", "asks_after_edit", "asks_after_reply"),
)
DECIDED = "category_by = 'person' AND priority_by = 'person'"
OLD, NEW = (" AND ".join(f"{row}.{part}" for part in DECIDED.split(" AND ")) for row in ("OLD", "NEW"))
EXAMPLE_CHARACTERS = 200
WORDS = f"substr({{row}}search_document, 1, {EXAMPLE_CHARACTERS})"
SQLITE_TRIGGERS = {
    "insert": f"AFTER INSERT ON ticket WHEN {NEW} BEGIN "
    f"INSERT INTO ticket_example (rowid, words) VALUES (NEW.id, {WORDS.format(row='NEW.')}); END",
    "update": f"AFTER UPDATE OF category_by, priority_by, search_document ON ticket WHEN ({OLD}) OR ({NEW}) BEGIN "
    "DELETE FROM ticket_example WHERE rowid = OLD.id; "
    f"INSERT INTO ticket_example (rowid, words) SELECT NEW.id, {WORDS.format(row='NEW.')} WHERE {NEW}; END",
    "delete": f"AFTER DELETE ON ticket WHEN {OLD} BEGIN DELETE FROM ticket_example WHERE rowid = OLD.id; END",
}


def upgrade() -> None:
    for column in RUN_COLUMNS:
        op.execute(f"ALTER TABLE classification_run ADD COLUMN {column}")
    op.create_index(
        "ix_ticket_decided",
        "ticket",
        [sa.literal_column("id DESC")],
        postgresql_where=sa.text(DECIDED),
        sqlite_where=sa.text(DECIDED),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE ticket_example USING fts5(words, tokenize = 'trigram')")
        for verb, trigger in SQLITE_TRIGGERS.items():
            op.execute(f"CREATE TRIGGER ticket_example_on_{verb} {trigger}")
        op.execute(
            f"INSERT INTO ticket_example (rowid, words) SELECT id, {WORDS.format(row='')} FROM ticket WHERE {DECIDED}"
        )
    _create_settings()


def downgrade() -> None:
    op.drop_table("classification_setting_change")
    op.drop_table("classification_settings")
    if op.get_bind().dialect.name == "sqlite":
        for verb in SQLITE_TRIGGERS:
            op.execute(f"DROP TRIGGER ticket_example_on_{verb}")
        op.execute("DROP TABLE ticket_example")
    op.drop_index("ix_ticket_decided", "ticket")
    for column in ("occasion", "example_ids", "floor_word", "priority_before"):
        op.execute(f"ALTER TABLE classification_run DROP COLUMN {column}")


def _create_settings() -> None:
    op.create_table(
        "classification_settings",
        sa.Column("id", row_id, nullable=False, autoincrement=False),
        sa.Column("model", sa.String(100), nullable=True),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in FLAGS),
        sa.Column("most_examples", sa.Integer(), nullable=False),
        sa.Column("severity_words", sa.Text(), nullable=True),
        *(
            _check("classification_settings", name, rule)
            for name, rule in (
                ("only_one", "id = 1"),
                ("model_not_blank", "trim(model, ' \t\n\r') <> ''"),
                ("most_examples_range", "most_examples BETWEEN 1 AND 8"),
                ("severity_words_length", "length(severity_words) <= 50000"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_classification_settings")),
    )
    op.create_table(
        "classification_setting_change",
        sa.Column("id", row_id, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", row_id, nullable=False),
        sa.Column(
            "setting",
            sa.Enum(*SETTINGS, name="setting", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("old", sa.Text(), nullable=False),
        sa.Column("new", sa.Text(), nullable=False),
        _check("classification_setting_change", "differs", "old <> new"),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user_account.id"], name=op.f("fk_classification_setting_change_actor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_classification_setting_change")),
    )


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))
