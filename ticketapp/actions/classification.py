"""Having tickets classified: the run rows that ask for it, and the call with no transaction open.

A person's choice is never overwritten: a verdict sets a value only where the database says, at that moment, that
no person chose it.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from ticketapp.actions import claims, fields, same_text, taking_over, verdicts
from ticketapp.actions.claims import MOST_CLAIMS, Claim
from ticketapp.actions.model_calls import noted
from ticketapp.actions.same_text import Earlier
from ticketapp.actions.settling import NEEDLESS, settle
from ticketapp.ai import Classifier, Verdict, digest, raised
from ticketapp.clock import utc_now
from ticketapp.db import db, transaction
from ticketapp.errors import NotFound
from ticketapp.models import (
    AskedFor,
    BulkJob,
    ClassificationRun,
    EventKind,
    Occasion,
    Purpose,
    RunState,
    Ticket,
    TicketEvent,
    User,
)
from ticketapp.models.classification import WORKER_ENDED
from ticketapp.models.ticket import DESCRIPTION_LIMIT, TITLE_LIMIT
from ticketapp.queries.classification import NOT_NEEDED
from ticketapp.queries.questions import Question, question

LEASE_MARGIN_SECONDS = 20.0
LATER_SECONDS = 2.0
# A pause may be ended by hand, and by another key or model, long before its time.
LATEST_SECONDS = 60.0


def reclassify(ticket_id: int, *, by: User) -> ClassificationRun:
    """Ask for a fresh verdict on a ticket, committed: a new run, or the outstanding one made due at once.

    Raises ``NotFound``.
    """
    now = utc_now()
    with transaction() as session:
        ticket = lock_ticket(session, ticket_id)
        run = ask(session, ticket.id, AskedFor.RECLASSIFY, by=by, now=now)
        event = TicketEvent(ticket_id=ticket.id, at=now, actor_id=by.id, run_id=run.id, kind=EventKind.ASKED)
        session.add(event)
    return run


def propose(title: str, description: str, classifier: Classifier, *, deadline_seconds: float) -> Verdict:
    """The verdict on a text that is not a ticket yet, for whoever waits; nothing is written but the call, if any.

    No transaction is open and no connection held while the model is asked. Raises ``InvalidInput``.
    """
    title = fields.optional_text("title", title, limit=TITLE_LIMIT)
    description = fields.required_text("description", description, limit=DESCRIPTION_LIMIT)
    asked = question(title, description)
    if classifier.is_configured and (known := same_text.lately(_digest(asked, classifier))):
        return raised(same_text.verdict_of(known), asked.text, asked.floors)
    return put(asked, classifier, Purpose.FORM, deadline_seconds=deadline_seconds)


def lock_ticket(session: Session, ticket_id: int) -> Ticket:
    """The ticket as it is now, its row locked until the transaction ends. Raises ``NotFound``.

    Whoever changes a ticket and its runs locks the ticket first, so that no two of them wait for each other.
    """
    statement = select(Ticket).where(Ticket.id == ticket_id).with_for_update(of=Ticket, key_share=True)
    is_possible = 0 < ticket_id < 2**63
    ticket = session.scalar(statement, execution_options={"populate_existing": True}) if is_possible else None
    if ticket is None:
        raise NotFound(f"There is no ticket {ticket_id}.")
    return ticket


def ask(
    session: Session,
    ticket_id: int,
    asked_for: AskedFor,
    *,
    by: User | None,
    now: datetime,
    job: BulkJob | None = None,
    occasion: Occasion | None = None,
) -> ClassificationRun:
    """Inside the caller's transaction, the ticket locked: the outstanding run made due now, or a new one.

    It is then whoever's asks now, also where it is being done, except that a ``job`` leaves what had waited without
    it as it was. With an ``occasion`` the words have changed: a run that is being asked with the old ones is begun
    again, the answer to those will not count, nor do its tries.
    """
    run = claims.locked_outstanding(session, ticket_id)
    if run is None:
        run = verdicts.new_run(ticket_id, asked_for, by=by, now=now)
        run.bulk_job_id = job.id if job else None
        session.add(run)
    elif job is not None:
        run = taking_over.take_over(session, run, job, now=now)
    else:
        run.asked_for, run.asked_by_id, run.asked_at = asked_for, by.id if by else None, now
        run.claims = min(run.claims, 1)
        if run.state == RunState.QUEUED or occasion is not None:
            run.state, run.lease_until, run.due_at, run.claims = RunState.QUEUED, None, now, 0
    if occasion is not None:
        # A reply that was to be read still is: it is asked for once, and known by this.
        run.occasion, run.attempt = occasion if run.occasion != Occasion.REPLY else Occasion.REPLY, 1
        taking_over.restate(session, session.get_one(Ticket, ticket_id))
    session.flush()
    return run


def classify(run_id: int, classifier: Classifier, *, deadline_seconds: float) -> Verdict | None:
    """Do one queued run: claim it, call the model with no transaction open, save what came back.

    None where there was nothing to do, or not now: no key, not due yet, done, somebody else's, or put off. Of two
    workers one makes the call. Where the classifier refused to ask, or the same text is being asked about, the run
    stays queued as it was, due a little later; where the same text was asked about within the hour, its verdict is
    taken, and a failure of a moment ago where no answer is known, but for its last try, which is put off and made.
    One that was cut off ten times is given up: it may be what ends its worker.
    """
    if not classifier.is_configured:
        return None
    claim = claims.claim(run_id, lease_seconds=deadline_seconds + LEASE_MARGIN_SECONDS)
    if claim is None or _is_ended_unasked(claim):
        return None
    asked = question(claim.title, claim.description, ticket_id=claim.ticket_id)
    try:
        earlier = same_text.earlier(claim.run_id, claim.lease_until, _digest(asked, classifier))
    except same_text.BeingAsked:
        _put_back(claim, seconds=same_text.WAIT_SECONDS)
        return None
    except same_text.LostClaim:
        return None
    if copied := earlier.run or _failure_to_copy(earlier, asked, classifier):
        verdict = raised(same_text.verdict_of(copied), asked.text, asked.floors)
    else:
        asked = replace(asked, manner=replace(asked.manner, may_be_known=earlier.is_new))
        verdict = put(asked, classifier, Purpose.TICKET, run_id=run_id, deadline_seconds=deadline_seconds)
    if verdict.failure is not None and not verdict.failure.kind.was_asked:
        _put_back(claim, seconds=min(verdict.failure.retry_after_seconds or LATER_SECONDS, LATEST_SECONDS))
    elif not _save(claim, verdict, copied_from_id=copied.id if copied else None):
        return None
    return verdict


def release_left() -> None:
    """Put what dead workers left behind back in line, committed, also where nobody may ask now; what people decided
    is called off."""
    for ticket_id in claims.left_behind():
        with transaction() as session:
            ticket = lock_ticket(session, ticket_id)
            claims.release(session, ticket_id)
            settle(session, ticket, now=utc_now())


def put(
    asked: Question,
    classifier: Classifier,
    purpose: Purpose,
    *,
    deadline_seconds: float,
    run_id: int | None = None,
) -> Verdict:
    """Put a question to the model: the verdict with its floor, the call written down.

    The connection that read the question is given back before the model is asked.
    """
    db.session.commit()
    verdict = classifier.classify(
        title=asked.title,
        description=asked.description,
        newest_reply=asked.newest_reply,
        manner=asked.manner,
        deadline_seconds=deadline_seconds,
    )
    return raised(noted(verdict, purpose, run_id=run_id), asked.text, asked.floors)


def _failure_to_copy(earlier: Earlier, asked: Question, classifier: Classifier) -> ClassificationRun | None:
    """The run that failed on this text a moment ago; none where a form was answered, for then asking is worth it."""
    if earlier.failed is None or classifier.is_known(
        title=asked.title, description=asked.description, newest_reply=asked.newest_reply, manner=asked.manner
    ):
        return None
    return earlier.failed


def _digest(asked: Question, classifier: Classifier) -> str:
    return digest(
        title=asked.title,
        description=asked.description,
        newest_reply=asked.newest_reply,
        manner=asked.manner,
        model=classifier.model,
        prompt_version=classifier.prompt_version,
    )


def _is_ended_unasked(claim: Claim) -> bool:
    """Whether nobody is to be asked now: a call could change nothing, or seems to end its worker."""
    run = ClassificationRun
    if claim.cut_offs >= MOST_CLAIMS:
        error = f"Reading it was cut off {claim.cut_offs} times; perhaps it ends the worker."
        _give_up(claim, WORKER_ENDED, error, still=run.claims > MOST_CLAIMS)
    elif claim.is_needless:
        _give_up(claim, NOT_NEEDED, NEEDLESS, still=run.asked_for != AskedFor.RECLASSIFY)
    else:
        return False
    return True


def _give_up(claim: Claim, kind: str, error: str, *, still: ColumnElement[bool]) -> None:
    """Where the reason is gone, since somebody asked by hand at this moment, the run is put back in line instead."""
    run = ClassificationRun
    with transaction() as session:
        lock_ticket(session, claim.ticket_id)
        ended = session.execute(
            update(run)
            .where(run.id == claim.run_id, run.lease_until == claim.lease_until, still)
            .values(state=RunState.GAVE_UP, lease_until=None, finished_at=utc_now(), error_kind=kind, error=error)
            .returning(run.id)
        ).one_or_none()
    if ended is None:
        _put_back(claim, seconds=0)


def _put_back(claim: Claim, *, seconds: float) -> None:
    """Leave the run to whoever comes later, committed; what people decided meanwhile is called off."""
    with transaction(wait_for_disk=False) as session:
        ticket = lock_ticket(session, claim.ticket_id)
        claims.put_back(session, claim, seconds=seconds)
        settle(session, ticket, now=utc_now())


def _save(claim: Claim, verdict: Verdict, *, copied_from_id: int | None = None) -> bool:
    """Finish the run with this verdict, committed; False where it is put off instead, as a copy ends no last try."""
    now = utc_now()
    with transaction() as session:
        ticket = lock_ticket(session, claim.ticket_id)
        run = session.scalar(
            select(ClassificationRun)
            .where(
                ClassificationRun.id == claim.run_id,
                ClassificationRun.state == RunState.RUNNING,
                ClassificationRun.lease_until == claim.lease_until,
            )
            .with_for_update(of=ClassificationRun)
            .execution_options(populate_existing=True)
        )
        if run is None:  # the lease ran out and another worker has the run: its answer counts, not this late one
            return True
        failure, is_copied = verdict.failure, copied_from_id is not None
        if failure is not None and is_copied and verdicts.is_last_try(session, run, failure):
            claims.put_back(session, claim, seconds=same_text.FAILED_FOR.total_seconds())
            settle(session, ticket, now=now)
            return False
        run.copied_from_id = copied_from_id
        if verdict.suggestion is not None:
            verdicts.record_success(session, ticket, run, verdict, now=now)
        elif failure is not None:
            verdicts.record_failure(session, run, verdict, failure, now=now)
            settle(session, ticket, now=now)
    return True
