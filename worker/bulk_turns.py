"""Queueing and undoing bulk jobs: in short turns, each job by one at a time, and none in the way of another."""

import logging
import threading
import time
from collections.abc import Callable, Sequence

from ticketapp.actions import bulk, bulk_undo
from ticketapp.db import db
from ticketapp.queries import bulk_trials
from ticketapp.queries import classification as runs

# After a turn the place is free for whatever is more urgent, such as a poll.
TURN_SECONDS = 2.0
# Who waits for SQLite looks every 0.1 s whether it is free, and would not get in between pages without a gap.
GAP_SECONDS = 0.12
# On SQLite, which has but this process, no row can be found locked: its threads would wait for each other.
_queueing, _undoing = threading.Lock(), threading.Lock()
log = logging.getLogger(__name__)


def queue_turn() -> bool:
    """Queue tickets of bulk jobs for two seconds. Whether there are more; False also where another is at it."""
    return _turn(_queueing, runs.unfinished_bulk_jobs(), bulk.queue_bulk_page)


def undo_turn() -> bool:
    """Undo runs of bulk jobs for two seconds. Whether there are more; False also where another is at it."""
    return _turn(_undoing, bulk_trials.unfinished_undoings(), bulk_undo.undo_page)


def _turn(lock: threading.Lock, job_ids: Sequence[int], page: Callable[[int], bool]) -> bool:
    if not lock.acquire(blocking=False):
        return False
    try:
        ends_at = time.monotonic() + TURN_SECONDS
        for job_id in job_ids:
            while time.monotonic() < ends_at:
                is_more = _is_more(page, job_id)
                if db.engine.dialect.name == "sqlite":
                    time.sleep(GAP_SECONDS)
                if not is_more:
                    break
            else:
                return True
        return False
    finally:
        lock.release()


def _is_more(page: Callable[[int], bool], job_id: int) -> bool:
    try:
        return page(job_id)
    except Exception:  # whatever is wrong with one job, the others go on
        log.exception("bulk job %d cannot go on", job_id)
        return False
