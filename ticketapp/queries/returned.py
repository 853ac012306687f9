"""Which message of ours a delivery report is about."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from ticketapp.db import db
from ticketapp.models import Direction, Message, ThreadReference
from ticketapp.models.ticket import thread_key


@dataclass(frozen=True, slots=True)
class Returned:
    """A message that we sent, and its ticket."""

    row_id: int
    ticket_id: int


def returned(reports: Sequence[Sequence[str]]) -> list[Returned | None]:
    """For each report the message that we sent under the first of its Message-IDs that is known; from one query."""
    names = {name for report in reports for name in report}
    if not names:
        return [None for _ in reports]
    statement = (
        select(Message.id, Message.ticket_id, Message.message_id)
        .join(ThreadReference, ThreadReference.ticket_id == Message.ticket_id)
        .where(
            ThreadReference.reference.in_({thread_key(name) for name in names}),
            Message.message_id.in_(names),
            Message.direction == Direction.OUTBOUND,
        )
    )
    known = {row.message_id: Returned(row.id, row.ticket_id) for row in db.session.execute(statement)}
    return [next((known[name] for name in report if name in known), None) for report in reports]
