"""The test of a mailbox: name, connection, sign-in, folder, and a mail that goes out and comes back."""

import imaplib
import logging
import socket
import ssl
import time
from collections.abc import Callable
from functools import partial

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError
from sqlalchemy.exc import SQLAlchemyError

from ticketapp.actions import mailbox_checks
from ticketapp.models import CheckedStep, StepOutcome
from ticketapp.outside import Outside
from worker import accounts
from worker.imap_connection import (
    ImapAccount,
    MailboxError,
    connected,
    hang_up,
    in_time,
    plain_errors,
    sign_in,
    words_of,
)
from worker.keeping import kept
from worker.round_trip import RoundTrip, RoundTripError

LEASE_SECONDS = 240.0
FOLDERS_NAMED = 12
USUAL_PORT = {"tls": 993, "starttls": 143, "none": 143}
log = logging.getLogger(__name__)


class StepFailedError(Exception):
    """A step went wrong; the text says what to do. ``is_tried`` is False where it cannot even be tried."""

    def __init__(self, sentence: str, *, is_tried: bool = True) -> None:
        super().__init__(sentence)
        self.is_tried = is_tried


def run(check_id: int, outside: Outside) -> None:
    """Do a test that was asked for, to its end; each step is kept as soon as it is done."""
    mailbox_id = mailbox_checks.claim(check_id, seconds=LEASE_SECONDS)
    if mailbox_id is None:
        return
    with kept(partial(mailbox_checks.extend_lease, check_id, seconds=LEASE_SECONDS), lease_seconds=LEASE_SECONDS):
        _run(check_id, mailbox_id, outside)
    mailbox_checks.finish(check_id)


def _run(check_id: int, mailbox_id: int, outside: Outside) -> None:
    try:
        account = accounts.imap_account(mailbox_id, outside)
    except MailboxError as error:
        mailbox_checks.record_step(check_id, CheckedStep.SIGN_IN, StepOutcome.FAILED, took_ms=0, note=str(error))
    else:
        if account is not None:
            _try(check_id, Trial(account, RoundTrip(outside, check_id)))


