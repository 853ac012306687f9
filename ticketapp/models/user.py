"""Staff: who may sign in, and the tokens with which their programs do."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ticketapp.db import Base, RowId, UtcDateTime
from ticketapp.models.words import Role, not_blank, word


class User(Base):
    """A member of staff.

    ``session_epoch`` goes up when the password or the right to sign in changes; sessions of an older epoch end.
    """

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(255))
    role: Mapped[Role] = mapped_column(word(Role, "role"), default=Role.AGENT)
    is_active: Mapped[bool] = mapped_column(default=True)
    session_epoch: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_sign_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        not_blank("email"),
        not_blank("name"),
        not_blank("password_hash"),
    )

    @property
    def is_admin(self) -> bool:
        """Whether this member of staff may administer the system."""
        return self.role == Role.ADMIN

    @property
    def is_authenticated(self) -> bool:
        """What the session library asks; a user that was loaded is one that signed in."""
        return True

    @property
    def is_anonymous(self) -> bool:
        """What the session library asks; a row is never anonymous."""
        return False

    def get_id(self) -> str:
        """The session's key: row and epoch, so that a changed password ends the sessions before it."""
        return f"{self.id}:{self.session_epoch}"


class ApiToken(Base):
    """A bearer token of a member of staff; only the SHA-256 of the secret is kept."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    hint: Mapped[str] = mapped_column(String(12))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship()

    __table_args__ = (CheckConstraint("length(sha256) = 64", name="sha256_length"), not_blank("name"))
