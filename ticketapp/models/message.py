"""The conversation of a ticket: messages and their attachments."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ticketapp.db import Base, RowId, UtcDateTime
from ticketapp.models.ticket import Ticket
from ticketapp.models.user import User
from ticketapp.models.words import not_blank, word


class Direction(StrEnum):
    """Which way a message went: from the requester, to the requester, or among staff only."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    NOTE = "note"


class Delivery(StrEnum):
    """What became of an outbound message; everything else needs none."""

    NONE = "none"
    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"


class Message(Base):
    """One message on a ticket. ``subject`` and ``text`` are whole: folding and cutting happen when shown.

    ``thread_reason`` says in a sentence why a mail landed on this ticket; of a message that was moved, ``landed_on``
    is the ticket where it landed first, and ``landed_reason`` why. An outbound message is its own outbox
    row: pending until the mail server took it, tried again at ``send_due_at``. Where it came back later,
    ``bounced_at`` says when and ``delivery_error`` why.
    """

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    direction: Mapped[Direction] = mapped_column(word(Direction, "direction"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    author_name: Mapped[str] = mapped_column(Text, default="")
    author_email: Mapped[str] = mapped_column(Text, default="")
    subject: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str | None] = mapped_column(Text, deferred=True)
    has_html: Mapped[bool] = mapped_column(default=False)
    message_id: Mapped[str | None] = mapped_column(Text)
    in_reply_to: Mapped[str | None] = mapped_column(Text)
    references: Mapped[str] = mapped_column(Text, default="")
    thread_reason: Mapped[str] = mapped_column(Text, default="")
    landed_on: Mapped[int | None] = mapped_column(RowId)
    landed_reason: Mapped[str | None] = mapped_column(Text)
    is_automatic: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    delivery: Mapped[Delivery] = mapped_column(word(Delivery, "delivery"), default=Delivery.NONE)
    send_attempts: Mapped[int] = mapped_column(default=0)
    send_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    bounced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    delivery_error: Mapped[str | None] = mapped_column(Text)

    ticket: Mapped[Ticket] = relationship()
    author: Mapped[User | None] = relationship()
    attachments: Mapped[list["Attachment"]] = relationship(order_by="Attachment.position", back_populates="message")

    __table_args__ = (
        not_blank("text"),
        CheckConstraint("(direction = 'outbound') = (delivery <> 'none')", name="delivery_direction"),
        CheckConstraint("(delivery = 'pending') = (send_due_at IS NOT NULL)", name="send_due"),
        CheckConstraint("bounced_at IS NULL OR delivery = 'sent'", name="bounced_was_sent"),
        Index("ix_message_ticket", ticket_id, created_at, id),
        Index(
            "ix_message_automatic",
            created_at,
            postgresql_where=sql("is_automatic"),
            sqlite_where=sql("is_automatic = 1"),
        ),
        Index(
            "ix_message_send_due",
            send_due_at,
            postgresql_where=send_due_at.is_not(None),
            sqlite_where=send_due_at.is_not(None),
        ),
    )

    @property
    def was_not_delivered(self) -> bool:
        """Whether it could not be sent, or was sent and came back."""
        return self.delivery == Delivery.FAILED or self.bounced_at is not None


class Attachment(Base):
    """A file that came with a message; the bytes lie in the attachment store under ``sha256``."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))
    position: Mapped[int]
    filename: Mapped[str] = mapped_column(String(255))
    original_filename: Mapped[str] = mapped_column(Text, default="")
    content_type: Mapped[str] = mapped_column(String(255))
    size: Mapped[int] = mapped_column(RowId)
    sha256: Mapped[str] = mapped_column(String(64))
    content_id: Mapped[str | None] = mapped_column(Text)
    is_inline: Mapped[bool] = mapped_column(default=False)

    message: Mapped[Message] = relationship(back_populates="attachments")

    __table_args__ = (
        UniqueConstraint("message_id", "position", name="uq_attachment_message_position"),
        CheckConstraint("size >= 0", name="size_positive"),
        CheckConstraint("length(sha256) = 64", name="sha256_length"),
        not_blank("filename"),
        Index("ix_attachment_sha256", sha256),
    )
