"""The mail ledger's second half: a recorded mail becomes a ticket or a message, is set aside, or is quarantined."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session, undefer

from ticketapp.actions import landing
from ticketapp.clock import utc_now
from ticketapp.db import db, transaction
from ticketapp.errors import Conflict, NotFound
from ticketapp.mail import InboundEmail, parse, ticket_numbers
from ticketapp.models import InboundMail, MailKind, MailState, User
from ticketapp.queries import threads

MOST_ATTEMPTS = 3
REASON_LIMIT = 2_000
log = logging.getLogger(__name__)


class Store(Protocol):
    """Where attachments go; see ``ticketapp.storage``."""

    def put(self, content: bytes) -> str:
        """Keep the bytes durably and return their SHA-256."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeRules:
    """What intake is told by the configuration."""

    support_address: str
    reopen_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Landed:
    """What became of a mail; ``run_id`` is the classification it asked for, if any."""

    state: MailState
    ticket_id: int | None = None
    run_id: int | None = None


def process(mail_id: int, *, store: Store, rules: IntakeRules, forced_by: User | None = None) -> Landed | None:
    """Turn a recorded mail into what it is to become, in one transaction; doing it twice changes nothing.

    A mail that cannot be processed is quarantined with its cause, and never stops the next. Where the database or
    the store is out of reach the mail stays ``received`` and the error is raised. With ``forced_by`` a mail that was
    quarantined or set aside becomes a ticket or message whatever it is. None where there was nothing to do.
    """
    mail = _read(mail_id, wanted=_open_states(forced_by))
    if mail is None:
        return None
    try:
        email = parse(mail.raw if mail.raw is not None else mail.header or b"")
        for attachment in email.attachments:
            store.put(attachment.content)
        return _land(mail_id, email, rules, forced_by)
    except (OperationalError, InterfaceError, OSError):
        db.session.rollback()
        raise
    except Exception as error:
        log.exception("mail %s could not be processed", mail_id)
        db.session.rollback()
        return _quarantine(mail_id, f"{type(error).__name__}: {error}")


def begin_again(mail_ids: Sequence[int]) -> list[int]:
    """Count one more try for mails left unprocessed; the ids of those to process, after three tries quarantined.

    A recorded mail is left ``received`` only where a worker died or the database or the store was out of reach;
    one that ends its worker must not do so for ever.
    """
    now = utc_now()
    again = []
    with transaction() as session:
        left = session.scalars(
            select(InboundMail)
            .where(InboundMail.id.in_(mail_ids), InboundMail.state == MailState.RECEIVED)
            .order_by(InboundMail.id)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )
        for mail in left:
            mail.attempts += 1
            if mail.attempts > MOST_ATTEMPTS:
                mail.state, mail.processed_at = MailState.QUARANTINED, now
                mail.reason = f"Processing was cut off {MOST_ATTEMPTS} times; perhaps this mail ends the worker."
            else:
                again.append(mail.id)
    return again


def excuse(mail_id: int) -> None:
    """Take back the attempt that ``begin_again`` counted: the mail was not at fault, its surroundings were."""
    with transaction() as session:
        mail = session.get(InboundMail, mail_id, with_for_update=True, populate_existing=True)
        if mail is not None and mail.state == MailState.RECEIVED:
            mail.attempts = max(0, mail.attempts - 1)


def retry(mail_id: int) -> None:
    """Put a quarantined or set-aside mail back in line. Raises ``NotFound``, ``Conflict`` where it has no bytes."""
    with transaction() as session:
        mail = _locked(session, mail_id)
        if mail.raw is None:
            raise Conflict("The bytes of this mail were left on the server; make a ticket from its header instead.")
        mail.state, mail.kind, mail.reason, mail.attempts = MailState.RECEIVED, MailKind.UNREAD, "", 0
        mail.processed_at = mail.discarded_at = None


def discard(mail_id: int, *, by: User) -> None:
    """Set a quarantined mail aside for good; its row and bytes stay. Raises ``NotFound``, ``Conflict``."""
    now = utc_now()
    with transaction() as session:
        mail = _locked(session, mail_id)
        cause = f" It had been quarantined: {mail.reason}" if mail.reason else ""
        mail.reason = f"Discarded by {by.name}.{cause}"[:REASON_LIMIT]
        mail.state, mail.discarded_at, mail.processed_at = MailState.SET_ASIDE, now, now


