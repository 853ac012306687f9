"""Mailboxes of the portal: added, changed, taken out of service, and their secrets sealed anew."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from ticketapp.actions.mailbox_settings import MailboxSettings, check_secrets, checked
from ticketapp.clock import utc_now
from ticketapp.db import transaction
from ticketapp.errors import Conflict, InvalidInput, NotFound
from ticketapp.models import Mailbox, MailboxAccount, MailSighting, SignIn
from ticketapp.models.mailbox import SEALED
from ticketapp.queries.ledger import IMPORTED
from ticketapp.vault import Vault

PLACE = ("host", "sign_in", "tenant", "issuer_url", "client_id")


def unknown(_host: str) -> frozenset[str]:
    """No addresses: hosts are told apart by their names alone."""
    return frozenset()


def add(
    settings: MailboxSettings,
    *,
    vault: Vault,
    environment: str | None,
    addresses_of: Callable[[str], AbstractSet[str]] = unknown,
) -> Mailbox:
    """Add a mailbox, or take one back that was known before, with its ledger. It is polled from now on.

    ``environment`` names the mailbox that the environment sets. Two host names with an address of ``addresses_of`` in
    common are one server, whatever the port. Raises ``InvalidInput``, ``VaultError``.
    """
    settings = checked(settings, environment=environment)
    aliases = _aliases(settings, environment, addresses_of)
    _refuse_environment(environment, aliases)
    with transaction() as session:
        alike = _alike(session, settings, aliases)
        _refuse_second(settings, [one for one in alike if one.account is not None])
        mailbox = alike[0] if alike else Mailbox(name=settings.name, failures=0)
        _rename(session, mailbox, settings.name)
        mailbox.account = MailboxAccount()
        mailbox.retired_at = mailbox.paused_at = None
        _start_anew(mailbox)
        _write(mailbox, mailbox.account, settings, vault)
        session.add(mailbox)
        session.flush()
    return mailbox


def change(
    mailbox_id: int,
    settings: MailboxSettings,
    *,
    vault: Vault,
    environment: str | None,
    addresses_of: Callable[[str], AbstractSet[str]] = unknown,
) -> Mailbox:
    """Change how a mailbox is reached; what failed before is forgotten, secrets stay for the same server only.

    Where host, user or folder change, everything there is looked at again: the bytes tell what is known.
    ``addresses_of`` as in ``add``. Raises ``NotFound``, ``Conflict`` where the environment sets it, ``InvalidInput``,
    ``VaultError``.
    """
    settings = checked(settings, environment=environment)
    aliases = _aliases(settings, environment, addresses_of)
    with transaction() as session:
        mailbox, account = _locked(session, mailbox_id)
        if mailbox.name != settings.name:
            _refuse_environment(environment, aliases)
            _refuse_second(settings, [one for one in _alike(session, settings, aliases) if one.id != mailbox_id])
            _rename(session, mailbox, settings.name)
        _start_anew(mailbox)
        _write(mailbox, account, settings, vault)
    return mailbox


def retire(mailbox_id: int) -> Mailbox:
    """Take a mailbox out of service: it is polled no more and its secrets are erased; its mails and its row stay.

    Raises ``NotFound``, ``Conflict`` where the environment sets it.
    """
    with transaction() as session:
        mailbox, account = _locked(session, mailbox_id)
        session.delete(account)
        mailbox.account = None
        mailbox.retired_at = utc_now()
        _start_anew(mailbox)
    return mailbox


def retire_former(environment: str | None) -> None:
    """Take mailboxes out of service that an earlier environment named and this one does not."""
    of_portal = select(MailboxAccount.mailbox_id)
    with transaction() as session:
        session.execute(
            update(Mailbox)
            .where(Mailbox.retired_at.is_(None), Mailbox.id.not_in(of_portal), Mailbox.name != (environment or ""))
            .where(Mailbox.name.not_like(f"{IMPORTED}%"))
            .values(retired_at=utc_now())
        )


def rekey(vault: Vault) -> int:
    """Seal every stored secret anew, with the first key; the number of mailboxes. Raises ``VaultError``."""
    with transaction() as session:
        accounts = session.scalars(select(MailboxAccount).with_for_update()).all()
        for account in accounts:
            for name in SEALED:
                sealed = getattr(account, name)
                if sealed is not None:
                    setattr(account, name, vault.seal(vault.open(sealed)))
    return len(accounts)


def _aliases(
    settings: MailboxSettings, environment: str | None, addresses_of: Callable[[str], AbstractSet[str]]
) -> frozenset[str]:
    """Names of mailboxes of this user and folder under another host name that leads to the same server."""
    with transaction() as session:
        names = list(session.scalars(select(Mailbox.name).where(Mailbox.name.not_like(f"{IMPORTED}%"))))
    names += filter(None, [environment])
    hosts = {name: host for name in names if (host := settings.host_in(name)) and not settings.is_same_as(name)}
    ours = addresses_of(settings.host) if hosts else frozenset()
    return frozenset(name for name, host in hosts.items() if ours and ours & addresses_of(host))


def _alike(session: Session, settings: MailboxSettings, aliases: AbstractSet[str]) -> list[Mailbox]:
    """The rows of the mailbox that these settings reach, retired ones too; one of exactly this name comes first."""
    names = session.execute(select(Mailbox.id, Mailbox.name).where(Mailbox.name.not_like(f"{IMPORTED}%")))
    ids = [row.id for row in names if settings.is_same_as(row.name) or row.name in aliases]
    found = session.scalars(select(Mailbox).where(Mailbox.id.in_(ids)).order_by(Mailbox.id).with_for_update())
    return sorted(found, key=lambda mailbox: mailbox.name != settings.name)


def _refuse_second(settings: MailboxSettings, others: Sequence[Mailbox]) -> None:
    if others:
        removed = ", removed but known" if others[0].retired_at else ""
        if not settings.is_same_as(others[0].name):
            sentence = f"This host is the server of a mailbox that is there already{removed}: {others[0].name}."
            raise InvalidInput("host", sentence)
        raise InvalidInput("username", f"There is this mailbox already{removed}: {others[0].name}.")


def _refuse_environment(environment: str | None, aliases: AbstractSet[str]) -> None:
    if environment in aliases:
        raise InvalidInput("host", f"The environment sets this mailbox under another host name: {environment}.")


def _rename(session: Session, mailbox: Mailbox, name: str) -> None:
    """Where the name is another, look at everything there again: the bytes tell what is known."""
    if mailbox.name != name:
        session.execute(delete(MailSighting).where(MailSighting.mailbox_id == mailbox.id))
        mailbox.name, mailbox.server_count = name, None
        mailbox.settled_uidvalidity = mailbox.settled_uid = None


def _locked(session: Session, mailbox_id: int) -> tuple[Mailbox, MailboxAccount]:
    mailbox = session.get(Mailbox, mailbox_id, with_for_update=True, populate_existing=True)
    if mailbox is None or mailbox.retired_at is not None:
        raise NotFound(f"There is no mailbox {mailbox_id}.")
    account = session.get(MailboxAccount, mailbox_id, with_for_update=True, populate_existing=True)
    if account is None:
        raise Conflict("The environment sets this mailbox; it is changed there.")
    return mailbox, account


def _start_anew(mailbox: Mailbox) -> None:
    """Forget what failed, so that the next poll is due at once."""
    mailbox.failing_since = mailbox.unsettled_since = mailbox.last_error = None
    mailbox.failures, mailbox.poll_due_at = 0, utc_now()


def _write(mailbox: Mailbox, account: MailboxAccount, settings: MailboxSettings, vault: Vault) -> None:
    is_password = settings.sign_in == SignIn.PASSWORD
    # What is stored goes only where it was meant for, never to a server or an issuer that somebody puts in its place.
    is_same_place = all(getattr(account, name) == getattr(settings, name) for name in PLACE)
    kept = {
        "password_sealed": account.password_sealed if is_same_place and is_password else None,
        "client_secret_sealed": account.client_secret_sealed if is_same_place and not is_password else None,
        "refresh_token_sealed": account.refresh_token_sealed if is_same_place and not is_password else None,
    }
    given = (
        {"password_sealed": settings.password}
        if is_password
        else {
            "client_secret_sealed": settings.client_secret,
            "refresh_token_sealed": settings.refresh_token,
        }
    )
    sealed = kept | {name: vault.seal(secret) for name, secret in given.items() if secret}
    check_secrets(settings.sign_in, sealed)
    if sealed["refresh_token_sealed"] != account.refresh_token_sealed:
        account.access_token_sealed = account.access_expires_at = account.refresh_expires_at = None
    for name, value in sealed.items():
        setattr(account, name, value)
    for name in (*PLACE, "port", "security", "username", "folder", "after", "after_folder"):
        setattr(account, name, getattr(settings, name))
    account.client_secret_expires_at = settings.client_secret_expires_at
    account.renewing_until = account.renewal_due_at = account.renewal_failing_since = account.renewal_error = None
    mailbox.default_category = settings.default_category
