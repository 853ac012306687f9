"""The first classification of new tickets: queued with them, or done already by what the writer had proposed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from ticketapp.actions import verdicts
from ticketapp.ai import Manner, Verdict, digest, raised
from ticketapp.models import AskedFor, Ticket, User
from ticketapp.queries import classification_settings
from ticketapp.queries.classification_settings import Settings


def queue_new(session: Session, ticket: Ticket, *, by: User | None, now: datetime, proposal: Verdict | None) -> None:
    """Inside the caller's transaction: apply the proposal made while writing, or queue a run, where one is needed.

    What severity words say of the ticket as it is saved counts, whatever words the proposal was made for. A proposal
    leaves its run also where ``by`` chose both values instead, who has answered it by that.
    """
    is_proposed = proposal is not None and proposal.suggestion is not None
    if ticket.is_decided_by_people and not is_proposed:
        return
    run = verdicts.new_run(ticket.id, AskedFor.OPENED, by=by, now=now)
    session.add(run)
    if proposal is not None and is_proposed:
        session.flush()
        settings = classification_settings.current()
        run.question_digest = _digest(ticket, proposal, settings)
        verdict = raised(proposal, f"{ticket.title}\n{ticket.description}", settings.floors)
        verdicts.record_success(session, ticket, run, verdict, now=now)
        if by is not None:
            verdicts.record_answers(session, ticket, run, by=by, now=now)


def queue_many(session: Session, ticket_ids: Sequence[int], *, now: datetime) -> list[int]:
    """Inside the caller's transaction: queue a run for each of these new tickets; their ids in the same order."""
    runs = [verdicts.new_run(ticket_id, AskedFor.OPENED, by=None, now=now) for ticket_id in ticket_ids]
    session.add_all(runs)
    session.flush()
    return [run.id for run in runs]


def _digest(ticket: Ticket, proposal: Verdict, settings: Settings) -> str:
    """The question that the proposal answers, by which others find the run and what people made of it."""
    return digest(
        title=ticket.title,
        description=ticket.description,
        newest_reply="",
        manner=Manner(model=proposal.model, masked=settings.masked),
        model=proposal.model,
        prompt_version=proposal.prompt_version,
    )
