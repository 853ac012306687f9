"""What people have decided needs no machine: a run that waits for it nevertheless is called off."""

from datetime import datetime

from sqlalchemy.orm import Session

from ticketapp.actions import claims
from ticketapp.models import AskedFor, ClassificationState, RunState, Ticket
from ticketapp.queries.classification import NOT_NEEDED

NEEDLESS = "People chose category and priority before the model was asked."


def settle(session: Session, ticket: Ticket, *, now: datetime) -> None:
    """Inside the caller's transaction, the ticket locked: where people chose both values it is done, whatever became
    of asking the machine.

    A run that waits is called off, unless somebody asked for it by hand; one that is being done is its worker's.
    """
    if not ticket.is_decided_by_people:
        return
    if ticket.classification_state not in (ClassificationState.QUEUED, ClassificationState.FAILED):
        ticket.classification_state = ClassificationState.DONE  # in one write with the decision, as the database asks
    run = claims.locked_outstanding(session, ticket.id)
    if run is not None and run.state == RunState.QUEUED and run.asked_for != AskedFor.RECLASSIFY:
        run.state, run.finished_at, run.error_kind, run.error = RunState.GAVE_UP, now, NOT_NEEDED, NEEDLESS
