"""The mail ledger's second half: a recorded mail becomes a ticket or a message, is set aside, or is quarantined."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select, update
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import Session

from ticketapp.actions import acknowledging, evidence, landing, refreshing, reopening, returns
from ticketapp.actions.intake_rules import IntakeRules, Store, kind_of, why_aside
from ticketapp.actions.mail_words import header_alone, named
from ticketapp.clock import utc_now
from ticketapp.db import db, transaction
from ticketapp.mail import InboundEmail, parse
from ticketapp.models import Category, InboundMail, Mailbox, MailKind, MailState, User
from ticketapp.queries import threads

REASON_LIMIT = 2_000
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Landed:
    """What became of a mail; ``run_id`` is the classification it asked for, if any."""

    state: MailState
    ticket_id: int | None = None
    run_id: int | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """A recorded mail and what was read of it."""

    mail_id: int
    email: InboundEmail


@dataclass(frozen=True, slots=True)
class Kept:
    """The bytes that are kept of a mail, why where they are but its header, and the message that was made of that."""

    raw: bytes
    why_header: str
    message_id: int | None


@dataclass(frozen=True, slots=True)
class Arrival:
    """When a mail came, and the category with which its mailbox has new tickets begin."""

    at: datetime
    category: Category | None


@dataclass(frozen=True, slots=True)
class Fate:
    """What a mail is to become: a letter on a ticket, or set aside where ``letter`` is None; with the reason."""

    read: Read
    kind: MailKind
    reason: str
    letter: landing.Letter | None


def process(mail_id: int, *, store: Store, rules: IntakeRules, forced_by: User | None = None) -> Landed | None:
    """``process_many`` for one mail. With ``forced_by`` a mail that was quarantined or set aside becomes a ticket or
    message whatever it is. None where there was nothing to do."""
    landed = process_many([mail_id], store=store, rules=rules, forced_by=forced_by)
    return landed[0] if landed else None


def process_many(
    mail_ids: Sequence[int], *, store: Store, rules: IntakeRules, forced_by: User | None = None
) -> list[Landed]:
    """Turn recorded mails into what they are to become; doing it twice changes nothing.

    A mail lands whole or not at all. One that cannot be processed is quarantined with its cause, and never stops the
    others. Where the database or the store is out of reach, mails stay ``received`` and the error is raised. One
    that became a message by its header alone is read into that.
    """
    wanted = _wanted(forced_by)
    batch: list[Read] = []
    landed: list[Landed] = []
    for mail_id, kept in _kept(mail_ids, wanted=wanted).items():
        try:
            read = _read(mail_id, kept, store=store, rules=rules)
            if kept.message_id is None:
                batch.append(read)
            elif ticket_id := refreshing.fill_message(mail_id, kept.message_id, read.email, wanted=wanted):
                landed.append(Landed(state=MailState.PROCESSED, ticket_id=ticket_id))
        except (OperationalError, InterfaceError, OSError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever a mail does to us, it is kept and the next one goes on
            landed.append(_quarantine(mail_id, error, *named(kept.raw)))
    for group in _groups(batch):
        landed.extend(_land_or_quarantine(group, rules, wanted=wanted, is_forced=forced_by is not None))
    return landed


def _wanted(forced_by: User | None) -> tuple[MailState, ...]:
    if forced_by is None:
        return (MailState.RECEIVED,)
    return (MailState.RECEIVED, MailState.QUARANTINED, MailState.SET_ASIDE)


def _kept(mail_ids: Sequence[int], *, wanted: tuple[MailState, ...]) -> dict[int, Kept]:
    bytes_kept = func.coalesce(InboundMail.raw, InboundMail.header)
    why_header = case((InboundMail.raw.is_(None), InboundMail.reason), else_="")
    statement = select(InboundMail.id, bytes_kept, why_header, InboundMail.message_id).where(
        InboundMail.id.in_(mail_ids), InboundMail.state.in_(wanted)
    )
    rows = db.session.execute(statement.order_by(InboundMail.id))
    kept = {mail_id: Kept(content or b"", *others) for mail_id, content, *others in rows}
    db.session.commit()  # reading the mails may take its time: hold no transaction meanwhile
    return kept


def _read(mail_id: int, kept: Kept, *, store: Store, rules: IntakeRules) -> Read:
    email = parse(kept.raw)
    for attachment in email.attachments:
        store.put(attachment.content)
    return Read(mail_id, rules.as_written(header_alone(email, kept.why_header) if kept.why_header else email))


def _groups(batch: Sequence[Read]) -> Iterator[list[Read]]:
    """Mails that can land together: one that may belong to another's ticket comes in a later group."""
    group: list[Read] = []
    names: set[str] = set()
    for one in batch:
        answers = set(landing.answered(one.email))
        if group and answers & names:
            yield group
            group, names = [], set()
        group.append(one)
        names |= answers | {one.email.message_id or ""}
    if group:
        yield group


