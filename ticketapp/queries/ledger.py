"""What the mail ledger holds: what is left over, one mail with its bytes, the mailboxes and the cursor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, LargeBinary, case, exists, func, literal, or_, select
from sqlalchemy.orm import joinedload, undefer

from ticketapp.clock import utc_now
from ticketapp.db import db
from ticketapp.errors import NotFound
from ticketapp.models import InboundMail, Mailbox, MailSighting, MailState

COUNT_CEILING = 1000
MAILBOXES_LISTED = 200
# What may wait for its bytes: in quarantine, or on a ticket that was made of its header.
WITHOUT_BYTES = (MailState.QUARANTINED, MailState.PROCESSED)
# How the names of mailboxes begin that no poll looks at: mail was taken in from files, once.
IMPORTED = "import:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfetched:
    """A mail recorded by its header, and the UID under which its bytes are to be had."""

    mail_id: int
    uid: int
    size: int
    arrived_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A mail that was seen under a UID: when it came, its size in bytes, the SHA-256 of what is kept of it, and
    whether that is all."""

    mail_id: int
    arrived_at: datetime
    size: int
    sha256: str
    is_whole: bool


def cursor(mailbox_id: int, uidvalidity: int) -> int:
    """The highest UID recorded for this mailbox and UIDVALIDITY; 0 where there is none."""
    statement = select(func.max(MailSighting.uid)).where(
        MailSighting.mailbox_id == mailbox_id, MailSighting.uidvalidity == uidvalidity
    )
    return db.session.scalar(statement) or 0


def sightings(mailbox_id: int, uidvalidity: int, uids: Sequence[int]) -> dict[int, Known]:
    """Those of these UIDs that were recorded for this mailbox and UIDVALIDITY, with the mails they led to."""
    statement = (
        select(
            MailSighting.uid,
            InboundMail.id,
            InboundMail.arrived_at,
            InboundMail.size,
            InboundMail.sha256,
            InboundMail.raw.is_not(None).label("is_whole"),
        )
        .join(InboundMail, InboundMail.id == MailSighting.mail_id)
        .where(
            MailSighting.mailbox_id == mailbox_id,
            MailSighting.uidvalidity == uidvalidity,
            MailSighting.uid.in_(uids),
        )
    )
    return {
        row.uid: Known(
            mail_id=row.id, arrived_at=row.arrived_at, size=row.size, sha256=row.sha256, is_whole=row.is_whole
        )
        for row in db.session.execute(statement)
    }


def seen_uids(mailbox_id: int, uidvalidity: int) -> set[int]:
    """Every UID that was recorded for this mailbox and UIDVALIDITY."""
    statement = select(MailSighting.uid).where(
        MailSighting.mailbox_id == mailbox_id, MailSighting.uidvalidity == uidvalidity
    )
    return set(db.session.scalars(statement))


def unsettled(mailbox_id: int, uidvalidity: int, *, most: int) -> list[tuple[int, bool]]:
    """The lowest UIDs recorded of which the server is not known to have been told, ascending, and whether we have the
    bytes of each."""
    is_same = Mailbox.settled_uidvalidity == uidvalidity
    settled = select(case((is_same, Mailbox.settled_uid), else_=-1)).where(Mailbox.id == mailbox_id).scalar_subquery()
    statement = (
        select(MailSighting.uid, InboundMail.raw.is_not(None))
        .join(InboundMail, InboundMail.id == MailSighting.mail_id)
        .where(
            MailSighting.mailbox_id == mailbox_id, MailSighting.uidvalidity == uidvalidity, MailSighting.uid > settled
        )
    )
    return [(uid, is_whole) for uid, is_whole in db.session.execute(statement.order_by(MailSighting.uid).limit(most))]


def untold(mailbox_id: int, uidvalidity: int, *, most: int) -> list[int]:
    """The lowest UIDs of which the server is to be told though it was told of those above, ascending: the bytes of
    these mails came later."""
    statement = select(MailSighting.uid).where(
        MailSighting.mailbox_id == mailbox_id,
        MailSighting.uidvalidity == uidvalidity,
        MailSighting.untold_at.is_not(None),
    )
    return list(db.session.scalars(statement.order_by(MailSighting.uid).limit(most)))


