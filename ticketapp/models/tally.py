"""Running totals of tickets, kept true by triggers, so that counting costs the same at any number of tickets."""

from datetime import date

from sqlalchemy import Date, String
from sqlalchemy.orm import Mapped, mapped_column

from ticketapp.db import Base, RowId


class TicketTally(Base):
    """Tickets by category, priority and status; sum over ``shard`` (writers spread over shards, one may be < 0).

    A ticket that was merged into another counts in neither table."""

    __tablename__ = "ticket_tally"

    category: Mapped[str] = mapped_column(String(20), primary_key=True)
    priority: Mapped[str] = mapped_column(String(20), primary_key=True)
    status: Mapped[str] = mapped_column(String(20), primary_key=True)
    shard: Mapped[int] = mapped_column(primary_key=True)
    tickets: Mapped[int] = mapped_column(RowId)


class TicketDayTally(Base):
    """Tickets by the UTC day they were created on; sum over ``shard``."""

    __tablename__ = "ticket_day_tally"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    shard: Mapped[int] = mapped_column(primary_key=True)
    tickets: Mapped[int] = mapped_column(RowId)