def _land_or_quarantine(
    group: list[Read], rules: IntakeRules, *, wanted: tuple[MailState, ...], is_forced: bool
) -> list[Landed]:
    """Land a group; where that fails, land its mails one by one, and quarantine those at fault."""
    landed: list[Landed] = []
    try:
        while group:
            with suppress(landing.MergedMeanwhile):  # the next time it is placed on the ticket in which that goes on
                done, group = _land(group, rules, wanted=wanted, is_forced=is_forced)
                landed.extend(done)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever a mail does to us, it is kept and the next one goes on
        if len(group) == 1:
            email = group[0].email
            return [*landed, _quarantine(group[0].mail_id, error, email.sender.email, email.subject)]
        log.warning("a batch of %s mails failed and is taken one by one: %s", len(group), _cause(error))
    for one in group:
        landed.extend(_land_or_quarantine([one], rules, wanted=wanted, is_forced=is_forced))
    return landed


def _land(
    group: Sequence[Read], rules: IntakeRules, *, wanted: tuple[MailState, ...], is_forced: bool
) -> tuple[list[Landed], list[Read]]:
    """Write the mails of a group; what became of each, and those that have to wait for what the others opened."""
    now = utc_now()
    # The ledger's rows are durable: a landing that a crash takes back is done again from them.
    with transaction(wait_for_disk=False) as session:
        arrived = _locked_arrivals(session, group, wanted=wanted)
        group = [one for one in group if one.mail_id in arrived]
        weighed = evidence.weigh([one.email for one in group], rules.tokens)
        fates = [
            _fate(session, one, proof.placement, rules, arrival=arrived[one.mail_id], is_forced=is_forced, now=now)
            for one, proof in zip(group, weighed, strict=True)
        ]
        fates, later = _apart(fates)
        letters = [fate.letter for fate in fates if fate.letter is not None]
        landings = iter(landing.land(session, letters, now=now))
        places = [next(landings) if fate.letter is not None else None for fate in fates]
        if rules.acknowledgement is not None:
            acknowledging.acknowledge(session, _opened(fates, places), rules.acknowledgement, now=now)
        returned = {one.mail_id: proof.returned for one, proof in zip(group, weighed, strict=True)}
        for fate in fates:
            report, of_ours = fate.read.email.report, returned[fate.read.mail_id]
            if fate.letter is not None and of_ours is not None and report is not None:
                returns.record_return(session, of_ours.row_id, report, now=now)
        verdicts = [_verdict(fate, place, now=now) for fate, place in zip(fates, places, strict=True)]
        if verdicts:
            session.execute(update(InboundMail), verdicts)
    return [_landed(place) for place in places], later


def _apart(fates: Sequence[Fate]) -> tuple[list[Fate], list[Read]]:
    """What can land now, and what comes after it: of mails that go on a ticket finished long ago the first opens the
    one that the others join."""
    now: list[Fate] = []
    later: list[Read] = []
    opened: set[int] = set()
    for fate in fates:
        instead_of = fate.letter.placement.instead_of if fate.letter else None
        if instead_of in opened:
            later.append(fate.read)
        else:
            now.append(fate)
            opened |= set() if instead_of is None else {instead_of}
    return now, later


