"""Whether the system is well: can the database be asked, do the mailboxes answer, does work pile up."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from ticketapp.db import db
from ticketapp.models import Mailbox, MailState
from ticketapp.queries import classification, ledger

COUNT_CEILING = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxHealth:
    """How polling one mailbox goes. The age of the last success is in seconds, None where there was none; the lag is
    the age of the oldest mail that still waits. A paused mailbox is not polled and thus does not fail. Nobody has
    polled it since ``unread_since``, where that is too long. What it signs in with ends at ``credentials_end_at``
    where that is known.
    """

    mailbox_id: int
    last_success_age_seconds: int | None
    failing_since: datetime | None
    unread_since: datetime | None
    error: str | None
    paused_at: datetime | None
    lag_seconds: int
    server_count: int | None
    ledger_count: int
    credentials_end_at: datetime | None
    renewal_failing_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What waits, each counted up to 1,001, and the mailboxes."""

    mailboxes: tuple[MailboxHealth, ...]
    mails_waiting: int
    runs_due: int


def overview(now: datetime, *, patience: timedelta) -> Health | None:
    """How things stand at ``now``; None where it cannot be asked. A mailbox may go unread for ``patience``."""
    try:
        return Health(
            mailboxes=tuple(_mailbox(mailbox, now, patience) for mailbox in ledger.mailboxes()),
            mails_waiting=ledger.count(MailState.RECEIVED),
            runs_due=len(classification.due(now, limit=COUNT_CEILING + 1)),
        )
    except SQLAlchemyError:
        db.session.rollback()
        return None


def _mailbox(mailbox: Mailbox, now: datetime, patience: timedelta) -> MailboxHealth:
    is_paused, account = mailbox.paused_at is not None, mailbox.account
    ends = (account.client_secret_expires_at, account.refresh_expires_at) if account else ()
    return MailboxHealth(
        mailbox_id=mailbox.id,
        last_success_age_seconds=_age(mailbox.polled_at, now),
        failing_since=None if is_paused else mailbox.failing_since,
        unread_since=mailbox.unread_since(now, patience=patience),
        error=mailbox.last_error,
        paused_at=mailbox.paused_at,
        lag_seconds=_age(ledger.waiting_since(mailbox.id), now) or 0,
        server_count=mailbox.server_count,
        ledger_count=mailbox.ledger_count,
        credentials_end_at=min(filter(None, ends), default=None),
        renewal_failing_since=account.renewal_failing_since if account else None,
    )


def _age(moment: datetime | None, now: datetime) -> int | None:
    return None if moment is None else max(0, int((now - moment).total_seconds()))
