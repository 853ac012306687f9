"""What keeps search and counting fast: the trigram index and the triggers that keep the tallies true.

On PostgreSQL a trigger runs once a statement and adds each group once, in one order, to the shard of its backend,
so that writers rarely wait for one another and a bulk load pays once. SQLite has one writer: one shard, a trigger a
row. Warning: a later batch migration that rebuilds ``ticket`` on SQLite drops its triggers and must make them again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SHARDS = 32

TRIGRAM_INDEX = """
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm') THEN
    BEGIN
      CREATE EXTENSION IF NOT EXISTS pg_trgm;
    EXCEPTION WHEN insufficient_privilege THEN
      RAISE WARNING 'pg_trgm may not be created by this role: search will be slow until an administrator creates it';
      RETURN;
    END;
    EXECUTE 'CREATE INDEX IF NOT EXISTS ix_ticket_search ON ticket USING gin (search_document gin_trgm_ops)
             WITH (gin_pending_list_limit = 1024)';
  END IF;
END $$
"""

ADD_TALLIES = f"""
CREATE FUNCTION add_ticket_tallies() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE mine integer := pg_backend_pid() % {SHARDS};
BEGIN
  INSERT INTO ticket_tally AS kept (category, priority, status, shard, tickets)
    SELECT category, priority, status, mine, sum(step) FROM ({{changes}}) AS change
    GROUP BY category, priority, status HAVING sum(step) <> 0 ORDER BY category, priority, status
    ON CONFLICT (category, priority, status, shard) DO UPDATE SET tickets = kept.tickets + excluded.tickets;
  INSERT INTO ticket_day_tally AS kept (day, shard, tickets)
    SELECT (created_at AT TIME ZONE 'UTC')::date AS day, mine, sum(step) FROM ({{changes}}) AS change
    GROUP BY 1 HAVING sum(step) <> 0 ORDER BY 1
    ON CONFLICT (day, shard) DO UPDATE SET tickets = kept.tickets + excluded.tickets;
  RETURN NULL;
END $$
"""
COLUMNS = "category, priority, status, created_at"
ADDED = f"SELECT {COLUMNS}, 1 AS step FROM added"
REMOVED = f"SELECT {COLUMNS}, -1 AS step FROM removed"
POSTGRES_TRIGGERS = {
    "insert": (ADDED, "REFERENCING NEW TABLE AS added"),
    "delete": (REMOVED, "REFERENCING OLD TABLE AS removed"),
    "update": (f"{ADDED} UNION ALL {REMOVED}", "REFERENCING OLD TABLE AS removed NEW TABLE AS added"),
}

SQLITE_STEP = """
  INSERT INTO ticket_tally (category, priority, status, shard, tickets)
    VALUES ({row}.category, {row}.priority, {row}.status, 0, {step})
    ON CONFLICT (category, priority, status, shard) DO UPDATE SET tickets = tickets + {step};
  INSERT INTO ticket_day_tally (day, shard, tickets) VALUES (date({row}.created_at), 0, {step})
    ON CONFLICT (day, shard) DO UPDATE SET tickets = tickets + {step};
"""
SQLITE_TRIGGERS = {
    "insert": ("INSERT", (("NEW", 1),)),
    "delete": ("DELETE", (("OLD", -1),)),
    "update": ("UPDATE OF category, priority, status, created_at", (("OLD", -1), ("NEW", 1))),
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.text(TRIGRAM_INDEX))
        for verb, (changes, tables) in POSTGRES_TRIGGERS.items():
            function = ADD_TALLIES.replace("add_ticket_tallies", f"add_ticket_tallies_on_{verb}")
            op.execute(sa.text(function.format(changes=changes).replace(":=", "\\:=").replace("::", "\\:\\:")))
            op.execute(
                f"CREATE TRIGGER ticket_tally_on_{verb} AFTER {verb} ON ticket {tables} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION add_ticket_tallies_on_{verb}()"
            )
    else:
        for verb, (when, steps) in SQLITE_TRIGGERS.items():
            body = "".join(SQLITE_STEP.format(row=row, step=step) for row, step in steps)
            op.execute(f"CREATE TRIGGER ticket_tally_on_{verb} AFTER {when} ON ticket BEGIN {body} END")


def downgrade() -> None:
    postgres = op.get_bind().dialect.name == "postgresql"
    for verb in ("insert", "delete", "update"):
        op.execute(f"DROP TRIGGER ticket_tally_on_{verb}" + (" ON ticket" if postgres else ""))
        if postgres:
            op.execute(f"DROP FUNCTION add_ticket_tallies_on_{verb}()")
    if postgres:
        op.execute("DROP INDEX IF EXISTS ix_ticket_search")