def _locked_arrivals(session: Session, group: Sequence[Read], *, wanted: tuple[MailState, ...]) -> dict[int, Arrival]:
    statement = (
        select(InboundMail.id, InboundMail.arrived_at, Mailbox.default_category)
        .join(Mailbox, Mailbox.id == InboundMail.mailbox_id)
        .where(InboundMail.id.in_([one.mail_id for one in group]), InboundMail.state.in_(wanted))
        .order_by(InboundMail.id)
        .with_for_update(of=InboundMail)
    )
    return {row.id: Arrival(row.arrived_at, row.default_category) for row in session.execute(statement)}


def _fate(
    session: Session,
    one: Read,
    placement: threads.Placement,
    rules: IntakeRules,
    *,
    arrival: Arrival,
    is_forced: bool,
    now: datetime,
) -> Fate:
    kind = kind_of(one.email, rules)
    aside = "" if is_forced else why_aside(kind, placement, one.email, rules)
    if aside:
        return Fate(one, kind, aside, None)
    is_notice = kind == MailKind.AUTOMATIC and rules.may_open(one.email)
    is_automatic = kind in (MailKind.AUTOMATIC, MailKind.BOUNCE) and not is_notice
    letter = landing.Letter(
        email=one.email,
        placement=placement
        if is_automatic
        else reopening.placement_now(session, placement, one.email, rules, now=now),
        is_automatic=is_automatic,
        arrived_at=arrival.at,
        is_ours=rules.is_ours,
        category=arrival.category,
    )
    return Fate(one, kind, letter.placement.reason, letter)


def _opened(fates: Sequence[Fate], places: Sequence[landing.Landing | None]) -> list[acknowledging.Opened]:
    return [
        acknowledging.Opened(place.ticket_id, fate.read.email, fate.letter.arrived_at)
        for fate, place in zip(fates, places, strict=True)
        if fate.letter is not None and place is not None
        if fate.kind == MailKind.PERSON and fate.letter.placement.ticket_id is None
    ]


def _landed(place: landing.Landing | None) -> Landed:
    if place is None:
        return Landed(state=MailState.SET_ASIDE)
    return Landed(state=MailState.PROCESSED, ticket_id=place.ticket_id, run_id=place.run_id)


def _verdict(fate: Fate, place: landing.Landing | None, *, now: datetime) -> dict[str, object]:
    return {
        "id": fate.read.mail_id,
        "state": MailState.SET_ASIDE if place is None else MailState.PROCESSED,
        "kind": fate.kind,
        "reason": fate.reason,
        "sender": fate.read.email.sender.email,
        "subject": fate.read.email.subject,
        "processed_at": now,
        "discarded_at": None,
        "ticket_id": place.ticket_id if place else None,
        "message_id": place.message_id if place else None,
    }


def _quarantine(mail_id: int, error: Exception, sender: str, subject: str) -> Landed:
    cause = _cause(error)
    log.error("mail %s: %s", mail_id, cause, exc_info=None if isinstance(error, DBAPIError) else error)
    with transaction() as session:
        mail = session.get(InboundMail, mail_id, with_for_update=True, populate_existing=True)
        if mail is not None and mail.state != MailState.PROCESSED:
            mail.state, mail.reason, mail.processed_at = MailState.QUARANTINED, cause, utc_now()
    with suppress(DataError), transaction() as session:  # these words may be what the database does not take
        named_so = update(InboundMail).where(InboundMail.id == mail_id, InboundMail.state == MailState.QUARANTINED)
        session.execute(named_so.values(sender=sender, subject=subject))
    return Landed(state=MailState.QUARANTINED)


def _cause(error: Exception) -> str:
    """What went wrong, without the row that a database quotes in its details: that is the mail itself."""
    words = str(error.orig).partition("\n")[0] if isinstance(error, DBAPIError) else str(error)
    return f"{type(error).__name__}: {words}".replace("\0", " ").encode(errors="replace").decode()[:REASON_LIMIT]
