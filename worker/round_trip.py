"""A mail of ours to the mailbox itself: sent like any other, looked for in the folder, later set aside as our own."""

import secrets
import time

from imapclient import IMAPClient

from ticketapp.clock import utc_now
from ticketapp.mail import Address, OutboundEmail
from ticketapp.outside import Outside
from worker.imap_connection import ImapAccount, in_time, plain_errors
from worker.sending import NotSentError, configured_transport

ARRIVES_WITHIN_SECONDS = 90.0
LOOKED_EVERY_SECONDS = 1.0
SUBJECT = "Test of the mailbox"
TEXT = (
    "This mail was sent by the support system to its own mailbox, because an admin asked for a test. "
    "It becomes no ticket and can be deleted."
)


class RoundTripError(Exception):
    """The mail did not come back; the text says what to do. ``is_tried`` is False where none can be sent at all."""

    def __init__(self, sentence: str, *, is_tried: bool = True) -> None:
        super().__init__(sentence)
        self.is_tried = is_tried


class RoundTrip:
    """One test mail, told from all others by a Message-ID that nobody can know before."""

    def __init__(self, outside: Outside, check_id: int) -> None:
        self._outside = outside
        self._message_id = f"mailbox-test.{check_id}.{secrets.token_hex(8)}@{outside.support.domain}"

    def made(self, client: IMAPClient, account: ImapAccount) -> str:
        """Send the mail and find it in the folder that is open. Raises ``RoundTripError``, ``MailboxError``."""
        config = self._outside.config
        if config.smtp_host is None:
            raise RoundTripError("Mails go into a folder here, not to a server: set SMTP_HOST first.", is_tried=False)
        letter = self._letter(account)
        try:
            configured_transport(config).send(letter)
        except NotSentError as error:
            raise RoundTripError(f"The mail could not be sent: {error}. Check the settings SMTP_*.") from error
        began = time.monotonic()
        while time.monotonic() - began < ARRIVES_WITHIN_SECONDS:
            if self._is_there(client, account):
                return f"A mail to {letter.to[0].email} came back after {time.monotonic() - began:.0f} s."
            time.sleep(LOOKED_EVERY_SECONDS)
        raise RoundTripError(
            f"{config.smtp_host} took a mail to {letter.to[0].email}, but it did not arrive in {account.folder} "
            f"within {ARRIVES_WITHIN_SECONDS:.0f} s: does that address lead here? Is it in the spam folder?"
        )

    def _letter(self, account: ImapAccount) -> OutboundEmail:
        support = self._outside.support
        return OutboundEmail(
            sender=Address(support.name, support.address),
            to=(Address("", account.user if "@" in account.user else support.address),),
            subject=SUBJECT,
            text=TEXT,
            date=utc_now(),
            message_id=self._message_id,
            auto_submitted=True,
        )

    def _is_there(self, client: IMAPClient, account: ImapAccount) -> bool:
        """Whether the mail lies in the folder, or in the one to which a poll may have moved it meanwhile."""
        folders = [account.folder, account.after_folder] if account.after == "move" else [account.folder]
        with plain_errors(account.host), in_time(client, account):
            for folder in folders:
                client.select_folder(folder, readonly=True)
                if client.search(["HEADER", "Message-ID", self._message_id]):
                    return True
        return False