class Trial:
    """The steps, each of which uses what the one before it found. Each returns a note or raises what failed."""

    def __init__(self, account: ImapAccount, round_trip: RoundTrip) -> None:
        self._account = account
        self._round_trip = round_trip
        self._client: IMAPClient | None = None

    @property
    def steps(self) -> dict[CheckedStep, Callable[[], str]]:
        """Every step with what does it, in order."""
        return {
            CheckedStep.DNS: self._resolve,
            CheckedStep.CONNECTION: self._connect,
            CheckedStep.SIGN_IN: self._sign_in,
            CheckedStep.FOLDER: self._look_into_folder,
            CheckedStep.ROUND_TRIP: self._send_round,
        }

    def close(self) -> None:
        """Hang up."""
        if self._client is not None:
            hang_up(self._client)
            self._client = None

    def _resolve(self) -> str:
        try:
            found = socket.getaddrinfo(self._account.host, self._account.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise StepFailedError(
                f"The name {self._account.host} leads to no address ({words_of(error)}): check how it is written, "
                "and whether the worker's machine can resolve names."
            ) from error
        return ", ".join(sorted({str(address[4][0]) for address in found})[:4])

    def _connect(self) -> str:
        account = self._account
        try:
            self._client = connected(account)
        except (IMAPClientError, imaplib.IMAP4.error, OSError) as error:
            raise StepFailedError(_advice_on_connection(account, error)) from error
        if account.security == "none":
            return "Connected without TLS: whoever is on the way can read the password and the mails."
        return "Connected, the certificate is good."

    def _sign_in(self) -> str:
        tokens = self._account.tokens
        if tokens is None:
            self._sign_in_with(None)
            return f"Signed in as {self._account.user}."
        try:
            self._sign_in_with(tokens.current())
        except MailboxError as error:
            renewed = tokens.renewed() if error.refused else None
            if renewed is None:
                raise
            self.close()
            self._connect()
            self._sign_in_with(renewed)
        return f"Signed in as {self._account.user} with an access token."

    def _sign_in_with(self, token: str | None) -> None:
        with plain_errors(self._account.host), in_time(self._open, self._account):
            sign_in(self._open, self._account, token)

    def _look_into_folder(self) -> str:
        account = self._account
        with plain_errors(account.host), in_time(self._open, account):
            if not self._open.folder_exists(account.folder):
                there = [name for _, _, name in self._open.list_folders()][:FOLDERS_NAMED]
                raise StepFailedError(f"There is no folder {account.folder}. There are: {', '.join(there)}.")
            count = self._open.select_folder(account.folder, readonly=True)[b"EXISTS"]
            note = f"{account.folder} holds {int(count):,} mails."
            if account.after != "move" or self._open.folder_exists(account.after_folder):
                return note
            try:
                self._open.create_folder(account.after_folder)
            except imaplib.IMAP4.abort:
                raise
            except IMAPClientError as error:
                raise StepFailedError(
                    f"The folder {account.after_folder}, which recorded mails are moved to, is missing and cannot be "
                    f"made ({words_of(error)}): name one that exists."
                ) from error
        return f"{note} The folder {account.after_folder} was missing and has been made."

    def _send_round(self) -> str:
        try:
            return self._round_trip.made(self._open, self._account)
        except RoundTripError as error:
            raise StepFailedError(str(error), is_tried=error.is_tried) from error

    @property
    def _open(self) -> IMAPClient:
        if self._client is None:
            raise MailboxError("There is no connection.")
        return self._client


def _try(check_id: int, trial: Trial) -> None:
    try:
        for step, work in trial.steps.items():
            if not _is_step_good(check_id, step, work):
                break
    finally:
        trial.close()


def _is_step_good(check_id: int, step: CheckedStep, work: Callable[[], str]) -> bool:
    began, outcome = time.monotonic(), StepOutcome.OK
    try:
        note = work()
    except (StepFailedError, MailboxError) as error:
        if not getattr(error, "is_tried", True):
            mailbox_checks.record_step(check_id, step, StepOutcome.NOT_TRIED, note=str(error))
            return False
        note, outcome = _with_advice(step, error), StepOutcome.FAILED
    except SQLAlchemyError:
        raise
    except Exception as error:
        log.warning("test %s failed in an unforeseen way", check_id, exc_info=error)
        note, outcome = f"Something unforeseen happened: {words_of(error)}", StepOutcome.FAILED
    took_ms = int((time.monotonic() - began) * 1000)
    mailbox_checks.record_step(check_id, step, outcome, took_ms=took_ms, note=note)
    return outcome == StepOutcome.OK


def _with_advice(step: CheckedStep, error: Exception) -> str:
    if step == CheckedStep.SIGN_IN and isinstance(error, MailboxError) and error.refused:
        return (
            f"{str(error).rstrip('.')}. Check user and password or token; many providers want an app password, or "
            "IMAP switched on for the account first."
        )
    return str(error)


def _advice_on_connection(account: ImapAccount, error: Exception) -> str:
    place = f"{account.host} port {account.port}"
    if isinstance(error, TimeoutError):
        return f"{place} did not answer in time: check the port, and whether a firewall lets the worker out."
    if isinstance(error, ConnectionRefusedError):
        usual = USUAL_PORT[account.security]
        return f"Nothing listens at {place}: check the port; {usual} is usual for this kind of connection."
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"The certificate of {place} is not accepted ({error.verify_message}): use the name that the certificate "
            "is for, or have the server's certificate renewed by an authority that the worker trusts."
        )
    if isinstance(error, ssl.SSLError):
        return f"{place} does not speak TLS as expected ({words_of(error)}): TLS is usual on 993, STARTTLS on 143."
    return f"The connection to {place} failed: {words_of(error)}. Check host, port and kind of connection."
