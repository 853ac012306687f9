"""Which mailboxes there are to poll, and how each is reached: that of the environment, and those of the portal."""

from collections.abc import Iterator
from dataclasses import dataclass

from config import Config
from ticketapp.actions import ledger
from ticketapp.actions import mailboxes as actions
from ticketapp.db import db
from ticketapp.models import MailboxAccount, SignIn
from ticketapp.outside import Outside
from ticketapp.queries import mailboxes
from ticketapp.queries.mailboxes import InService
from ticketapp.vault import Vault, VaultError
from worker.any_mailbox import Mailbox
from worker.imap_connection import ImapAccount, MailboxError
from worker.mailbox import ImapMailbox
from worker.mailbox_tokens import MailboxTokens
from worker.maildir import MaildirMailbox


@dataclass(frozen=True, slots=True, kw_only=True)
class PolledMailbox:
    """A mailbox that is polled: its id, the ledger's name of it, whether by IMAP, and whether staff paused it."""

    mailbox_id: int
    name: str
    is_imap: bool
    is_paused: bool


def accounts(outside: Outside) -> list[PolledMailbox]:
    """Every mailbox that is polled, that of the environment first. Registers it where it is new, and takes out of
    service what an earlier environment named."""
    config = outside.config
    return [
        PolledMailbox(
            mailbox_id=one.mailbox_id,
            name=one.name,
            is_imap=config.imap_host is not None or one.name != config.mailbox_name,
            is_paused=one.is_paused,
        )
        for one in in_service(outside)
    ]


def in_service(outside: Outside) -> list[InService]:
    """What ``accounts`` lists, with what decides whether each is due. One statement where nothing is new."""
    environment = outside.config.mailbox_name
    found = list(_wanted(environment))
    if environment is not None and all(one.name != environment for one in found):
        ledger.register_mailbox(environment)
        found = list(_wanted(environment))
    db.session.close()  # no connection is held while servers are waited for
    return sorted(found, key=lambda one: (one.name != environment, one.mailbox_id))


def open_mailbox(mailbox_id: int, outside: Outside) -> Mailbox:
    """The mailbox with this id, not yet opened. Raises ``MailboxError`` where its secrets cannot be read.

    No connection to the database is held when this returns.
    """
    account = imap_account(mailbox_id, outside)
    return configured_mailbox(outside.config) if account is None else ImapMailbox(account)


def imap_account(mailbox_id: int, outside: Outside) -> ImapAccount | None:
    """How the mailbox with this id is reached by IMAP; None for the environment's Maildir. Raises as above."""
    db.session.close()
    mailbox = mailboxes.reached(mailbox_id)
    account = mailbox.account if mailbox is not None else None
    if mailbox is None or (account is None and mailbox.name != outside.config.mailbox_name):
        raise MailboxError("This mailbox is not in service any more.")
    if account is None:
        return _configured_account(outside.config)
    is_password = account.sign_in == SignIn.PASSWORD
    return ImapAccount(
        host=account.host,
        port=account.port,
        security=account.security,
        user=account.username,
        password=_password(account, outside.vault) if is_password else "",
        folder=account.folder,
        timeout_seconds=outside.config.imap_timeout_seconds,
        after=account.after,
        after_folder=account.after_folder,
        tokens=None if is_password else MailboxTokens(mailbox_id, outside.vault),
    )


def configured_mailbox(config: Config) -> Mailbox:
    """The mailbox that the environment names, not yet opened."""
    account = _configured_account(config)
    if account is not None:
        return ImapMailbox(account)
    assert config.maildir is not None
    return MaildirMailbox(config.maildir, after=config.after_recording, after_folder=config.after_recording_folder)


def _configured_account(config: Config) -> ImapAccount | None:
    if config.imap_host is None:
        return None
    return ImapAccount(
        host=config.imap_host,
        port=config.imap_port,
        security=config.imap_security,
        user=config.imap_user,
        password=config.imap_password,
        folder=config.imap_folder,
        timeout_seconds=config.imap_timeout_seconds,
        after=config.after_recording,
        after_folder=config.after_recording_folder,
    )


def _wanted(environment: str | None) -> Iterator[InService]:
    """The mailboxes in service; former ones of the environment are retired on the way."""
    found = mailboxes.in_service()
    if any(not one.of_portal and one.name != environment for one in found):
        actions.retire_former(environment)
    return (one for one in found if one.of_portal or one.name == environment)


def _password(account: MailboxAccount, vault: Vault) -> str:
    try:
        return vault.open(account.password_sealed or "")
    except VaultError as error:
        raise MailboxError(str(error), refused=True) from error
