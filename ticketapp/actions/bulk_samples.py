"""Reading the sample of a bulk job that is being tried: real calls, whose answers are never applied."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ticketapp.actions.classification import LEASE_MARGIN_SECONDS, put
from ticketapp.actions.same_text import WAIT_SECONDS
from ticketapp.ai import Classifier, Failure, FailureKind, Verdict
from ticketapp.clock import utc_now
from ticketapp.db import transaction
from ticketapp.models import BulkSample, Category, Priority, Purpose, RunState, Ticket
from ticketapp.queries.bulk_trials import is_free
from ticketapp.queries.questions import question

MOST_ATTEMPTS = 3
CUT_OFF = f"Reading it was cut off {MOST_ATTEMPTS} times."


@dataclass(frozen=True, slots=True)
class Claim:
    """A ticket of a sample that is ours until ``lease_until``, and what to put to the model."""

    sample_id: int
    ticket_id: int
    lease_until: datetime
    title: str
    description: str


def read_sample(sample_id: int, classifier: Classifier, *, deadline_seconds: float) -> Verdict | None:
    """Have one ticket of a sample read: claim it, call the model with no transaction open, keep what came back.

    None where there was nothing to do: no key, done, or somebody else's. Two workers make one call. A failure is
    kept with its cause and not tried again. Where the same text is being asked about, it is due a little later.
    """
    if not classifier.is_configured:
        return None
    claim = _claim(sample_id, lease_seconds=deadline_seconds + LEASE_MARGIN_SECONDS)
    if claim is None:
        return None
    asked = question(claim.title, claim.description, ticket_id=claim.ticket_id, may_be_known=True)
    verdict = put(asked, classifier, Purpose.TRIAL, deadline_seconds=deadline_seconds)
    _save(claim, verdict)
    return verdict


def _claim(sample_id: int, *, lease_seconds: float) -> Claim | None:
    now = utc_now()
    lease_until = now + timedelta(seconds=lease_seconds)
    with transaction(wait_for_disk=False) as session:
        claimed = session.execute(
            update(BulkSample)
            .where(BulkSample.id == sample_id, is_free(now))
            .values(state=RunState.RUNNING, lease_until=lease_until, attempts=BulkSample.attempts + 1)
            .returning(BulkSample.ticket_id, BulkSample.attempts)
        ).one_or_none()
        if claimed is None:
            return None
        if claimed.attempts > MOST_ATTEMPTS:
            _finish(session, sample_id, lease_until, {"state": RunState.GAVE_UP, "error": CUT_OFF})
            return None
        ticket = session.get_one(Ticket, claimed.ticket_id, populate_existing=True)
    return Claim(sample_id, ticket.id, lease_until, ticket.title, ticket.description)


def _save(claim: Claim, verdict: Verdict) -> None:
    found, failure = verdict.suggestion, verdict.failure
    values: dict[str, object] = {"model": verdict.model}
    if found is not None:
        values |= {"state": RunState.SUCCEEDED, "reason": found.reason, "confidence": found.confidence}
        values |= {"category": Category(found.category), "priority": Priority(found.priority)}
        if verdict.floor is not None:
            values |= {"floor_word": verdict.floor.word, "priority_before": Priority(verdict.floor.priority_before)}
    elif failure is not None and not failure.kind.was_asked:
        _put_back(claim, failure)
        return
    elif failure is not None:
        values |= {"state": RunState.FAILED, "error": failure.sentence}
    with transaction() as session:
        _finish(session, claim.sample_id, claim.lease_until, values)


def _put_back(claim: Claim, failure: Failure) -> None:
    """The model was not asked, so this was no attempt. One that meets its own question stays taken for a moment."""
    values: dict[str, object] = {"state": RunState.QUEUED, "lease_until": None}
    if failure.kind is FailureKind.BUSY:
        values = {"lease_until": utc_now() + timedelta(seconds=WAIT_SECONDS)}
    with transaction(wait_for_disk=False) as session:
        session.execute(
            update(BulkSample)
            .where(BulkSample.id == claim.sample_id, BulkSample.lease_until == claim.lease_until)
            .values(attempts=BulkSample.attempts - 1, **values)
        )


def _finish(session: Session, sample_id: int, lease_until: datetime, values: dict[str, object]) -> None:
    """Only while the lease is ours: a late answer does not replace that of whoever took it over."""
    ours = select(BulkSample.id).where(BulkSample.id == sample_id, BulkSample.lease_until == lease_until)
    session.execute(
        update(BulkSample)
        .where(BulkSample.id.in_(ours))
        .values(lease_until=None, finished_at=utc_now(), **values)
        .execution_options(synchronize_session=False)
    )
