"""The running totals stay equal to a count of the tickets, whatever happens to them and in whatever order."""

from datetime import UTC, datetime

from apiflask import APIFlask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, select, update

from ticketapp.db import db
from ticketapp.models import Category, Priority, Status, Ticket, TicketDayTally, TicketTally
from ticketapp.queries import dashboard

words = st.tuples(st.sampled_from(Category), st.sampled_from(Priority), st.sampled_from(Status), st.integers(0, 3))
TARGET = 1_000_000
FIRST = {
    "id": TARGET,
    "category": "billing",
    "priority": "low",
    "status": "open",
    "created_at": datetime(2026, 11, 10, tzinfo=UTC),
}
steps = st.lists(
    st.tuples(st.sampled_from(["add", "change", "merge", "separate", "remove"]), words, st.integers(1, 8)),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_tallies_equal_a_count(each_app: APIFlask, script: list[tuple[str, tuple[str, str, str, int], int]]) -> None:
    db.session.rollback()
    db.session.execute(insert(Ticket), [_ticket(FIRST)])
    counts = Ticket.merged_into_id.is_(None)
    for verb, (category, priority, status, day), number in script:
        values = {
            "category": category,
            "priority": priority,
            "status": status,
            "created_at": datetime(2026, 11, 10 + day, 23, 59, 59, tzinfo=UTC),
        }
        if verb == "add":
            db.session.execute(insert(Ticket), [_ticket(values) for _ in range(number)])
        elif verb == "change":
            db.session.execute(update(Ticket).where(Ticket.id % 8 < number, counts).values(values))
        elif verb == "merge":
            closed = {"status": "closed", "merged_into_id": TARGET}
            db.session.execute(update(Ticket).where(Ticket.id % 8 < number, Ticket.id != TARGET).values(closed))
        elif verb == "separate":
            db.session.execute(update(Ticket).where(Ticket.id % 8 >= number).values(merged_into_id=None))
        else:
            db.session.execute(delete(Ticket).where(Ticket.id % 8 == number, Ticket.id != TARGET))
    parts = (Ticket.category, Ticket.priority, Ticket.status)
    counted = {
        tuple(row[:3]): row[3]
        for row in db.session.execute(select(*parts, func.count()).where(counts).group_by(*parts))
    }
    kept = select(TicketTally.category, TicketTally.priority, TicketTally.status, func.sum(TicketTally.tickets))
    tallied = {
        tuple(row[:3]): row[3] for row in db.session.execute(kept.group_by(*kept.selected_columns[:3])) if row[3]
    }
    assert tallied == counted
    by_day = select(TicketDayTally.day, func.sum(TicketDayTally.tickets)).group_by(TicketDayTally.day)
    assert sum(row[1] for row in db.session.execute(by_day)) == sum(counted.values())
    overview = dashboard.overview(datetime(2026, 11, 20, tzinfo=UTC))
    assert overview.total_tickets == sum(counted.values())
    assert sum(number for _, number in overview.tickets_by_day) == overview.total_tickets
    db.session.rollback()


def _ticket(values: dict[str, object]) -> dict[str, object]:
    return {
        "title": "t",
        "description": "d",
        "search_document": "t d",
        "category_by": "person",
        "priority_by": "person",
        "source": "web",
        "updated_at": values["created_at"],
        **values,
    }
