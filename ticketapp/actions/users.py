"""Staff accounts: made, changed, and let in by password."""

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash, generate_password_hash

from ticketapp.actions import fields
from ticketapp.clock import utc_now
from ticketapp.db import db, transaction
from ticketapp.errors import Conflict, InvalidInput, NotFound
from ticketapp.models import Role, User

NAME_LIMIT = 200
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 1000
# Checked against where there is no such account, so that the answer takes as long as for one that exists.
NOBODYS_HASH = generate_password_hash("nobody has this password")


def create_user(email: str, *, name: str, role: str, password: str) -> User:
    """Add a member of staff. Raises ``InvalidInput``, also where the address is taken."""
    user = User(
        email=fields.mail_address("email", email),
        name=fields.required_text("name", name, limit=NAME_LIMIT),
        role=fields.one_of("role", role, Role),
        password_hash=generate_password_hash(checked_password(password)),
        is_active=True,
        session_epoch=0,
        created_at=utc_now(),
    )
    try:
        with transaction() as session:
            session.add(user)
    except IntegrityError:
        raise InvalidInput("email", f"There is an account for {user.email} already.") from None
    return user


def sign_in(email: str, password: str) -> User | None:
    """The active member of staff with this address and password, or None; takes as long either way."""
    address = email.strip().lower() if fields.is_storable(email) else ""
    user = db.session.scalar(select(User).where(User.email == address))
    usable = user is not None and user.is_active
    is_right = check_password_hash(user.password_hash if user and usable else NOBODYS_HASH, password)
    if user is None or not usable or not is_right:
        return None
    with transaction():
        user.last_sign_in_at = utc_now()
    return user


def sign_out(user_id: int) -> None:
    """End every session of an account: a session's cookie cannot be called back one by one."""
    with transaction() as session:
        session.execute(update(User).where(User.id == user_id).values(session_epoch=User.session_epoch + 1))


def change_password(user_id: int, *, current: str, new: str) -> User:
    """Change one's own password; every other session of the account ends. Raises ``InvalidInput``."""
    user = db.session.get_one(User, user_id)
    if not check_password_hash(user.password_hash, current):
        raise InvalidInput("current_password", "This is not your current password.")
    return reset_password(user_id, new)


def reset_password(user_id: int, password: str) -> User:
    """Give an account a new password; all its sessions end. Raises ``NotFound``, ``InvalidInput``."""
    password_hash = generate_password_hash(checked_password(password))
    with transaction() as session:
        user = _locked(session, user_id)
        user.password_hash = password_hash
        user.session_epoch += 1
    return user


def change_role(user_id: int, role: str) -> User:
    """Make somebody an agent or an admin. Raises ``Conflict`` where no active admin would be left."""
    wanted = fields.one_of("role", role, Role)
    with transaction() as session:
        user = _locked(session, user_id)
        if wanted != Role.ADMIN:
            _keep_an_admin(session, user)
        user.role = wanted
    return user


def deactivate(user_id: int, *, by: User) -> User:
    """End somebody's right to sign in, and all their sessions. Raises ``Conflict`` for oneself or the last admin."""
    if user_id == by.id:
        raise Conflict("You cannot deactivate your own account.")
    with transaction() as session:
        user = _locked(session, user_id)
        _keep_an_admin(session, user)
        user.is_active = False
        user.session_epoch += 1
    return user


def activate(user_id: int) -> User:
    """Let somebody sign in again. Raises ``NotFound``."""
    with transaction() as session:
        user = _locked(session, user_id)
        user.is_active = True
    return user


def checked_password(password: str) -> str:
    """The password if it may be used: 10 to 1,000 characters, any. Raises ``InvalidInput``."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD or not fields.is_storable(password):
        raise InvalidInput("password", f"Password must be at least {SHORTEST_PASSWORD} characters.")
    return password


def _locked(session: Session, user_id: int) -> User:
    # All admins are locked in one order, so that two of them cannot demote each other at the same moment.
    session.scalars(select(User).where(User.role == Role.ADMIN).order_by(User.id).with_for_update()).all()
    user = session.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise NotFound(f"There is no account {user_id}.")
    return user


def _keep_an_admin(session: Session, user: User) -> None:
    others = select(func.count()).where(User.role == Role.ADMIN, User.is_active, User.id != user.id)
    if user.role == Role.ADMIN and user.is_active and not session.scalar(others):
        raise Conflict("This is the last active admin; make somebody else an admin first.")
