"""The mail ledger's first half: mailboxes, and raw mail committed before anybody thinks about it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, true, update
from sqlalchemy.orm import Session

from ticketapp.actions.late_bytes import FIRST_WAIT, fill_in
from ticketapp.actions.leases import is_over
from ticketapp.actions.mail_words import named
from ticketapp.clock import utc_now
from ticketapp.db import add_missing, transaction
from ticketapp.errors import NotFound
from ticketapp.models import InboundMail, Mailbox, MailKind, MailSighting, MailState
from ticketapp.queries.ledger import IMPORTED

FIRST_PAUSE_SECONDS = 30
LONGEST_PAUSE_SECONDS = 15 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenMail:
    """A mail as it lies in a mailbox: its bytes, or only its header where it is over the size limit."""

    uid: int
    size: int
    arrived_at: datetime
    raw: bytes | None
    header: bytes | None = None

    @property
    def sha256(self) -> str:
        """The hex SHA-256 of the bytes; of header and size where the bytes were left on the server. Where there is no
        header either, two mails have two, though they be of one size."""
        told_apart = "" if self.header else f"\n{self.uid}\n{self.arrived_at.isoformat()}"
        kept = self.raw if self.raw is not None else (self.header or b"") + f"\n{self.size}{told_apart}".encode()
        return hashlib.sha256(kept).hexdigest()


def register_mailbox(name: str) -> int:
    """The id of the mailbox with this name, added where it is new, in service again where it was retired."""
    with transaction() as session:
        add_missing(session, Mailbox, [{"name": name, "failures": 0, "poll_due_at": utc_now()}])
        mailbox = session.scalars(select(Mailbox).where(Mailbox.name == name)).one()
        if mailbox.retired_at is not None:
            mailbox.retired_at, mailbox.poll_due_at = None, utc_now()
        return mailbox.id


def lease_mailbox(mailbox_id: int, *, seconds: float, now: bool = False) -> bool:
    """Take the mailbox for ``seconds``; False while another poll has it, while it is paused or retired and, unless
    ``now``, after a failure. A clock that was put back makes nobody wait longer than that."""
    moment = utc_now()
    is_free = is_over(Mailbox.lease_until, moment, at_most_seconds=seconds)
    is_due = true() if now else is_over(Mailbox.poll_due_at, moment, at_most_seconds=LONGEST_PAUSE_SECONDS)
    with transaction(wait_for_disk=False) as session:
        taken = session.execute(
            update(Mailbox)
            .where(Mailbox.id == mailbox_id, Mailbox.paused_at.is_(None), Mailbox.retired_at.is_(None))
            .where(is_free, is_due)
            .values(lease_until=moment + timedelta(seconds=seconds))
            .returning(Mailbox.id)
        ).one_or_none()
    return taken is not None


def extend_lease(mailbox_id: int, *, seconds: float) -> None:
    """Keep a mailbox that we hold for another ``seconds``, so that a long poll is not joined by a second one."""
    with transaction(wait_for_disk=False) as session:
        session.execute(
            update(Mailbox).where(Mailbox.id == mailbox_id).values(lease_until=utc_now() + timedelta(seconds=seconds))
        )


def pause(mailbox_id: int) -> None:
    """Poll a mailbox no more until it is resumed; one that is going on is brought to its end. Raises ``NotFound``."""
    with transaction() as session:
        mailbox = _locked(session, mailbox_id)
        mailbox.paused_at = mailbox.paused_at or utc_now()


def resume(mailbox_id: int) -> None:
    """Poll a paused mailbox again, at once, whatever failed before. Raises ``NotFound``."""
    with transaction() as session:
        mailbox = _locked(session, mailbox_id)
        mailbox.paused_at, mailbox.poll_due_at = None, utc_now()


def end_poll(
    mailbox_id: int,
    *,
    error: str | None = None,
    refused: bool = False,
    server_count: int | None = None,
    complaint: str | None = None,
    is_settled: bool = True,
) -> None:
    """Give the mailbox back and keep how the poll went: after failures the next one waits, longer when refused.

    ``server_count`` is how many mails lay in the mailbox when it was opened; None where that is not known.
    ``complaint`` is what a poll that went well passed over for now, ``is_settled`` whether the server could be told
    of what was recorded.
    """
    now = utc_now()
    with transaction() as session:
        mailbox = session.get_one(Mailbox, mailbox_id, with_for_update=True, populate_existing=True)
        mailbox.lease_until = None
        mailbox.server_count = mailbox.server_count if server_count is None else server_count
        if error is None:
            mailbox.polled_at, mailbox.failing_since, mailbox.failures = now, None, 0
            mailbox.poll_due_at, mailbox.last_error = None, complaint
            mailbox.unsettled_since = None if is_settled else mailbox.unsettled_since or now
            return
        mailbox.failures += 1
        mailbox.failing_since = mailbox.failing_since or now
        mailbox.last_error = error
        first = FIRST_PAUSE_SECONDS * (4 if refused else 1)
        wait = min(first * 2 ** min(mailbox.failures - 1, 10), LONGEST_PAUSE_SECONDS)
        mailbox.poll_due_at = now + timedelta(seconds=wait)


def record(mailbox_id: int, uidvalidity: int, seen: Sequence[SeenMail], *, no_bytes: str = "") -> list[int]:
    """Commit mails to the ledger, durable when this returns; the ids of those that are to be processed.

    Bytes that the mailbox held before are not recorded again, only seen again; those of a mail that it held by its
    header are put into that row. A mail without its bytes goes straight into quarantine with the cause ``no_bytes``.
    """
    if not seen:
        return []
    now = utc_now()
    rows = {mail.sha256: _ledger_row(mailbox_id, mail, now, no_bytes) for mail in seen}
    whole = {mail.sha256: mail.raw for mail in seen if mail.raw is not None}
    with transaction() as session:
        fill_in(session, mailbox_id, whole)
        session.flush()
        added = add_missing(session, InboundMail, list(rows.values()), InboundMail.id)
        if added:
            counted = Mailbox.ledger_count + len(added)
            session.execute(update(Mailbox).where(Mailbox.id == mailbox_id).values(ledger_count=counted))
        known = session.execute(
            select(InboundMail.id, InboundMail.sha256, InboundMail.state).where(
                InboundMail.mailbox_id == mailbox_id, InboundMail.sha256.in_(rows)
            )
        ).all()
        ids = {row.sha256: row.id for row in known}
        sightings = [
            {"mailbox_id": mailbox_id, "uidvalidity": uidvalidity, "uid": mail.uid, "mail_id": ids[mail.sha256]}
            for mail in seen
        ]
        add_missing(session, MailSighting, sightings)
        if len(whole) < len(rows):  # one whose bytes were given up may lie there again
            again = update(InboundMail).where(InboundMail.id.in_(ids.values()), InboundMail.given_up_at.is_not(None))
            session.execute(again.values(given_up_at=None))
    return sorted(row.id for row in known if row.state == MailState.RECEIVED)


def forget_sightings(mailbox_id: int, uidvalidity: int, *, above: int) -> None:
    """The server gives UIDs anew that it gave before (restored from a backup): scan them again, mails are kept."""
    anew = {"settled_uidvalidity": uidvalidity, "settled_uid": above}
    with transaction() as session:
        session.execute(update(Mailbox).where(Mailbox.id == mailbox_id).values(anew))
        session.execute(
            delete(MailSighting).where(
                MailSighting.mailbox_id == mailbox_id,
                MailSighting.uidvalidity == uidvalidity,
                MailSighting.uid > above,
            )
        )


def mark_settled(mailbox_id: int, uidvalidity: int, *, up_to: int) -> None:
    """The server was told of every recorded mail up to this UID."""
    settled = {"settled_uidvalidity": uidvalidity, "settled_uid": up_to}
    with transaction(wait_for_disk=False) as session:
        session.execute(update(Mailbox).where(Mailbox.id == mailbox_id).values(settled))


def mark_told(mailbox_id: int, uidvalidity: int, uids: Sequence[int]) -> None:
    """The server was told of these mails, whose bytes came later than it was told of those around them."""
    told = update(MailSighting).where(
        MailSighting.mailbox_id == mailbox_id, MailSighting.uidvalidity == uidvalidity, MailSighting.uid.in_(uids)
    )
    with transaction(wait_for_disk=False) as session:
        session.execute(told.values(untold_at=None))


def _locked(session: Session, mailbox_id: int) -> Mailbox:
    mailbox = session.get(Mailbox, mailbox_id, with_for_update=True, populate_existing=True)
    if mailbox is None or mailbox.retired_at is not None or mailbox.name.startswith(IMPORTED):
        raise NotFound(f"There is no mailbox {mailbox_id}.")
    return mailbox


def _ledger_row(mailbox_id: int, mail: SeenMail, now: datetime, no_bytes: str) -> dict[str, object]:
    is_whole = mail.raw is not None
    sender, subject = ("", "") if is_whole else named(mail.header or b"")
    return {
        "mailbox_id": mailbox_id,
        "sha256": mail.sha256,
        "size": mail.size,
        "arrived_at": min(mail.arrived_at, now),
        "recorded_at": now,
        "state": MailState.RECEIVED if is_whole else MailState.QUARANTINED,
        "kind": MailKind.UNREAD,
        "reason": "" if is_whole else no_bytes,
        "sender": sender,
        "subject": subject,
        "attempts": 0,
        "trying_until": None if is_whole else now + FIRST_WAIT,
        "raw": mail.raw,
        "header": mail.header if is_whole else mail.header or b"",
    }
