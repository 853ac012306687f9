"""The access token of one mailbox: the kept one while it is good, else a new one, renewed by one at a time."""

import logging
import time

from ticketapp.actions import access_tokens
from ticketapp.clock import utc_now
from ticketapp.models import MailboxAccount
from ticketapp.queries import mailboxes
from ticketapp.vault import Vault, VaultError
from worker import oauth
from worker.imap_connection import MailboxError

RENEWED_BEFORE_SECONDS = 5 * 60.0
RENEWAL_SECONDS = 60.0
AGAIN_SECONDS = 60.0
PATIENCE_SECONDS = 25.0
LOOKED_EVERY_SECONDS = 0.25
log = logging.getLogger(__name__)


class MailboxTokens:
    """``AccessTokens`` of a mailbox of the portal; what it renews is kept, also an exchanged refresh token."""

    def __init__(self, mailbox_id: int, vault: Vault) -> None:
        self._mailbox_id = mailbox_id
        self._vault = vault
        self._renewed: str | None = None

    def current(self) -> str:
        """The kept token; a new one some minutes before it ends. A renewal that fails leaves the old one in use."""
        account = self._account()
        kept, now = self._kept(account), utc_now()
        if kept is None or account.access_expires_at is None:
            return self._renew(account, None)
        is_near = (account.access_expires_at - now).total_seconds() <= RENEWED_BEFORE_SECONDS
        is_due = account.renewal_due_at is None or account.renewal_due_at <= now
        return self._renew(account, kept) if is_near and is_due else kept

    def renewed(self) -> str | None:
        """A new token, because the server refused the last one; None where that was new."""
        return None if self._renewed else self._renew(self._account(), None)

    def _renew(self, account: MailboxAccount, kept: str | None) -> str:
        sealed, before = account.refresh_token_sealed or "", account.access_token_sealed
        client, refresh_token = self._client(account), self._opened(sealed)
        if not access_tokens.claim_renewal(self._mailbox_id, refresh_token_sealed=sealed, seconds=RENEWAL_SECONDS):
            return kept or self._of_somebody_else(before)
        try:
            grant = oauth.renew(client, refresh_token)
        except oauth.RenewalError as error:
            access_tokens.note_renewal_failure(
                self._mailbox_id, str(error), refresh_token_sealed=sealed, again_in_seconds=AGAIN_SECONDS
            )
            if kept is None:
                raise MailboxError(str(error), refused=error.refused) from error
            log.warning("the access token of mailbox %s is not renewed: %s", self._mailbox_id, error)
            return kept
        access_tokens.keep_grant(self._mailbox_id, grant, refresh_token_sealed=sealed, vault=self._vault)
        self._renewed = grant.access_token
        return grant.access_token

    def _of_somebody_else(self, before: str | None) -> str:
        """The token that another process is fetching at this moment."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            account = self._account()
            if account.access_token_sealed not in (None, before):
                self._renewed = self._opened(account.access_token_sealed or "")
                return self._renewed
            if account.renewing_until is None:
                break
            time.sleep(LOOKED_EVERY_SECONDS)
        raise MailboxError(self._account().renewal_error or "The access token is being renewed; it is tried again.")

    def _kept(self, account: MailboxAccount) -> str | None:
        is_good = account.access_expires_at is not None and account.access_expires_at > utc_now()
        return self._opened(account.access_token_sealed) if is_good and account.access_token_sealed else None

    def _client(self, account: MailboxAccount) -> oauth.Client:
        sealed = account.client_secret_sealed
        return oauth.Client(
            sign_in=account.sign_in,
            tenant=account.tenant,
            issuer_url=account.issuer_url,
            client_id=account.client_id,
            client_secret=self._opened(sealed) if sealed else "",
        )

    def _account(self) -> MailboxAccount:
        mailbox = mailboxes.reached(self._mailbox_id)
        if mailbox is None or mailbox.account is None:
            raise MailboxError("This mailbox is not in service any more.")
        return mailbox.account

    def _opened(self, sealed: str) -> str:
        try:
            return self._vault.open(sealed)
        except VaultError as error:
            raise MailboxError(str(error), refused=True) from error
