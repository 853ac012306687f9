"""Tests of mailboxes: asked for by an admin, done step by step by the worker."""

from datetime import timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from ticketapp.clock import utc_now
from ticketapp.db import transaction
from ticketapp.errors import NotFound
from ticketapp.models import CheckedStep, Mailbox, MailboxCheck, MailboxCheckStep, StepOutcome, User
from ticketapp.queries.ledger import IMPORTED

MOST_ATTEMPTS = 2
NOTE_LIMIT = 1_000
CUT_OFF = "The worker ended during this step: try the test again."


def ask(mailbox_id: int, *, by: User) -> MailboxCheck:
    """Ask for a test; one that is not done yet is asked for only once. Raises ``NotFound``."""
    with transaction() as session:
        mailbox = session.get(Mailbox, mailbox_id, with_for_update=True, populate_existing=True)
        if mailbox is None or mailbox.retired_at is not None or mailbox.name.startswith(IMPORTED):
            raise NotFound(f"There is no mailbox {mailbox_id}.")
        going_on = session.scalars(
            select(MailboxCheck).where(MailboxCheck.mailbox_id == mailbox_id, MailboxCheck.finished_at.is_(None))
        ).first()
        if going_on is not None:
            return going_on
        check = MailboxCheck(mailbox_id=mailbox_id, asked_by_id=by.id, asked_at=utc_now(), attempts=0)
        check.steps = [
            MailboxCheckStep(step=step, position=number, note="") for number, step in enumerate(CheckedStep)
        ]
        session.add(check)
    return check


def claim(check_id: int, *, seconds: float) -> int | None:
    """Be the one who does this test for so many seconds; the id of its mailbox. None where there is nothing to do.

    A test that was begun twice and not ended is ended here.
    """
    now = utc_now()
    with transaction() as session:
        check = session.scalars(
            select(MailboxCheck)
            .where(MailboxCheck.id == check_id, MailboxCheck.finished_at.is_(None))
            .where(or_(MailboxCheck.lease_until.is_(None), MailboxCheck.lease_until < now))
            .with_for_update()
            .execution_options(populate_existing=True)
        ).one_or_none()
        if check is None:
            return None
        if check.attempts >= MOST_ATTEMPTS:
            _end_cut_off(session, check)
            return None
        check.attempts += 1
        check.lease_until = now + timedelta(seconds=seconds)
        return check.mailbox_id


def extend_lease(check_id: int, *, seconds: float) -> None:
    """Keep a test that we do for another ``seconds``, so that nobody else begins it meanwhile."""
    with transaction() as session:
        lease_until = utc_now() + timedelta(seconds=seconds)
        session.execute(update(MailboxCheck).where(MailboxCheck.id == check_id).values(lease_until=lease_until))


def record_step(
    check_id: int, step: CheckedStep, outcome: StepOutcome, *, took_ms: int | None = None, note: str = ""
) -> None:
    """Keep how a step went; ``took_ms`` for what was tried, ``note`` for what failed."""
    with transaction() as session:
        session.execute(
            update(MailboxCheckStep)
            .where(MailboxCheckStep.check_id == check_id, MailboxCheckStep.step == step)
            .values(outcome=outcome, took_ms=took_ms, note=note[:NOTE_LIMIT])
        )


def finish(check_id: int) -> None:
    """End a test; what still waits was not tried."""
    with transaction() as session:
        _leave_rest(session, check_id)
        session.execute(update(MailboxCheck).where(MailboxCheck.id == check_id).values(finished_at=utc_now()))


def _end_cut_off(session: Session, check: MailboxCheck) -> None:
    waiting = [step for step in check.steps if step.outcome == StepOutcome.WAITING]
    for step in waiting[:1]:
        step.outcome, step.took_ms, step.note = StepOutcome.FAILED, 0, CUT_OFF
    session.flush()
    _leave_rest(session, check.id)
    check.finished_at = utc_now()


def _leave_rest(session: Session, check_id: int) -> None:
    session.execute(
        update(MailboxCheckStep)
        .where(MailboxCheckStep.check_id == check_id, MailboxCheckStep.outcome == StepOutcome.WAITING)
        .values(outcome=StepOutcome.NOT_TRIED)
    )
