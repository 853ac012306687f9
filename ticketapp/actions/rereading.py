"""Reading recorded mails again after the parser has learnt something: a job row first, then page by page.

A mail that is quarantined or was set aside is processed again, unless a person discarded it. One that is on a
ticket stays the message it is: its text, HTML and files are read anew from the same bytes, and no ticket is made.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from ticketapp.actions import attempts, intake, refreshing
from ticketapp.actions.intake import Landed
from ticketapp.actions.intake_rules import IntakeRules, Store
from ticketapp.clock import utc_now
from ticketapp.db import db, transaction
from ticketapp.errors import InvalidInput
from ticketapp.models import InboundMail, MailReading, MailState, User
from ticketapp.queries import mails
from ticketapp.queries.mails import MailFilter

PAGE_SIZE = 25
LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 3
READ_AGAIN = (MailState.QUARANTINED, MailState.SET_ASIDE)


@dataclass(frozen=True, slots=True)
class Page:
    """The next mails of a job, ours until the lease ends; ``is_last`` says that none come after them."""

    mail_ids: tuple[int, ...]
    asked_by_id: int
    lease_until: datetime
    is_last: bool

    def mail_ids_but(self, some: Sequence[int]) -> list[int]:
        """The mails of the page without ``some``."""
        return [mail_id for mail_id in self.mail_ids if mail_id not in some]


def start(narrowed: MailFilter, *, by: User) -> MailReading:
    """Ask for the mails of a filtered ledger to be read again, as a background job.

    Raises ``InvalidInput`` where no mail matches whose bytes are kept.
    """
    found = select(func.count(), func.max(InboundMail.id)).where(*_conditions(narrowed))
    total, newest = db.session.execute(found).one()
    if not total:
        raise InvalidInput("filter", "No mail on this list can be read again.")
    with transaction() as session:
        job = MailReading(
            asked_by_id=by.id,
            filter_query=urlencode(narrowed.as_args()),
            total=total,
            cursor_id=newest + 1,
            created_at=utc_now(),
        )
        session.add(job)
    return job


def read_page(job_id: int, *, store: Store, rules: IntakeRules) -> list[Landed] | None:
    """Read the next 25 mails of a job; what became of those processed again. Doing it twice changes nothing.

    None where there is nothing to do: the job is finished, or another worker has it. Mails that keep ending the
    worker are found by reading one at a time and passed over. Where the database or the store is out of reach,
    that is raised, and the job goes on with the same mails later.
    """
    page = _claim(job_id)
    if page is None:
        return None
    try:
        again = attempts.retry_many(page.mail_ids)
        landed = intake.process_many(again, store=store, rules=rules)
        refreshed = refreshing.refresh(page.mail_ids_but(again), store=store, rules=rules, by=page.asked_by_id)
    except (OSError, SQLAlchemyError):
        _give_back(job_id, page)
        raise
    changed = refreshed + sum(one.state == MailState.PROCESSED for one in landed)
    _finish(job_id, page, changed=changed)
    return landed


def _claim(job_id: int) -> Page | None:
    now = utc_now()
    with transaction() as session:
        job = _locked(session, job_id)
        if job.finished_at is not None or (job.lease_until is not None and job.lease_until > now):
            return None
        if job.attempts >= MOST_ATTEMPTS:
            _pass_over(session, job)
        limit = PAGE_SIZE if job.attempts == 0 else 1
        ids = _next_ids(session, job, limit)
        job.attempts += 1
        job.lease_until = now + LEASE
    return Page(ids, job.asked_by_id, job.lease_until, is_last=len(ids) < limit)


def _pass_over(session: Session, job: MailReading) -> None:
    for mail_id in _next_ids(session, job, 1):
        job.cursor_id = mail_id
        job.failed += 1
    job.attempts = 0


def _next_ids(session: Session, job: MailReading, limit: int) -> tuple[int, ...]:
    narrowed = MailFilter.from_args(dict(parse_qsl(job.filter_query)))
    statement = select(InboundMail.id).where(*_conditions(narrowed), InboundMail.id < job.cursor_id)
    return tuple(session.scalars(statement.order_by(InboundMail.id.desc()).limit(limit)))


def _give_back(job_id: int, page: Page) -> None:
    """Take the attempt back: no mail was at fault, its surroundings were."""
    with transaction() as session:
        job = _locked(session, job_id)
        if job.lease_until == page.lease_until:
            job.lease_until = None
            job.attempts -= 1


def _finish(job_id: int, page: Page, *, changed: int) -> None:
    with transaction() as session:
        job = _locked(session, job_id)
        if job.lease_until != page.lease_until:
            return  # the lease ran out and another worker took the page: it will count it
        job.lease_until = None
        job.attempts = 0
        job.done += len(page.mail_ids)
        job.changed += changed
        if page.mail_ids:
            job.cursor_id = page.mail_ids[-1]
        if page.is_last:
            job.finished_at = utc_now()


def _conditions(narrowed: MailFilter) -> Sequence[ColumnElement[bool]]:
    is_undecided = and_(InboundMail.state.in_(READ_AGAIN), InboundMail.discarded_at.is_(None))
    can_be_read = or_(is_undecided, InboundMail.state == MailState.PROCESSED)
    return (*mails.conditions(narrowed), can_be_read, InboundMail.raw.is_not(None))


def _locked(session: Session, job_id: int) -> MailReading:
    statement = select(MailReading).where(MailReading.id == job_id).with_for_update(of=MailReading)
    return session.scalars(statement.execution_options(populate_existing=True)).one()
