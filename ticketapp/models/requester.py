"""The requester: whoever writes to support, known by address."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from ticketapp.db import Base, RowId, UtcDateTime
from ticketapp.models.words import not_blank


class Requester(Base):
    """A customer, one row an address; the address is kept lower-cased."""

    __tablename__ = "requester"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower"), not_blank("email"))

    @property
    def label(self) -> str:
        """The name where we know one, else the address."""
        return self.name or self.email
