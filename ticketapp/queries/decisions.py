"""What people decided: every ticket whose category and priority a person chose, as a labelled ticket."""

from collections.abc import Iterator

from sqlalchemy import select

from ticketapp.db import db
from ticketapp.measuring import LabelledTicket
from ticketapp.models import Ticket
from ticketapp.models.ticket import DECIDED

AT_ONCE = 200


def decided_tickets() -> Iterator[LabelledTicket]:
    """All of them, the newest first, read 200 at a time along their index, so that memory does not grow with them."""
    columns = (Ticket.id, Ticket.title, Ticket.description, Ticket.category, Ticket.priority)
    below: int | None = None
    while True:
        statement = select(*columns).where(DECIDED).order_by(Ticket.id.desc()).limit(AT_ONCE)
        rows = db.session.execute(statement if below is None else statement.where(Ticket.id < below)).all()
        for row in rows:
            yield LabelledTicket(
                id=f"ticket-{row.id}",
                title=row.title,
                description=row.description,
                category=row.category.value,
                priority=row.priority.value,
            )
        if len(rows) < AT_ONCE:
            return
        below = rows[-1].id
