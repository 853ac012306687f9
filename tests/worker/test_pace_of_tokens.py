"""Workers under a pace of tokens: what is allowed is used and no more, and who has to wait waits."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from apiflask import APIFlask
from sqlalchemy import text

from tests.app_fixtures import MakeApp, add_user
from tests.services.gemini import GeminiServer
from tests.services.gemini_behaviours import USAGE
from tests.services.redis import RedisServer
from tests.web.opened import opened, proposal
from tests.worker.test_load import app_of, queue, worker
from ticketapp.actions import bulk
from ticketapp.db import db, transaction
from ticketapp.queries.ticket_filter import TicketFilter

TOKENS_A_MINUTE = 120_000
BURST_TOKENS = 17_500
COUNTED_SECONDS = 20.0
# Some come for the same room at once, and some with a text for which there is none yet.
CLAIMS_A_CALL = 3
COUNT_CLAIMS = """
    CREATE TABLE claim (id bigint);
    CREATE FUNCTION note_claim() RETURNS trigger AS $$ BEGIN INSERT INTO claim VALUES (NEW.id); RETURN NEW; END $$
    LANGUAGE plpgsql;
    CREATE TRIGGER note_claim AFTER UPDATE ON {table} FOR EACH ROW
    WHEN (NEW.state = 'running' AND OLD.state <> 'running') EXECUTE FUNCTION note_claim();
"""
# For these there is room only where the bucket is full, for the others before.
LONG_TEXTS = "UPDATE ticket SET description = description || repeat(' and so on', 1000) WHERE id % 4 = 0"


@contextmanager
def counted_claims(app: APIFlask, table: str) -> Iterator[list[int]]:
    """Puts into the list how many rows of the table were claimed meanwhile."""
    found: list[int] = []
    with app.app_context(), transaction() as session:
        session.execute(text(COUNT_CLAIMS.format(table=table)))
    yield found
    with app.app_context():
        found.append(db.session.scalar(text("SELECT count(*) FROM claim")) or 0)


def tokens_used(gemini: GeminiServer) -> int:
    return len(gemini.requests) * int(USAGE["totalTokenCount"])


@pytest.fixture
def app(make_postgres_app: MakeApp, redis_server: RedisServer, gemini: GeminiServer) -> APIFlask:
    return app_of(make_postgres_app, redis_server, gemini, 0, tokens=TOKENS_A_MINUTE)


@pytest.mark.timeout(240)
def test_a_backlog_uses_the_allowed_tokens_and_claims_hardly_more_runs_than_it_asks_about(
    app: APIFlask, gemini: GeminiServer, tmp_path: Path
) -> None:
    queue(app, 300)
    with app.app_context(), transaction() as session:
        session.execute(text(LONG_TEXTS))
    with counted_claims(app, "classification_run") as claims, worker(app, tmp_path / "log"):
        gemini.wait_for_requests(3, timeout_seconds=90)
        began, before = time.monotonic(), tokens_used(gemini)
        time.sleep(COUNTED_SECONDS)
        used, seconds = tokens_used(gemini) - before, time.monotonic() - began
    allowed = TOKENS_A_MINUTE / 60 * seconds
    assert allowed * 0.6 < used < allowed + BURST_TOKENS
    assert claims[0] <= CLAIMS_A_CALL * len(gemini.requests)


@pytest.mark.timeout(240)
def test_a_trial_is_read_at_the_allowed_pace_and_its_tickets_are_hardly_claimed_in_vain(
    app: APIFlask, gemini: GeminiServer, tmp_path: Path
) -> None:
    ada = add_user(app, "ada@example.com", "Ada", "admin")
    for number in range(bulk.SAMPLE_SIZE + 5):
        opened(app, description=f"Bill {number} is wrong.", proposal=proposal("account", "low"))
    with app.app_context():
        bulk.draft_bulk(TicketFilter(), by=ada)
    log = tmp_path / "log"
    with counted_claims(app, "bulk_sample") as claims, worker(app, log, sweep_seconds=15):
        gemini.wait_for_requests(1, timeout_seconds=90)
        began = time.monotonic()
        gemini.wait_for_requests(bulk.SAMPLE_SIZE, timeout_seconds=90)
        seconds = time.monotonic() - began
    assert seconds < 2 * tokens_used(gemini) / TOKENS_A_MINUTE * 60
    assert claims[0] <= CLAIMS_A_CALL * bulk.SAMPLE_SIZE
