"""What is asked about mailboxes: which are polled, how one is reached, what of them ends soon, how a test goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from ticketapp.clock import is_over
from ticketapp.db import db
from ticketapp.errors import NotFound
from ticketapp.models import Mailbox, MailboxAccount, MailboxCheck
from ticketapp.queries.ledger import IMPORTED

WARNED_BEFORE = timedelta(days=14)
SHORTEST_PATIENCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class InService:
    """A mailbox that is not retired. ``of_portal``: it has a connection of its own."""

    mailbox_id: int
    name: str
    of_portal: bool
    is_paused: bool
    lease_until: datetime | None
    due_at: datetime | None
    polled_at: datetime | None

    def is_due(self, now: datetime, *, lease_seconds: float, pause_seconds: float) -> bool:
        """Whether a poll would be let in at this moment, leases and pauses being so long at most."""
        is_free = is_over(self.lease_until, now, at_most_seconds=lease_seconds)
        return not self.is_paused and is_free and is_over(self.due_at, now, at_most_seconds=pause_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """Something a mailbox signs in with that ends on a known day."""

    mailbox_id: int
    mailbox_name: str
    what: str
    at: datetime

    def is_near(self, now: datetime) -> bool:
        """Whether it ends within 14 days, or has ended."""
        return self.at - now <= WARNED_BEFORE


def in_service() -> list[InService]:
    """Every mailbox that is polled, or that an environment named, by id."""
    account = MailboxAccount.mailbox_id
    rows = db.session.execute(
        select(
            Mailbox.id,
            Mailbox.name,
            account.is_not(None).label("of_portal"),
            Mailbox.paused_at,
            Mailbox.lease_until,
            Mailbox.poll_due_at,
            Mailbox.polled_at,
        )
        .outerjoin(MailboxAccount, account == Mailbox.id)
        .where(Mailbox.retired_at.is_(None), Mailbox.name.not_like(f"{IMPORTED}%"))
        .order_by(Mailbox.id)
    )
    return [
        InService(
            mailbox_id=row.id,
            name=row.name,
            of_portal=row.of_portal,
            is_paused=row.paused_at is not None,
            lease_until=row.lease_until,
            due_at=row.poll_due_at,
            polled_at=row.polled_at,
        )
        for row in rows
    ]


def find(mailbox_id: int) -> Mailbox:
    """One mailbox that is in service, with its account as it is now. Raises ``NotFound``."""
    statement = select(Mailbox).where(Mailbox.id == mailbox_id, Mailbox.retired_at.is_(None))
    statement = statement.where(Mailbox.name.not_like(f"{IMPORTED}%")).options(joinedload(Mailbox.account))
    mailbox = db.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if mailbox is None:
        raise NotFound(f"There is no mailbox {mailbox_id}.")
    return mailbox


def reached(mailbox_id: int) -> Mailbox | None:
    """A mailbox in service with its account as they are now; None where there is none.

    Read in a session of its own: who asks calls a server next, and must hold no connection meanwhile.
    """
    statement = select(Mailbox).where(Mailbox.id == mailbox_id, Mailbox.retired_at.is_(None))
    with Session(db.engine, expire_on_commit=False) as session:
        return session.scalars(statement.options(joinedload(Mailbox.account))).one_or_none()


def expiries() -> list[Expiry]:
    """What is known to end of what mailboxes sign in with, the nearest end first."""
    rows = db.session.execute(
        select(Mailbox.id, Mailbox.name, MailboxAccount.client_secret_expires_at, MailboxAccount.refresh_expires_at)
        .join(MailboxAccount, MailboxAccount.mailbox_id == Mailbox.id)
        .where(Mailbox.retired_at.is_(None))
    )
    found = [
        Expiry(mailbox_id=row.id, mailbox_name=row.name, what=what, at=at)
        for row in rows
        for what, at in (
            ("client secret", row.client_secret_expires_at),
            ("refresh token", row.refresh_expires_at),
        )
        if at is not None
    ]
    return sorted(found, key=lambda expiry: expiry.at)


def patience(poll_seconds: float) -> timedelta:
    """How long a mailbox may go unread before that is told: five minutes, or three polls where those are more."""
    return max(SHORTEST_PATIENCE, timedelta(seconds=3 * poll_seconds))


def failing_renewals() -> Sequence[MailboxAccount]:
    """The accounts whose access token could not be renewed when that was last tried, with their mailboxes."""
    statement = select(MailboxAccount).where(MailboxAccount.renewal_failing_since.is_not(None))
    return db.session.scalars(statement.options(joinedload(MailboxAccount.mailbox))).all()


def check(check_id: int) -> MailboxCheck:
    """A test of a mailbox with its steps, as it stands now. Raises ``NotFound``."""
    statement = select(MailboxCheck).where(MailboxCheck.id == check_id)
    statement = statement.options(
        joinedload(MailboxCheck.mailbox), joinedload(MailboxCheck.asked_by), selectinload(MailboxCheck.steps)
    )
    found = db.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound(f"There is no test {check_id}.")
    return found


def latest_check(mailbox_id: int) -> MailboxCheck | None:
    """The newest test of a mailbox."""
    statement = select(MailboxCheck).where(MailboxCheck.mailbox_id == mailbox_id)
    return db.session.scalars(statement.order_by(MailboxCheck.id.desc()).limit(1)).one_or_none()


def unfinished_checks(now: datetime) -> list[int]:
    """The tests that nobody is doing and that are not done."""
    statement = select(MailboxCheck.id).where(
        MailboxCheck.finished_at.is_(None),
        MailboxCheck.lease_until.is_(None) | (MailboxCheck.lease_until < now),
    )
    return list(db.session.scalars(statement.order_by(MailboxCheck.id)))
