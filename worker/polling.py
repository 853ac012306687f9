"""One poll of a mailbox: bytes into the ledger, the server told, each mail processed; nothing is lost or doubled."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from config import Config
from ticketapp.actions import attempts, intake, late_bytes, ledger, refreshing
from ticketapp.actions.intake import Landed
from ticketapp.models import MailState
from ticketapp.outside import Outside
from ticketapp.queries import ledger as ledger_queries
from worker import recognising
from worker.accounts import open_mailbox
from worker.any_mailbox import Listed, Mailbox
from worker.imap_connection import MailboxError, words_of
from worker.keeping import kept

BATCH_BYTES = 20_000_000
LOOKS = 10
LATE_AT_ONCE = 10
SETTLED_AT_ONCE = 200
# How many polls go wrong in a row, over four minutes, before a mail is looked for that makes them.
SUSPICIOUS_FAILURES = 4
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Polled:
    """What a poll did: mails recorded, and what became of those processed."""

    recorded: int = 0
    became: dict[MailState, int] = field(default_factory=dict)

    def count(self, landed: Landed) -> None:
        """Add one processed mail."""
        self.became[landed.state] = self.became.get(landed.state, 0) + 1


def poll(
    outside: Outside, *, asked: Callable[[int], None], now: bool = False, mailbox_id: int | None = None
) -> Polled | None:
    """Poll a mailbox once, to its end: this one, or that of the environment. None where somebody else polls it, it is
    paused, or it failed and waits.

    ``now`` does not wait for that. ``asked`` is called with each classification run that a new ticket
    asked for. Raises ``MailboxError`` and whatever else went wrong after keeping it with the mailbox, whose next poll
    then waits.
    """
    config = outside.config
    if mailbox_id is None:
        assert config.mailbox_name is not None
        mailbox_id = ledger.register_mailbox(config.mailbox_name)
    if not ledger.lease_mailbox(mailbox_id, seconds=config.mailbox_lease_seconds, now=now):
        return None
    polled, mailbox, seconds = Polled(), None, config.mailbox_lease_seconds
    keep = partial(ledger.extend_lease, mailbox_id, seconds=seconds)
    try:
        with kept(keep, lease_seconds=seconds):
            process(ledger_queries.left_over(mailbox_id=mailbox_id), outside, polled, asked=asked, again=True)
            with open_mailbox(mailbox_id, outside) as mailbox:
                for batch in _new_mail(mailbox, mailbox_id, config):
                    polled.recorded += len(batch)
                    process(batch, outside, polled, asked=asked)
    except Exception as error:
        count, is_refused = mailbox.count if mailbox else None, isinstance(error, MailboxError) and error.refused
        ledger.end_poll(mailbox_id, error=_cause(error), refused=is_refused, server_count=count)
        raise
    ledger.end_poll(
        mailbox_id, server_count=mailbox.count, complaint=mailbox.complaint, is_settled=mailbox.is_settled
    )
    return polled


def process(
    mail_ids: Sequence[int],
    outside: Outside,
    polled: Polled,
    *,
    asked: Callable[[int], None],
    again: bool = False,
) -> None:
    """Process recorded mails; ``again`` takes them one by one and counts a try for each that was at fault.

    Where the attachment store fails, the mails that need no store are processed all the same, then it is raised.
    """
    if not again:
        _process(mail_ids, outside, polled, asked)
        return
    failed = None
    for mail_id in mail_ids:
        if attempts.begin_again(mail_id, seconds=outside.config.mailbox_lease_seconds):
            try:
                _process([mail_id], outside, polled, asked)
            except (OSError, SQLAlchemyError) as error:
                attempts.excuse(mail_id)
                if isinstance(error, SQLAlchemyError):
                    raise
                failed = error
    if failed is not None:
        raise failed


def _cause(error: Exception) -> str:
    """Why a poll failed, as a sentence."""
    if isinstance(error, MailboxError):
        return str(error)
    if isinstance(error, SQLAlchemyError):
        return "The database failed during a poll; the log of the worker says how."
    if isinstance(error, OSError):
        return f"The attachment store failed: {error.strerror or type(error).__name__}."
    said = f"{type(error).__name__}: {words_of(error)}"
    return f"The poll failed over something unforeseen ({said}); the log of the worker says more."


def _process(mail_ids: Sequence[int], outside: Outside, polled: Polled, asked: Callable[[int], None]) -> None:
    for landed in intake.process_many(mail_ids, store=outside.store, rules=outside.rules):
        polled.count(landed)
        if landed.run_id is not None:
            asked(landed.run_id)


def _new_mail(mailbox: Mailbox, mailbox_id: int, config: Config) -> Iterator[list[int]]:
    """Record what is new, batch by batch, each committed before the server is told; yields ids to process.

    Looks again after what it found: whoever is told of mail meanwhile cannot poll, as we have the mailbox.
    """
    mailbox.suspects_mails = ledger_queries.mailbox(mailbox_id).failures >= SUSPICIOUS_FAILURES
    listed, looks = recognising.unseen(mailbox, mailbox_id), 1
    _settle(mailbox, mailbox_id)
    while listed:
        for batch in batches(listed, config):
            yield _recorded(batch, mailbox, mailbox_id, config)
        listed = mailbox.above(max(one.uid for one in listed)) if looks < LOOKS else []
        looks += 1
    if not listed:  # else there may be mails that were not looked at yet
        yield from _late(mailbox, mailbox_id, config)


def _late(mailbox: Mailbox, mailbox_id: int, config: Config) -> Iterator[list[int]]:
    """Bytes of mails that were recorded by their header: the server may hand them over now, or the limit is higher.

    A server that fails at these has handed over all that is new: the poll went well.
    """
    largest = config.mail_max_bytes
    for one in ledger_queries.unfetched(mailbox_id, mailbox.uidvalidity, largest_bytes=largest, most=LATE_AT_ONCE):
        late_bytes.count_fetch(one.mail_id)
        try:
            mails = mailbox.bodies([Listed(one.uid, one.size, one.arrived_at)])
        except MailboxError:
            log.exception("mail %s is still not handed over", one.mail_id)
            return
        for mail in mails:
            if mail.raw is not None:
                is_to_be_read = late_bytes.complete(one.mail_id, mail.raw, mail.sha256)
                _settle(mailbox, mailbox_id)
                yield [one.mail_id] if is_to_be_read else []
        if not mails:
            refreshing.give_up(one.mail_id)
    vanished = ledger_queries.vanished
    for mail_id in vanished(mailbox_id, mailbox.uidvalidity, largest_bytes=largest, most=LATE_AT_ONCE):
        refreshing.give_up(mail_id)


def _recorded(batch: list[Listed], mailbox: Mailbox, mailbox_id: int, config: Config) -> list[int]:
    is_too_large = batch[0].size > config.mail_max_bytes
    seen = [mailbox.header(batch[0])] if is_too_large else mailbox.bodies(batch)
    cause = "The server listed this mail but did not hand over its bytes; it is asked for them again by itself."
    if is_too_large:
        cause = f"It is {batch[0].size:,} bytes; the limit (MAIL_MAX_BYTES) is {config.mail_max_bytes:,}."
    to_process = ledger.record(mailbox_id, mailbox.uidvalidity, seen, no_bytes=cause)
    _settle(mailbox, mailbox_id)
    return to_process


def _settle(mailbox: Mailbox, mailbox_id: int) -> None:
    """Tell the server of what was recorded, now or by a poll that was cut off before it could.

    Where that fails the mails are safe all the same: they are processed, the mailbox says what is wrong, and the
    next poll tries again. A mail whose bytes we do not have stays where it can be fetched until they came.
    """
    while late := ledger_queries.untold(mailbox_id, mailbox.uidvalidity, most=SETTLED_AT_ONCE):
        if not mailbox.is_settled or not _told(mailbox, late):
            return
        ledger.mark_told(mailbox_id, mailbox.uidvalidity, late)
    while mailbox.is_settled:
        found = ledger_queries.unsettled(mailbox_id, mailbox.uidvalidity, most=SETTLED_AT_ONCE)
        if not found or not _told(mailbox, [uid for uid, is_whole in found if is_whole]):
            return
        ledger.mark_settled(mailbox_id, mailbox.uidvalidity, up_to=found[-1][0])


def _told(mailbox: Mailbox, uids: Sequence[int]) -> bool:
    try:
        mailbox.settle(uids)
    except MailboxError as error:
        mailbox.complaint, mailbox.is_settled = str(error), False
        return False
    return True


def batches(listed: Sequence[Listed], config: Config) -> Iterator[list[Listed]]:
    """Mails in order, as many at once as the settings allow; one over the size limit is a batch of its own."""
    batch: list[Listed] = []
    total = 0
    for one in listed:
        is_large = one.size > config.mail_max_bytes
        if batch and (is_large or len(batch) >= config.mail_batch or total + one.size > BATCH_BYTES):
            yield batch
            batch, total = [], 0
        batch.append(one)
        total += one.size
        if is_large:
            yield batch
            batch, total = [], 0
    if batch:
        yield batch
