"""Jobs that read many recorded mails again, after the parser has learnt something."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ticketapp.db import Base, RowId, UtcDateTime
from ticketapp.models.user import User


class MailReading(Base):
    """A job that reads the mails of a filtered ledger again, newest first, below ``cursor_id``.

    Of ``total`` mails ``done`` were read, ``changed`` of them with a new outcome, and ``failed`` ones were passed
    over. The job is somebody's until ``lease_until``; ``attempts`` counts the tries at its next mails.
    """

    __tablename__ = "mail_reading"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    filter_query: Mapped[str] = mapped_column(Text)
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    cursor_id: Mapped[int] = mapped_column(RowId)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    asked_by: Mapped[User] = relationship()

    __table_args__ = (
        CheckConstraint(
            "total >= 0 AND done >= 0 AND changed >= 0 AND failed >= 0 AND attempts >= 0", name="counts_positive"
        ),
    )
