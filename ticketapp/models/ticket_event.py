"""The history of a ticket: what changed, when, and by whom or what."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ticketapp.db import Base, RowId, UtcDateTime
from ticketapp.models.user import User
from ticketapp.models.words import word


class EventKind(StrEnum):
    """What happened to a ticket."""

    OPENED = "opened"
    MESSAGE = "message"
    REPLY = "reply"
    NOTE = "note"
    TITLE = "title"
    DESCRIPTION = "description"
    CATEGORY = "category"
    PRIORITY = "priority"
    STATUS = "status"
    ASSIGNEE = "assignee"
    ASKED = "asked"
    READ_AGAIN = "read_again"
    MOVED = "moved"
    CONFIRMED = "confirmed"
    UNDONE = "undone"
    MERGED = "merged"
    SEPARATED = "separated"


class TicketEvent(Base):
    """One change. ``actor_id`` is missing where the machine or a mail did it; ``run_id`` then names the run.

    Of a value that was confirmed or undone ``old`` is the field, ``new`` the value it has now, and ``run_id`` the run
    that was undone, or that the person had seen: where that says otherwise, the person kept or corrected the value.
    """

    __tablename__ = "ticket_event"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("classification_run.id"))
    kind: Mapped[EventKind] = mapped_column(word(EventKind, "kind"))
    old: Mapped[str | None] = mapped_column(Text)
    new: Mapped[str | None] = mapped_column(Text)

    actor: Mapped[User | None] = relationship()

    __table_args__ = (Index("ix_ticket_event_ticket", ticket_id, id),)
