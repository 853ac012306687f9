"""Mailboxes: how polling each goes, how one that was set up in the portal is reached, and its signing in."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ticketapp.db import Base, RowId, UtcDateTime
from ticketapp.models.words import Category, not_blank, word

SEALED = ("password_sealed", "client_secret_sealed", "refresh_token_sealed", "access_token_sealed")
# How every Fernet token begins for the next 200 years: its version, then the upper bytes of a time in seconds.
SEAL_MARK = "gAAAAA"


class Security(StrEnum):
    """How a connection is made secure: TLS from the start, TLS after STARTTLS, or not at all."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class AfterRecording(StrEnum):
    """What happens on the server to a mail that was recorded."""

    LEAVE = "leave"
    SEEN = "seen"
    MOVE = "move"


class SignIn(StrEnum):
    """How we sign in: with a password, or with an access token of Google, Microsoft or another OpenID issuer."""

    PASSWORD = "password"  # noqa: S105 - a word, not a password
    GOOGLE = "google"
    MICROSOFT = "microsoft"
    ISSUER = "issuer"


class Mailbox(Base):
    """A mailbox that is polled, by ``name`` (user@host/folder, or the path of a Maildir), and how polling goes.

    ``server_count`` is how many mails lay in it when it was last opened, ``ledger_count`` how many the ledger has of
    it, each once. One with an ``account`` was set up in the portal, any other comes from the environment. A retired
    one is polled no more and has no account; its row stays for the ledger. New tickets of it open with
    ``default_category`` where there is one. A poll is due from ``poll_due_at`` on, kept when a mailbox comes into
    service and after a failure.

    The server was told of recorded mails (they were marked or moved as set) up to ``settled_uid``, under that
    UIDVALIDITY; since ``unsettled_since`` it cannot be told.
    """

    __tablename__ = "mailbox"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    name: Mapped[str] = mapped_column(String(500), unique=True)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    polled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(default=0)
    poll_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)
    server_count: Mapped[int | None]
    ledger_count: Mapped[int] = mapped_column(default=0, server_default="0")
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_uidvalidity: Mapped[int | None] = mapped_column(RowId)
    settled_uid: Mapped[int | None] = mapped_column(RowId)
    unsettled_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    default_category: Mapped[Category | None] = mapped_column(word(Category, "default_category"))

    account: Mapped["MailboxAccount | None"] = relationship(back_populates="mailbox")

    def unread_since(self, now: datetime, *, patience: timedelta) -> datetime | None:
        """Since when nobody polls it, where that is longer than ``patience``: it is neither paused nor failing, and
        no poll is going on."""
        since = max(filter(None, (self.polled_at, self.poll_due_at)), default=now)
        is_held = self.lease_until is not None and self.lease_until > now
        if self.paused_at is not None or self.failing_since is not None or is_held:
            return None
        return since if now - since > patience else None

    __table_args__ = (
        not_blank("name"),
        CheckConstraint("server_count >= 0", name="server_count_positive"),
        CheckConstraint("ledger_count >= 0", name="ledger_count_positive"),
        CheckConstraint("settled_uid >= 0", name="settled_positive"),
    )


class MailboxAccount(Base):
    """How a mailbox of the portal is reached. Every secret is ciphertext, which the database itself insists on.

    The access token is good until ``access_expires_at``. Whoever renews it holds it until ``renewing_until``; after
    a failure, kept since ``renewal_failing_since`` with its sentence, it is tried again from ``renewal_due_at`` on.
    """

    __tablename__ = "mailbox_account"

    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailbox.id"), primary_key=True)
    host: Mapped[str] = mapped_column(String(255))
    port: Mapped[int]
    security: Mapped[Security] = mapped_column(word(Security, "security"))
    username: Mapped[str] = mapped_column(String(320))
    folder: Mapped[str] = mapped_column(String(500))
    after: Mapped[AfterRecording] = mapped_column(word(AfterRecording, "after"))
    after_folder: Mapped[str] = mapped_column(String(500), default="")
    sign_in: Mapped[SignIn] = mapped_column(word(SignIn, "sign_in"))
    tenant: Mapped[str] = mapped_column(String(100), default="")
    issuer_url: Mapped[str] = mapped_column(String(500), default="")
    client_id: Mapped[str] = mapped_column(String(500), default="")
    password_sealed: Mapped[str | None] = mapped_column(Text)
    client_secret_sealed: Mapped[str | None] = mapped_column(Text)
    refresh_token_sealed: Mapped[str | None] = mapped_column(Text)
    access_token_sealed: Mapped[str | None] = mapped_column(Text)
    access_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refresh_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    client_secret_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    renewing_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    renewal_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    renewal_failing_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    renewal_error: Mapped[str | None] = mapped_column(Text)

    mailbox: Mapped[Mailbox] = relationship(back_populates="account")

    __table_args__ = (
        not_blank("host"),
        not_blank("username"),
        not_blank("folder"),
        CheckConstraint("port BETWEEN 1 AND 65535", name="port_range"),
        CheckConstraint("(after = 'move') = (after_folder <> '')", name="move_has_folder"),
        CheckConstraint("(sign_in = 'issuer') = (issuer_url <> '')", name="issuer_has_url"),
        CheckConstraint("(sign_in = 'password') = (password_sealed IS NOT NULL)", name="password_kept"),
        CheckConstraint(
            "(sign_in <> 'password') = (client_id <> '' AND refresh_token_sealed IS NOT NULL)", name="token_kept"
        ),
        CheckConstraint("(access_token_sealed IS NULL) = (access_expires_at IS NULL)", name="access_expires"),
        CheckConstraint("(renewal_failing_since IS NULL) = (renewal_error IS NULL)", name="renewal_has_cause"),
        *(CheckConstraint(f"{name} LIKE '{SEAL_MARK}%'", name=name) for name in SEALED),
    )

    def __repr__(self) -> str:
        """The row by its key alone."""
        return f"<MailboxAccount {self.mailbox_id}>"
