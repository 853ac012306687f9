"""Who works here: staff accounts and their tokens."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ticketapp.db import db
from ticketapp.errors import NotFound
from ticketapp.models import ApiToken, Role, User


def everybody() -> list[User]:
    """All accounts, active ones first, by name."""
    return list(db.session.scalars(select(User).order_by(User.is_active.desc(), User.name, User.id)))


def assignable() -> list[User]:
    """Active staff by name."""
    return list(db.session.scalars(select(User).where(User.is_active).order_by(User.name, User.id)))


def find(user_id: int) -> User:
    """The account. Raises ``NotFound``."""
    user = db.session.get(User, user_id) if 0 < user_id < 2**63 else None
    if user is None:
        raise NotFound(f"There is no account {user_id}.")
    return user


def name_of(user_id: int) -> str | None:
    """The name of an account, also of one that is closed; None where there is none."""
    return db.session.scalar(select(User.name).where(User.id == user_id))


def by_email(email: str) -> User:
    """The account with this address. Raises ``NotFound``."""
    user = db.session.scalar(select(User).where(User.email == email.strip().lower()))
    if user is None:
        raise NotFound(f"There is no account for {email}.")
    return user


def by_session_key(key: str) -> User | None:
    """The active account of a session key (``User.get_id``); None where the session has ended."""
    user_id, _, epoch = key.partition(":")
    if not (user_id.isdecimal() and epoch.isdecimal() and len(user_id) < 19 and len(epoch) < 10):
        return None
    user = db.session.get(User, int(user_id))
    return user if user and user.is_active and user.session_epoch == int(epoch) else None


def is_admin_there() -> bool:
    """Whether there is an active admin, who can let everybody else in."""
    return db.session.scalar(select(User.id).where(User.role == Role.ADMIN, User.is_active).limit(1)) is not None


def token_by_digest(sha256: str) -> ApiToken | None:
    """The live token with this digest, of an active account, with its user."""
    return db.session.scalar(
        select(ApiToken)
        .join(ApiToken.user)
        .where(ApiToken.sha256 == sha256, ApiToken.revoked_at.is_(None), User.is_active)
        .options(joinedload(ApiToken.user))
    )


def tokens_of(user_id: int) -> list[ApiToken]:
    """The tokens of an account, newest first, revoked ones too."""
    statement = select(ApiToken).where(ApiToken.user_id == user_id).order_by(ApiToken.id.desc())
    return list(db.session.scalars(statement))
