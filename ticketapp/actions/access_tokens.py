"""Access tokens of mailboxes: who renews one, and what came of it."""

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import func, or_, update

from ticketapp.clock import utc_now
from ticketapp.db import transaction
from ticketapp.models import MailboxAccount
from ticketapp.vault import Vault

ERROR_LIMIT = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What an issuer answered: an access token and for how many seconds it is good, perhaps a new refresh token, and
    for how many seconds that is good where the issuer says so."""

    access_token: str = field(repr=False)
    good_for_seconds: float
    refresh_token: str | None = field(default=None, repr=False)
    refresh_good_for_seconds: float | None = None


def claim_renewal(mailbox_id: int, *, refresh_token_sealed: str, seconds: float) -> bool:
    """Be the one who renews with this refresh token for so many seconds; False where somebody else is.

    An issuer may take a refresh token that is used twice for a stolen one.
    """
    now = utc_now()
    with transaction() as session:
        claimed = session.execute(
            update(MailboxAccount)
            .where(
                MailboxAccount.mailbox_id == mailbox_id,
                MailboxAccount.refresh_token_sealed == refresh_token_sealed,
                or_(MailboxAccount.renewing_until.is_(None), MailboxAccount.renewing_until < now),
            )
            .values(renewing_until=now + timedelta(seconds=seconds))
            .returning(MailboxAccount.mailbox_id)
        ).one_or_none()
    return claimed is not None


def keep_grant(mailbox_id: int, grant: Grant, *, refresh_token_sealed: str, vault: Vault) -> None:
    """Keep what the issuer gave for this refresh token; nothing where an admin has entered another one meanwhile."""
    now = utc_now()
    values: dict[str, object] = {
        "access_token_sealed": vault.seal(grant.access_token),
        "access_expires_at": now + timedelta(seconds=grant.good_for_seconds),
        "renewing_until": None,
        "renewal_due_at": None,
        "renewal_failing_since": None,
        "renewal_error": None,
    }
    if grant.refresh_token is not None:
        values["refresh_token_sealed"] = vault.seal(grant.refresh_token)
    if grant.refresh_good_for_seconds is not None:
        values["refresh_expires_at"] = now + timedelta(seconds=grant.refresh_good_for_seconds)
    elif grant.refresh_token is not None:
        values["refresh_expires_at"] = None
    _update(mailbox_id, refresh_token_sealed, values)


def note_renewal_failure(mailbox_id: int, error: str, *, refresh_token_sealed: str, again_in_seconds: float) -> None:
    """Keep why a renewal failed, and that it is tried again after so many seconds."""
    now = utc_now()
    _update(
        mailbox_id,
        refresh_token_sealed,
        {
            "renewing_until": None,
            "renewal_due_at": now + timedelta(seconds=again_in_seconds),
            "renewal_failing_since": func.coalesce(MailboxAccount.renewal_failing_since, now),
            "renewal_error": error[:ERROR_LIMIT],
        },
    )


def _update(mailbox_id: int, refresh_token_sealed: str, values: dict[str, object]) -> None:
    with transaction() as session:
        session.execute(
            update(MailboxAccount)
            .where(
                MailboxAccount.mailbox_id == mailbox_id, MailboxAccount.refresh_token_sealed == refresh_token_sealed
            )
            .values(values)
        )
