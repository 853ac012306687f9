"""Attempts at a mail: counted, excused, made again on an admin's word, or given up for good."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from ticketapp.clock import utc_now
from ticketapp.db import transaction
from ticketapp.errors import Conflict, NotFound
from ticketapp.models import InboundMail, Mailbox, MailKind, MailState, User
from ticketapp.queries.ledger import IMPORTED

MOST_ATTEMPTS = 3
REASON_LIMIT = 2_000


def begin_again(mail_id: int, *, seconds: float) -> bool:
    """Count one more try for a mail left unprocessed, and keep others from trying meanwhile; whether to process it.

    A recorded mail is left ``received`` only where a worker died or the database or the store was out of reach;
    one that ends its worker must not do so for ever, and is quarantined after three tries. A try is left alone for
    ``seconds``, the next one twice as long: it may be slow and still come to its end.
    """
    now = utc_now()
    is_free = or_(InboundMail.trying_until.is_(None), InboundMail.trying_until < now)
    left = select(InboundMail).where(InboundMail.id == mail_id, InboundMail.state == MailState.RECEIVED, is_free)
    with transaction() as session:
        mail = session.scalar(left.with_for_update(skip_locked=True).execution_options(populate_existing=True))
        if mail is None:
            return False
        if mail.attempts >= MOST_ATTEMPTS:
            mail.state, mail.processed_at, mail.trying_until = MailState.QUARANTINED, now, None
            mail.reason = f"Processing was cut off {MOST_ATTEMPTS} times; perhaps this mail ends the worker."
            return False
        mail.trying_until = now + timedelta(seconds=seconds * 2**mail.attempts)
        mail.attempts += 1
        return True


def excuse(mail_id: int) -> None:
    """Take back the try that ``begin_again`` counted: the mail was not at fault, its surroundings were."""
    with transaction() as session:
        mail = session.get(InboundMail, mail_id, with_for_update=True, populate_existing=True)
        if mail is not None and mail.state == MailState.RECEIVED:
            mail.attempts, mail.trying_until = max(0, mail.attempts - 1), None


def retry(mail_id: int) -> bool:
    """Put a quarantined or set-aside mail back in line; False where its bytes are on the server and only asked for
    again, by the next polls. Raises ``NotFound``, ``Conflict`` also where nobody polls its mailbox."""
    with transaction() as session:
        mail = _locked(session, mail_id)
        if mail.raw is not None:
            _put_back(mail)
            return True
        if mail.mailbox.retired_at is not None or mail.mailbox.name.startswith(IMPORTED):
            raise Conflict("Only the header of this mail is kept and nobody polls its mailbox; make a ticket of it.")
        _ask_for_bytes(mail)
        return False


def retry_many(mail_ids: Sequence[int]) -> list[int]:
    """Put those of these mails back in line that are quarantined or set aside and have their bytes; their ids."""
    with transaction() as session:
        is_acted_on = InboundMail.state.in_((MailState.QUARANTINED, MailState.SET_ASIDE))
        found = _locked_many(session, mail_ids, is_acted_on, InboundMail.raw.is_not(None))
        for mail in found:
            _put_back(mail)
    return [mail.id for mail in found]


def ask_many(mail_ids: Sequence[int]) -> list[int]:
    """Have bytes asked for again by the next polls: those of mails that are quarantined or set aside, recorded by
    their header, and in a mailbox that is polled; the ids of these."""
    polled = select(Mailbox.id).where(Mailbox.retired_at.is_(None), Mailbox.name.not_like(f"{IMPORTED}%"))
    with transaction() as session:
        is_acted_on = InboundMail.state.in_((MailState.QUARANTINED, MailState.SET_ASIDE))
        is_there = InboundMail.mailbox_id.in_(polled)
        found = _locked_many(session, mail_ids, is_acted_on, InboundMail.raw.is_(None), is_there)
        for mail in found:
            _ask_for_bytes(mail)
    return [mail.id for mail in found]


def discard(mail_id: int, *, by: User) -> None:
    """Set a quarantined mail aside for good; its row and bytes stay. Raises ``NotFound``, ``Conflict``."""
    with transaction() as session:
        _set_aside(_locked(session, mail_id), by)


def discard_many(mail_ids: Sequence[int], *, by: User) -> list[int]:
    """Set those of these mails aside for good that are quarantined; their ids."""
    with transaction() as session:
        found = _locked_many(session, mail_ids, InboundMail.state == MailState.QUARANTINED)
        for mail in found:
            _set_aside(mail, by)
    return [mail.id for mail in found]


def _put_back(mail: InboundMail) -> None:
    mail.state, mail.kind, mail.reason, mail.attempts = MailState.RECEIVED, MailKind.UNREAD, "", 0
    mail.processed_at = mail.discarded_at = mail.trying_until = None


def _ask_for_bytes(mail: InboundMail) -> None:
    mail.state, mail.attempts = MailState.QUARANTINED, 0
    mail.discarded_at = mail.trying_until = mail.given_up_at = None


def _set_aside(mail: InboundMail, by: User) -> None:
    cause = f" It had been quarantined: {mail.reason}" if mail.reason else ""
    mail.reason = f"Discarded by {by.name}.{cause}"[:REASON_LIMIT]
    mail.state = MailState.SET_ASIDE
    mail.discarded_at = mail.processed_at = utc_now()


def _locked(session: Session, mail_id: int) -> InboundMail:
    mail = session.get(InboundMail, mail_id, with_for_update=True, populate_existing=True)
    if mail is None:
        raise NotFound(f"There is no mail {mail_id}.")
    if mail.state not in (MailState.QUARANTINED, MailState.SET_ASIDE):
        raise Conflict("Only a mail that is quarantined or set aside can be acted on; this one is not.")
    return mail


def _locked_many(session: Session, mail_ids: Sequence[int], *conditions: ColumnElement[bool]) -> list[InboundMail]:
    statement = (
        select(InboundMail)
        .where(InboundMail.id.in_(mail_ids), *conditions)
        .order_by(InboundMail.id)
        .with_for_update(of=InboundMail)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(statement))