def _locked(session: Session, mail_id: int) -> InboundMail:
    mail = session.get(InboundMail, mail_id, with_for_update=True, populate_existing=True)
    if mail is None:
        raise NotFound(f"There is no mail {mail_id}.")
    if mail.state not in (MailState.QUARANTINED, MailState.SET_ASIDE):
        raise Conflict("Only a mail that is quarantined or set aside can be acted on; this one is not.")
    return mail


def _open_states(forced_by: User | None) -> tuple[MailState, ...]:
    if forced_by is None:
        return (MailState.RECEIVED,)
    return (MailState.RECEIVED, MailState.QUARANTINED, MailState.SET_ASIDE)


def _read(mail_id: int, *, wanted: tuple[MailState, ...]) -> InboundMail | None:
    mail = db.session.scalar(
        select(InboundMail)
        .where(InboundMail.id == mail_id, InboundMail.state.in_(wanted))
        .options(undefer(InboundMail.raw), undefer(InboundMail.header))
    )
    db.session.commit()  # the parse that follows may take its time: hold no transaction meanwhile
    return mail


def _land(mail_id: int, email: InboundEmail, rules: IntakeRules, forced_by: User | None) -> Landed | None:
    now = utc_now()
    kind = _kind(email, rules)
    # The ledger's row is durable: a landing that a crash takes back is done again from it.
    with transaction(wait_for_disk=False) as session:
        mail = session.scalar(
            select(InboundMail)
            .where(InboundMail.id == mail_id, InboundMail.state.in_(_open_states(forced_by)))
            .with_for_update(of=InboundMail)
        )
        if mail is None:
            return None
        placement = threads.place(
            email.sender.email.lower(), answered=landing.answered(email), numbers=ticket_numbers(email.subject)
        )
        mail.kind, mail.sender, mail.subject, mail.processed_at = kind, email.sender.email, email.subject, now
        aside = "" if forced_by else _why_aside(kind, placement)
        if aside:
            mail.state, mail.reason = MailState.SET_ASIDE, aside
            return Landed(state=MailState.SET_ASIDE)
        letter = landing.Letter(
            email=email,
            placement=_placement_now(session, placement, rules, now),
            is_automatic=kind in (MailKind.AUTOMATIC, MailKind.BOUNCE),
            arrived_at=mail.arrived_at,
            support_address=rules.support_address,
        )
        message, run_id = landing.land(session, letter, now=now)
        mail.state, mail.reason = MailState.PROCESSED, letter.placement.reason
        mail.ticket_id, mail.message_id = message.ticket_id, message.id
        return Landed(state=MailState.PROCESSED, ticket_id=message.ticket_id, run_id=run_id)


def _kind(email: InboundEmail, rules: IntakeRules) -> MailKind:
    if email.sender.email.lower() == rules.support_address:
        return MailKind.OWN
    if email.bounce:
        return MailKind.BOUNCE
    if email.auto_submitted:
        return MailKind.AUTOMATIC
    return MailKind.SPAM if email.spam else MailKind.PERSON


def _why_aside(kind: MailKind, placement: threads.Placement) -> str:
    if kind == MailKind.OWN:
        return "Our own support address wrote this mail."
    if kind == MailKind.AUTOMATIC and placement.ticket_id is None:
        return "An automatic mail that answers no ticket opens none."
    if kind == MailKind.BOUNCE and placement.ticket_id is None:
        return "A delivery report that answers no ticket opens none."
    return ""


def _placement_now(
    session: Session, placement: threads.Placement, rules: IntakeRules, now: datetime
) -> threads.Placement:
    """The placement, or a new ticket where the one it names was finished longer ago than it may be reopened."""
    if placement.ticket_id is None:
        return placement
    finished_at = landing.finished_at(session, placement.ticket_id)
    if finished_at is None or now - finished_at <= timedelta(days=rules.reopen_days):
        return placement
    reason = f"It answers ticket #{placement.ticket_id}, finished more than {rules.reopen_days} days ago."
    return threads.Placement(None, reason)


def _quarantine(mail_id: int, cause: str) -> Landed:
    storable = cause.replace("\0", " ").encode(errors="replace").decode()[:REASON_LIMIT]
    with transaction() as session:
        mail = session.get(InboundMail, mail_id, with_for_update=True, populate_existing=True)
        if mail is not None and mail.state != MailState.PROCESSED:
            mail.state, mail.reason, mail.processed_at = MailState.QUARANTINED, storable, utc_now()
    return Landed(state=MailState.QUARANTINED)
