"""A ticket that goes on in another counts with that one: the tallies leave it out, and lists can be narrowed to it.

Warning: a later batch migration that rebuilds ``ticket`` on SQLite drops these triggers and must make them again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

SHARDS = 32
COUNTS = "WHERE {row}merged_into_id IS NULL"
IS_MERGED = sa.text("merged_into_id IS NOT NULL")
ADD_TALLIES = f"""
CREATE OR REPLACE FUNCTION add_ticket_tallies_on_{{verb}}() RETURNS trigger LANGUAGE plpgsql AS $$
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

SQLITE_STEP = """
  INSERT INTO ticket_tally (category, priority, status, shard, tickets)
    SELECT {row}.category, {row}.priority, {row}.status, 0, {step} {where}
    ON CONFLICT (category, priority, status, shard) DO UPDATE SET tickets = tickets + {step};
  INSERT INTO ticket_day_tally (day, shard, tickets) SELECT date({row}.created_at), 0, {step} {where}
    ON CONFLICT (day, shard) DO UPDATE SET tickets = tickets + {step};
"""
SQLITE_TRIGGERS = {
    "insert": ("INSERT", (("NEW", 1),)),
    "delete": ("DELETE", (("OLD", -1),)),
    "update": ("UPDATE OF category, priority, status, created_at{more}", (("OLD", -1), ("NEW", 1))),
}


def upgrade() -> None:
    newest = [sa.literal_column("created_at DESC"), sa.literal_column("id DESC")]
    op.create_index("ix_ticket_merged_newest", "ticket", newest, postgresql_where=IS_MERGED, sqlite_where=IS_MERGED)
    _count(COUNTS, more=", merged_into_id", merged=-1)


def downgrade() -> None:
    _count("WHERE true", more="", merged=1)
    op.drop_index("ix_ticket_merged_newest", "ticket")


def _count(where: str, *, more: str, merged: int) -> None:
    """Have the triggers count by this rule, and add those that were merged already as often as ``merged`` says."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("LOCK TABLE ticket IN SHARE ROW EXCLUSIVE MODE")
        _count_on_postgres(where.format(row=""))
        day = "(created_at AT TIME ZONE 'UTC')\\:\\:date"
    else:
        _count_on_sqlite(where, more)
        day = "date(created_at)"
    for table, columns, key in (
        ("ticket_tally", "category, priority, status", "category, priority, status, shard"),
        ("ticket_day_tally", day, "day, shard"),
    ):
        names = key.replace("shard", "shard, tickets")
        op.execute(
            sa.text(
                f"INSERT INTO {table} ({names}) SELECT {columns}, 0, {merged} * count(*) FROM ticket "
                f"WHERE merged_into_id IS NOT NULL GROUP BY {columns} "
                f"ON CONFLICT ({key}) DO UPDATE SET tickets = {table}.tickets + excluded.tickets"
            )
        )


def _count_on_postgres(where: str) -> None:
    added, removed = f"{ADDED} {where}", f"{REMOVED} {where}"
    for verb, changes in (("insert", added), ("delete", removed), ("update", f"{added} UNION ALL {removed}")):
        function = ADD_TALLIES.format(verb=verb, changes=changes)
        op.execute(sa.text(function.replace(":=", "\\:=").replace("::", "\\:\\:")))


def _count_on_sqlite(where: str, more: str) -> None:
    for verb, (when, steps) in SQLITE_TRIGGERS.items():
        op.execute(f"DROP TRIGGER ticket_tally_on_{verb}")
        body = "".join(
            SQLITE_STEP.format(row=row, step=step, where=where.format(row=f"{row}.")) for row, step in steps
        )
        op.execute(f"CREATE TRIGGER ticket_tally_on_{verb} AFTER {when.format(more=more)} ON ticket BEGIN {body} END")