def unfetched(mailbox_id: int, uidvalidity: int, *, largest_bytes: int, most: int) -> list[Unfetched]:
    """Mails recorded by their header whose bytes are on the server, within the limit, and due to be asked for again:
    those in quarantine, and those that became a ticket or message meanwhile."""
    statement = (
        select(InboundMail.id, InboundMail.size, InboundMail.arrived_at, func.max(MailSighting.uid).label("uid"))
        .join(MailSighting, MailSighting.mail_id == InboundMail.id)
        .where(*_is_due(mailbox_id, largest_bytes))
        .where(MailSighting.mailbox_id == mailbox_id, MailSighting.uidvalidity == uidvalidity)
        .group_by(InboundMail.id, InboundMail.size, InboundMail.arrived_at)
        .order_by(InboundMail.id)
        .limit(most)
    )
    return [
        Unfetched(mail_id=row.id, uid=row.uid, size=row.size, arrived_at=row.arrived_at)
        for row in db.session.execute(statement)
    ]


def vanished(mailbox_id: int, uidvalidity: int, *, largest_bytes: int, most: int) -> list[int]:
    """Mails that ``unfetched`` would give if the server showed them under this UIDVALIDITY; it does not."""
    is_seen = exists().where(
        MailSighting.mail_id == InboundMail.id,
        MailSighting.mailbox_id == mailbox_id,
        MailSighting.uidvalidity == uidvalidity,
    )
    statement = select(InboundMail.id).where(*_is_due(mailbox_id, largest_bytes), ~is_seen)
    return list(db.session.scalars(statement.order_by(InboundMail.id).limit(most)))


def first_bytes(mail_id: int, size: int) -> bytes:
    """The first ``size`` bytes of what is kept of a mail."""
    start = func.substr(func.coalesce(InboundMail.raw, InboundMail.header), 1, size, type_=LargeBinary)
    return db.session.scalar(select(start).where(InboundMail.id == mail_id)) or b""


def left_over(*, mailbox_id: int | None = None, before: datetime | None = None, limit: int = 100) -> list[int]:
    """The ids of mails recorded but not processed, oldest first: of one mailbox, or recorded ``before`` a time."""
    statement = select(InboundMail.id).where(InboundMail.state == MailState.RECEIVED)
    if mailbox_id is not None:
        statement = statement.where(InboundMail.mailbox_id == mailbox_id)
    if before is not None:
        statement = statement.where(InboundMail.recorded_at < before)
    return list(db.session.scalars(statement.order_by(InboundMail.id).limit(limit)))


def known_digests(mailbox_id: int, digests: Sequence[str]) -> set[str]:
    """Which of these SHA-256 digests are of mails that the mailbox has in the ledger."""
    statement = select(InboundMail.sha256).where(
        InboundMail.mailbox_id == mailbox_id, InboundMail.sha256.in_(digests)
    )
    return set(db.session.scalars(statement))


def mail(mail_id: int) -> InboundMail:
    """One mail with its bytes. Raises ``NotFound``."""
    found = db.session.scalar(
        select(InboundMail)
        .where(InboundMail.id == mail_id)
        .options(undefer(InboundMail.raw), undefer(InboundMail.header))
    )
    if found is None:
        raise NotFound(f"There is no mail {mail_id}.")
    return found


def count(state: MailState) -> int:
    """How many mails are in a state, at most 1,001."""
    some = select(literal(1)).where(InboundMail.state == state).limit(COUNT_CEILING + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def mailboxes() -> Sequence[Mailbox]:
    """The mailboxes that are polled, by name, with their accounts: no retired ones, none of files taken in once."""
    statement = select(Mailbox).where(Mailbox.name.not_like(f"{IMPORTED}%"), Mailbox.retired_at.is_(None))
    return db.session.scalars(statement.options(joinedload(Mailbox.account)).order_by(Mailbox.name)).all()


def waiting_since(mailbox_id: int) -> datetime | None:
    """When the oldest mail of a mailbox that still waits to be processed was recorded; None where none does."""
    statement = select(InboundMail.recorded_at).where(
        InboundMail.mailbox_id == mailbox_id, InboundMail.state == MailState.RECEIVED
    )
    return db.session.scalar(statement.order_by(InboundMail.id).limit(1))


def every_mailbox() -> Sequence[Mailbox]:
    """All mailboxes by name, also those that mail was imported to; at most 200."""
    return db.session.scalars(select(Mailbox).order_by(Mailbox.name).limit(MAILBOXES_LISTED)).all()


def mailbox(mailbox_id: int) -> Mailbox:
    """One mailbox, of either kind, as it is now."""
    return db.session.get_one(Mailbox, mailbox_id, populate_existing=True)


def _is_due(mailbox_id: int, largest_bytes: int) -> Sequence[ColumnElement[bool]]:
    return (
        InboundMail.mailbox_id == mailbox_id,
        InboundMail.raw.is_(None),
        InboundMail.size <= largest_bytes,
        InboundMail.state.in_(WITHOUT_BYTES),
        InboundMail.given_up_at.is_(None),
        or_(InboundMail.trying_until.is_(None), InboundMail.trying_until <= utc_now()),
    )
