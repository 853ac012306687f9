"""Having a ticket read again by itself, where admins want that: after an edit, and after its first reply."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from ticketapp.actions import classification
from ticketapp.clock import utc_now
from ticketapp.db import transaction
from ticketapp.models import AskedFor, Occasion, User
from ticketapp.queries import classification as runs
from ticketapp.queries import classification_settings

LOOKED_BACK = timedelta(hours=1)


def after_edit(session: Session, ticket_id: int, *, by: User | None, now: datetime) -> None:
    """Inside the transaction that changed title or description, the ticket locked: queue a run, if the setting says
    so. Both are put to the model."""
    if classification_settings.current().asks_after_edit:
        classification.ask(session, ticket_id, AskedFor.RECLASSIFY, by=by, now=now, occasion=Occasion.EDIT)


def ask_after_replies() -> list[int]:
    """Queue a run for each ticket whose first reply came in within the last hour, once a ticket; the runs' ids.

    Nothing where the setting is off, and nothing for replies from before it was switched on.
    """
    now = utc_now()
    since = classification_settings.asks_after_reply_since()
    if since is None:
        return []
    waiting = runs.first_replies(since=max(since, now - LOOKED_BACK))
    asked = [_ask_after_reply(ticket_id, now=now) for ticket_id in waiting]
    return [run_id for run_id in asked if run_id is not None]


def _ask_after_reply(ticket_id: int, *, now: datetime) -> int | None:
    """None where another sweep was faster."""
    with transaction() as session:
        ticket = classification.lock_ticket(session, ticket_id)
        if runs.is_reply_read(ticket.id):
            return None
        run = classification.ask(session, ticket.id, AskedFor.RECLASSIFY, by=None, now=now, occasion=Occasion.REPLY)
    return run.id
