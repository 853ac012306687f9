"""Bytes that come after a mail was recorded by its header alone: asked for again, counted, put into its row."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import and_, exists, select, update
from sqlalchemy.orm import Session, undefer

from ticketapp.clock import utc_now
from ticketapp.db import transaction
from ticketapp.models import InboundMail, Mailbox, MailKind, MailSighting, MailState

FIRST_WAIT = timedelta(minutes=1)
WAIT_GROWS = 4
LONGEST_WAIT = timedelta(days=1)
# From this try on the wait is the longest; a power beyond it would only be a large number.
LAST_GROWTH = 6


def count_fetch(mail_id: int) -> None:
    """Count one more try at the bytes of a mail; the first is due a minute after it was recorded, the next ones after
    4, 16, 64 and 256 more, then once a day."""
    with transaction() as session:
        mail = session.get(InboundMail, mail_id, with_for_update=True, populate_existing=True)
        if mail is not None and mail.raw is None:
            wait = FIRST_WAIT * WAIT_GROWS ** min(mail.attempts + 1, LAST_GROWTH)
            mail.trying_until = utc_now() + min(wait, LONGEST_WAIT)
            mail.attempts += 1


def complete(mail_id: int, raw: bytes, sha256: str) -> bool:
    """Put the bytes into the row of a mail that was recorded by its header; whether it is to be processed now: read
    as if it had just come, or into the message that was made of its header.

    Where the mailbox has these bytes in another row already, this one says so; from quarantine it is set aside.
    The server is to be told of it by whoever polls next.
    """
    with transaction() as session:
        mail = _without_bytes(session, mail_id)
        if mail is None:
            return False
        _owe_word(session, mail.id)
        same = select(InboundMail.id).where(InboundMail.mailbox_id == mail.mailbox_id, InboundMail.sha256 == sha256)
        twin = session.scalar(same)
        if twin is None:
            _fill(mail, raw, sha256)
            return mail.state == MailState.RECEIVED
        said = f"Its bytes came again; they are those of mail {twin}."
        mail.given_up_at, mail.trying_until = utc_now(), None
        mail.reason = said if mail.state == MailState.QUARANTINED else f"{mail.reason} {said}"
        if mail.state == MailState.QUARANTINED:
            mail.state = MailState.SET_ASIDE
        return False


def fill_in(session: Session, mailbox_id: int, whole: Mapping[str, bytes]) -> None:
    """Put bytes that are about to be recorded, by their SHA-256, into rows that hold but the header of the same mail,
    told by size and header. What was made of such a mail, or discarded by a person, stays so."""
    sizes = {len(raw) for raw in whole.values()}
    without = select(InboundMail).where(
        InboundMail.mailbox_id == mailbox_id, InboundMail.raw.is_(None), InboundMail.size.in_(sizes)
    )
    rows = session.scalars(without.options(undefer(InboundMail.header)).with_for_update()).all()
    if not rows:
        return
    known = set(
        session.scalars(
            select(InboundMail.sha256).where(InboundMail.mailbox_id == mailbox_id, InboundMail.sha256.in_(whole))
        )
    )
    for sha256, raw in whole.items():
        row = next((row for row in rows if row.raw is None and _is_of(row, raw)), None)
        if row is not None and sha256 not in known:
            _fill(row, raw, sha256)
            _owe_word(session, row.id)


def _owe_word(session: Session, mail_id: int) -> None:
    """Keep under which UIDs the server is to be told of a mail, though it was told of those above them already."""
    passed = and_(Mailbox.settled_uidvalidity == MailSighting.uidvalidity, Mailbox.settled_uid >= MailSighting.uid)
    is_passed = exists().where(Mailbox.id == MailSighting.mailbox_id, passed)
    session.execute(
        update(MailSighting).where(MailSighting.mail_id == mail_id, is_passed).values(untold_at=utc_now())
    )


def _without_bytes(session: Session, mail_id: int) -> InboundMail | None:
    found = select(InboundMail).where(InboundMail.id == mail_id, InboundMail.raw.is_(None)).with_for_update()
    return session.scalars(found.execution_options(populate_existing=True)).one_or_none()


def _is_of(mail: InboundMail, raw: bytes) -> bool:
    header = _plain(mail.header or b"")
    return mail.size == len(raw) and bool(header) and _plain(raw[: 2 * len(header) + 1_000]).startswith(header)


def _plain(some: bytes) -> bytes:
    return some.replace(b"\r\n", b"\n").strip()


def _fill(mail: InboundMail, raw: bytes, sha256: str) -> None:
    mail.raw, mail.sha256, mail.size, mail.header = raw, sha256, len(raw), None
    mail.attempts, mail.trying_until, mail.given_up_at = 0, None, None
    if mail.state == MailState.PROCESSED:
        mail.state = MailState.RECEIVED  # what it says belongs into the message that was made of its header
    if mail.state == MailState.QUARANTINED:
        mail.state, mail.kind, mail.reason, mail.processed_at = MailState.RECEIVED, MailKind.UNREAD, "", None
