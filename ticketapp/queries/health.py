"""Whether the system is well: can the database be asked, do the mailboxes answer, does work pile up."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from ticketapp.db import db
from ticketapp.models import Mailbox, MailState
from ticketapp.queries import classification, ledger

COUNT_CEILING = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxHealth:
    """How polling one mailbox goes; the age of the last success is in seconds, None where there was none."""

    mailbox_id: int
    last_success_age_seconds: int | None
    failing_since: datetime | None
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What waits, each counted up to 1,001, and the mailboxes."""

    mailboxes: tuple[MailboxHealth, ...]
    mails_waiting: int
    runs_due: int


def overview(now: datetime) -> Health | None:
    """How things stand at ``now``; None where the database cannot be asked."""
    try:
        return Health(
            mailboxes=tuple(_mailbox(mailbox, now) for mailbox in ledger.mailboxes()),
            mails_waiting=ledger.count(MailState.RECEIVED),
            runs_due=len(classification.due(now, limit=COUNT_CEILING + 1)),
        )
    except SQLAlchemyError:
        db.session.rollback()
        return None


def _mailbox(mailbox: Mailbox, now: datetime) -> MailboxHealth:
    success = mailbox.polled_at
    return MailboxHealth(
        mailbox_id=mailbox.id,
        last_success_age_seconds=None if success is None else max(0, int((now - success).total_seconds())),
        failing_since=mailbox.failing_since,
        error=mailbox.last_error,
    )
