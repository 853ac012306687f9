"""What people decided: every ticket whose category or priority a person chose, as a labelled ticket."""

from collections.abc import Iterator

from sqlalchemy import select

from ticketapp.db import db
from ticketapp.measuring import LabelledTicket
from ticketapp.models import ChosenBy, Ticket
from ticketapp.models.ticket import DECIDED

AT_ONCE = 200


def decided_tickets() -> Iterator[LabelledTicket]:
    """All of them with what people chose alone, the newest first.

    They are read 200 at a time along their index, so that memory does not grow with them.
    """
    words = (Ticket.id, Ticket.title, Ticket.description)
    columns = (*words, Ticket.category, Ticket.category_by, Ticket.priority, Ticket.priority_by)
    below: int | None = None
    while True:
        statement = select(*columns).where(DECIDED).order_by(Ticket.id.desc()).limit(AT_ONCE)
        rows = db.session.execute(statement if below is None else statement.where(Ticket.id < below)).all()
        for row in rows:
            yield LabelledTicket(
                id=f"ticket-{row.id}",
                title=row.title,
                description=row.description,
                category=row.category.value if row.category_by == ChosenBy.PERSON else "",
                priority=row.priority.value if row.priority_by == ChosenBy.PERSON else "",
            )
        if len(rows) < AT_ONCE:
            return
        below = rows[-1].id
