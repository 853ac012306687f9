"""The mail ledger: every mail seen in a mailbox, and what became of each."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ticketapp.db import Base, RowId, UtcDateTime
from ticketapp.models.mailbox import Mailbox
from ticketapp.models.words import word

UNTOLD = text("untold_at IS NOT NULL")
NO_BYTES = text("raw IS NULL")


class MailState(StrEnum):
    """Where a mail stands between the mailbox and a ticket."""

    RECEIVED = "received"
    PROCESSED = "processed"
    SET_ASIDE = "set_aside"
    QUARANTINED = "quarantined"


class MailKind(StrEnum):
    """Who wrote a mail: a person, an automaton, a bounce, spam by its headers, ourselves, or not read yet."""

    UNREAD = "unread"
    PERSON = "person"
    AUTOMATIC = "automatic"
    BOUNCE = "bounce"
    SPAM = "spam"
    OWN = "own"


class InboundMail(Base):
    """One mail of a mailbox, committed before anything is parsed.

    The same bytes twice in one mailbox are one row. ``raw`` is missing only where the mail is over the size limit or
    was not handed over: then ``header`` holds what was fetched of it, and ``sha256`` is of that header and the size.
    The bytes may come later; ``attempts`` counts how often they were asked for, until ``given_up_at``: the mail is
    gone from the server. Such a mail may be on a ticket, and is ``received`` again for a moment once they came.
    """

    __tablename__ = "inbound_mail"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailbox.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(RowId)
    arrived_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[MailState] = mapped_column(word(MailState, "state"), default=MailState.RECEIVED)
    kind: Mapped[MailKind] = mapped_column(word(MailKind, "kind"), default=MailKind.UNREAD)
    reason: Mapped[str] = mapped_column(Text, default="")
    sender: Mapped[str] = mapped_column(Text, default="")
    subject: Mapped[str] = mapped_column(Text, default="")
    attempts: Mapped[int] = mapped_column(default=0)
    trying_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    processed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    discarded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    given_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"), unique=True)
    header: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    raw: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)

    mailbox: Mapped[Mailbox] = relationship()

    __table_args__ = (
        UniqueConstraint("mailbox_id", "sha256", name="uq_inbound_mail_bytes"),
        CheckConstraint("length(sha256) = 64", name="sha256_length"),
        CheckConstraint("size >= 0", name="size_positive"),
        CheckConstraint("attempts >= 0", name="attempts_positive"),
        CheckConstraint("given_up_at IS NULL OR raw IS NULL", name="given_up_without_bytes"),
        CheckConstraint("raw IS NOT NULL OR (header IS NOT NULL AND state <> 'received')", name="raw_kept"),
        CheckConstraint(
            "state <> 'processed' OR (ticket_id IS NOT NULL AND message_id IS NOT NULL)", name="processed_to"
        ),
        CheckConstraint("state NOT IN ('quarantined', 'set_aside') OR reason <> ''", name="reason_given"),
        Index("ix_inbound_mail_state", state, id.desc()),
        Index("ix_inbound_mail_kind", kind, id.desc()),
        Index("ix_inbound_mail_mailbox", mailbox_id, id.desc()),
        Index("ix_inbound_mail_ticket", ticket_id),
        Index("ix_inbound_mail_without_bytes", mailbox_id, size, postgresql_where=NO_BYTES, sqlite_where=NO_BYTES),
        Index("ix_inbound_mail_recorded", recorded_at),
    )


class MailSighting(Base):
    """Where a mail was seen on the server; the highest UID here is the cursor of that mailbox and UIDVALIDITY.

    ``untold_at`` is when its bytes came after the server had been told of the mails around it; None once it is told.
    """

    __tablename__ = "mail_sighting"

    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailbox.id"), primary_key=True)
    uidvalidity: Mapped[int] = mapped_column(RowId, primary_key=True)
    uid: Mapped[int] = mapped_column(RowId, primary_key=True)
    mail_id: Mapped[int] = mapped_column(ForeignKey("inbound_mail.id"), index=True)
    untold_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("uid >= 0", name="uid_positive"),
        Index("ix_mail_sighting_untold", mailbox_id, uidvalidity, uid, postgresql_where=UNTOLD, sqlite_where=UNTOLD),
    )
