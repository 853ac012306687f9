"""Claims of classification runs: one is somebody's for as long as a lease lasts, and may be put back unasked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Row, and_, case, literal, select, update
from sqlalchemy.orm import Session

from ticketapp.actions.leases import is_over
from ticketapp.ai import DELAYS_SECONDS
from ticketapp.clock import utc_now
from ticketapp.db import db, transaction
from ticketapp.models import AskedFor, ClassificationRun, RunState, Ticket
from ticketapp.queries.classification import is_free

# Each is a call that is paid for; with the waits between them they take eight hours, far longer than an upgrade.
MOST_CLAIMS = 10
# Longer than anybody has a run: a lease that ends later was begun before the clock was put back.
LONGEST_LEASE_SECONDS = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A run that is ours until ``lease_until``, and what to put to the model.

    ``cut_offs`` is how often a worker that had claimed it never came back; it ``is_needless`` where people chose both
    values meanwhile and nobody asked by hand.
    """

    run_id: int
    ticket_id: int
    lease_until: datetime
    title: str
    description: str
    cut_offs: int
    is_needless: bool


def claim(run_id: int, *, lease_seconds: float) -> Claim | None:
    """Have a run that can be done now for so many seconds, committed; None where it is not to be had.

    One that was left behind, because its worker was killed or could not save the answer, is to be had at once the
    first time, later each further time, from 30 s to 3 h.
    """
    now = utc_now()
    lease_until = now + timedelta(seconds=lease_seconds)
    with transaction(wait_for_disk=False) as session:
        taken = _take(session, run_id, lease_until=lease_until, now=now)
        if taken is None and _release(
            session, and_(ClassificationRun.id == run_id, _is_left(now), is_free(now)), now=now
        ):
            taken = _take(session, run_id, lease_until=lease_until, now=now)
        if taken is None:
            return None
        ticket = session.get_one(Ticket, taken.ticket_id, populate_existing=True)
    return Claim(
        run_id=run_id,
        ticket_id=ticket.id,
        lease_until=lease_until,
        title=ticket.title,
        description=ticket.description,
        cut_offs=taken.claims - 1,
        is_needless=ticket.is_decided_by_people and taken.asked_for != AskedFor.RECLASSIFY,
    )


def locked_outstanding(session: Session, ticket_id: int) -> ClassificationRun | None:
    """The run of a ticket that waits or is being done; locked too, since a worker that takes it locks no ticket."""
    is_outstanding = ClassificationRun.state.in_((RunState.QUEUED, RunState.RUNNING))
    statement = select(ClassificationRun).where(ClassificationRun.ticket_id == ticket_id, is_outstanding)
    locked = statement.with_for_update(of=ClassificationRun).execution_options(populate_existing=True)
    return session.scalar(locked)


def put_back(session: Session, claim: Claim, *, seconds: float) -> None:
    """Inside the caller's transaction: nobody was asked, so the run is due again in so many seconds, and this claim
    does not count. Nothing where the run is somebody else's by now."""
    run = ClassificationRun
    session.execute(
        update(run)
        .where(run.id == claim.run_id, run.lease_until == claim.lease_until)
        .values(
            state=RunState.QUEUED,
            lease_until=None,
            due_at=utc_now() + timedelta(seconds=seconds),
            claims=run.claims - 1,
        )
        .execution_options(synchronize_session=False)
    )


def left_behind(*, limit: int = 100) -> Sequence[int]:
    """The tickets whose runs somebody had claimed who never came back."""
    left = select(ClassificationRun.ticket_id).where(_is_left(utc_now())).order_by(ClassificationRun.ticket_id)
    return db.session.scalars(left.limit(limit)).all()


def release(session: Session, ticket_id: int) -> None:
    """Inside the caller's transaction: put a ticket's run that is ``left_behind`` back in line, also where nobody
    may take it now. Due at once the first time, later each further time."""
    now = utc_now()
    _release(session, and_(ClassificationRun.ticket_id == ticket_id, _is_left(now)), now=now)


def _take(session: Session, run_id: int, *, lease_until: datetime, now: datetime) -> Row[int, int, AskedFor] | None:
    run = ClassificationRun
    return session.execute(
        update(run)
        .where(run.id == run_id, run.state == RunState.QUEUED, is_free(now))
        .values(state=RunState.RUNNING, lease_until=lease_until, question_digest=None, claims=run.claims + 1)
        .returning(run.ticket_id, run.claims, run.asked_for)
    ).one_or_none()


def _is_left(now: datetime) -> ColumnElement[bool]:
    run = ClassificationRun
    return and_(run.state == RunState.RUNNING, is_over(run.lease_until, now, at_most_seconds=LONGEST_LEASE_SECONDS))


def _release(session: Session, is_left: ColumnElement[bool], *, now: datetime) -> bool:
    """Put a run that was left behind back in line; whether it was."""
    run = ClassificationRun
    waits = dict(enumerate(DELAYS_SECONDS[: MOST_CLAIMS - 2], 2))
    moments = {claims: literal(now + timedelta(seconds=wait), run.due_at.type) for claims, wait in waits.items()}
    due_at = case(moments, value=run.claims, else_=literal(now, run.due_at.type))
    released = session.execute(
        update(run)
        .where(is_left)
        .values(state=RunState.QUEUED, lease_until=None, question_digest=None, due_at=due_at)
        .returning(run.id)
        .execution_options(synchronize_session=False)
    )
    return released.one_or_none() is not None
