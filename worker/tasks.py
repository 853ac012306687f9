"""The tasks: when things are done. Each is short; what is done stands in actions, polling and sending."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from celery import current_app, shared_task
from kombu.exceptions import OperationalError

from ticketapp.actions import classification, fresh_looks, rereading
from ticketapp.clock import utc_now
from ticketapp.outside import Outside, outside
from ticketapp.queries import bulk_trials, conversation, ledger, mailboxes, mails
from ticketapp.queries import classification as runs
from worker import bulk_turns, draining, polling, sending
from worker import mailbox_checks as checks
from worker.imap_connection import MailboxError
from worker.poll_threads import PollThreads
from worker.rounds import Rounds

DRAIN_SECONDS = 15.0
LOOK_AGAIN_SECONDS = (0.3, 1.0, 3.0)
LEFT_OVER_AFTER = timedelta(seconds=60)
rounds = Rounds()
# Where a worker has but a few threads; None polls in the one that does the task.
poll_threads: PollThreads | None = None
log = logging.getLogger(__name__)


@shared_task
def poll_mailbox(mailbox_id: int | None = None) -> None:
    """Take in what is new in this mailbox, or in every one that is due, each in a task of its own: one that hangs
    holds up no other."""
    due = rounds.due(outside()) if mailbox_id is None else [mailbox_id]
    if poll_threads is not None:
        for one in due:
            _poll_beside(one, partial(_poll, one))
        return
    for other in due[1:]:
        nudge("poll_mailbox", other, expires=max(outside().config.poll_seconds, 1.0))
    for first in due[:1]:
        _poll(first)


@shared_task
def poll_told_of(mailbox_id: int, *, now: bool = False, tries: int = 0) -> None:
    """Take in the mail that the server just told of. Where another poll has the mailbox, which may have looked too
    early, look again in a moment; ``now`` does not wait for the end of a pause after failures."""
    if poll_threads is None:
        _poll_told_of(mailbox_id, now=now, tries=tries)
    elif not _poll_beside(mailbox_id, partial(_poll_told_of, mailbox_id, now=now, tries=tries)):
        _look_again(mailbox_id, now=now, tries=tries)


@shared_task
def process_mail(mail_id: int) -> None:
    """Process one recorded mail that staff put back in line."""
    polling.process([mail_id], outside(), polling.Polled(), asked=lambda run_id: nudge("classify", run_id))


@shared_task
def check_mailbox(check_id: int) -> None:
    """Do a test of a mailbox that an admin asked for."""
    checks.run(check_id, outside())


@shared_task
def classify(run_id: int) -> None:
    """Do one classification run, if it is still to be done and may be done now; else the sweep finds it later."""
    if not draining.availability(outside()).wait_seconds:
        later = draining.later_seconds(draining.run(run_id, outside()))
        if later is not None:
            nudge("classify", run_id, after=later)


@shared_task
def classify_due(until: float | None = None) -> None:
    """Take a turn at the due classification runs, and another one until the next sweep (seconds since 1970)."""
    _take_turn("classify_due", draining.turn, until)


@shared_task
def send_replies() -> None:
    """Mail the replies that are due."""
    if conversation.is_anything_to_send(utc_now()):
        sending.send_due(outside())


@shared_task
def queue_bulk(until: float | None = None) -> None:
    """Take a turn at queueing the tickets of bulk jobs, and another one until the next sweep (seconds since 1970)."""
    _take_turn("queue_bulk", lambda _: 0.0 if bulk_turns.queue_turn() else None, until)


@shared_task
def undo_bulk(until: float | None = None) -> None:
    """Take a turn at undoing bulk jobs, and another one until the next sweep (seconds since 1970)."""
    _take_turn("undo_bulk", lambda _: 0.0 if bulk_turns.undo_turn() else None, until)


@shared_task
def read_samples(until: float | None = None) -> None:
    """Take a turn at the tickets of trials, and another one until the next sweep (seconds since 1970)."""
    _take_turn("read_samples", draining.sample_turn, until)


@shared_task
def read_mails_again() -> None:
    """Read the mails of jobs that are not read to their end, for some seconds; the next sweep goes on."""
    world, until = outside(), time.monotonic() + DRAIN_SECONDS
    for job_id in mails.unfinished_readings():
        while time.monotonic() < until:
            landed = rereading.read_page(job_id, store=world.store, rules=world.rules)
            if landed is None:
                break
            for run_id in (one.run_id for one in landed if one.run_id is not None):
                nudge("classify", run_id)


@shared_task
def sweep() -> None:
    """The promise behind every hint: find rows that are still to be worked on and have them worked on."""
    classification.release_left()
    if runs.unfinished_bulk_jobs():
        nudge("queue_bulk", expires=outside().config.sweep_seconds + 1)
    for run_id in fresh_looks.ask_after_replies():
        nudge("classify", run_id)
    if mails.unfinished_readings():
        nudge("read_mails_again", expires=outside().config.sweep_seconds + 1)
    if bulk_trials.unfinished_undoings():
        nudge("undo_bulk", expires=outside().config.sweep_seconds + 1)
    for _ in bulk_trials.due_samples(utc_now(), limit=draining.AT_ONCE_EMBEDDED):
        nudge("read_samples", expires=outside().config.sweep_seconds + 1)
    if conversation.is_anything_to_send(utc_now()):
        nudge("send_replies", expires=outside().config.sweep_seconds + 1)
    for check_id in mailboxes.unfinished_checks(utc_now()):
        nudge("check_mailbox", check_id, expires=outside().config.sweep_seconds + 1)
    for _ in range(draining.how_many(outside())):
        nudge("classify_due", expires=outside().config.sweep_seconds + 1)
    # The last, since it is raised where the attachment store is out of reach.
    before = utc_now() - LEFT_OVER_AFTER
    polling.process(
        ledger.left_over(before=before),
        outside(),
        polling.Polled(),
        asked=lambda run_id: nudge("classify", run_id),
        again=True,
    )


def _poll_told_of(mailbox_id: int, *, now: bool, tries: int) -> None:
    if not _poll(mailbox_id, now=now):
        _look_again(mailbox_id, now=now, tries=tries)


def _look_again(mailbox_id: int, *, now: bool, tries: int) -> None:
    if tries < len(LOOK_AGAIN_SECONDS):
        nudge("poll_told_of", mailbox_id, after=LOOK_AGAIN_SECONDS[tries], now=now, tries=tries + 1)


def _poll_beside(mailbox_id: int, poll: Callable[[], object]) -> bool:
    """Have it polled in a thread of its own; False where that is left to another poll or to a later time."""
    assert poll_threads is not None
    is_begun = poll_threads.start(mailbox_id, poll)
    if not is_begun:
        rounds.forget(outside())
    return is_begun


def _poll(mailbox_id: int, *, now: bool = False) -> bool:
    """Whether it was polled, well or not; False where that is left to another poll or to a later time."""
    polled = None
    try:
        polled = polling.poll(
            outside(), asked=lambda run_id: nudge("classify", run_id), now=now, mailbox_id=mailbox_id
        )
    except MailboxError as error:
        log.warning("mailbox %s: %s", mailbox_id, error)
        return True
    finally:
        if polled is None:
            rounds.forget(outside())
    return polled is not None


def _take_turn(task: str, turn: Callable[[Outside], float | None], until: float | None) -> None:
    until = until or time.time() + max(outside().config.sweep_seconds, draining.TURN_SECONDS)
    if time.time() < until:
        later = turn(outside())
        if later is not None and time.time() + later < until:
            nudge(task, until, after=later)


def nudge(task: str, *args: Any, expires: float | None = None, after: float | None = None, **named: Any) -> None:
    """Send a task of this module by name; a hint that cannot be sent is no loss, the sweep finds the row.

    ``after`` so many seconds it is done, ``expires`` so many seconds from now it is forgotten.
    """
    try:
        current_app.send_task(
            f"worker.tasks.{task}", args=args, kwargs=named, retry=False, expires=expires, countdown=after
        )
    except (OperationalError, OSError) as error:
        log.warning("no hint for %s: %s", task, error)
