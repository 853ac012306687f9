"""Bearer tokens for the API: made, found, revoked. The secret is shown once; only its SHA-256 is kept."""

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import select

from ticketapp.actions import fields
from ticketapp.clock import utc_now
from ticketapp.db import transaction
from ticketapp.errors import NotFound
from ticketapp.models import ApiToken, User

PREFIX = "tkt_"
NAME_LIMIT = 100
USE_NOTED_EVERY = timedelta(minutes=1)


def create_token(user: User, name: str) -> tuple[ApiToken, str]:
    """A new token of this member of staff, and its secret, which cannot be shown again. Raises ``InvalidInput``."""
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        user_id=user.id,
        name=fields.required_text("name", name, limit=NAME_LIMIT),
        sha256=digest(secret),
        hint=secret[: len(PREFIX) + 4],
        created_at=utc_now(),
    )
    with transaction() as session:
        session.add(token)
    return token, secret


def revoke_token(token_id: int, *, by: User) -> None:
    """End a token of one's own, or as an admin anybody's. Raises ``NotFound``."""
    with transaction() as session:
        token = session.scalar(select(ApiToken).where(ApiToken.id == token_id).with_for_update(of=ApiToken))
        if token is None or not (by.is_admin or token.user_id == by.id):
            raise NotFound("There is no such token.")
        token.revoked_at = token.revoked_at or utc_now()


def note_use(token: ApiToken) -> None:
    """Keep when a token was last used, at most once a minute."""
    now = utc_now()
    if token.last_used_at is None or now - token.last_used_at > USE_NOTED_EVERY:
        with transaction(wait_for_disk=False):
            token.last_used_at = now


def digest(secret: str) -> str:
    """The hex SHA-256 under which a token is kept; the secret is random, so it needs no slow hash."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
