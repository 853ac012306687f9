"""IMAP IDLE (RFC 2177): a connection for each mailbox that hears of new mail and hints at a poll; reads no mail.

Losing it loses nothing: the schedule stays the promise.
"""

import logging
import random
import threading
import time
from dataclasses import dataclass, replace
from typing import Protocol

from flask import Flask
from imapclient import IMAPClient
from sqlalchemy.exc import SQLAlchemyError

from ticketapp.db import db
from ticketapp.outside import outside
from worker import accounts
from worker.imap_connection import ImapAccount, MailboxError, hang_up, in_time, plain_errors, signed_in

LOOK_SECONDS = 2.0
HINT_SECONDS = 0.2
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long things are waited for, in seconds.

    A mailbox that is added, changed, paused or retired is followed within ``follow``. IDLE is begun anew after
    ``round``, far below the 29 minutes of RFC 2177: a server that does not answer then is gone. Pauses between
    connections double from ``first_pause`` to ``longest_pause``; after a refused sign-in and without IDLE they are
    ``long_pause``. A connection that lived for ``settled`` makes the next pause the first again.
    """

    follow: float = 30.0
    round: float = 60.0
    first_pause: float = 2.0
    longest_pause: float = 60.0
    long_pause: float = 900.0
    settled: float = 30.0


class Hint(Protocol):
    """Says that a mailbox should be polled; ``now`` also where it waits after failures. Never fails."""

    def __call__(self, mailbox_id: int, *, now: bool) -> None: ...


class Listeners:
    """Listens at every IMAP mailbox that is polled and not paused, in threads that end with the process."""

    def __init__(self, flask_app: Flask, *, hint: Hint, patience: Patience | None = None) -> None:
        self._app = flask_app
        self._hint = hint
        self._patience = patience or Patience()
        self._listeners: dict[int, _Listener] = {}
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="idle", daemon=True)

    def start(self) -> None:
        """Begin; at once in its own thread."""
        self._thread.start()

    def stop(self) -> None:
        """Let go of every connection; they are closed within seconds."""
        self._is_over.set()
        self._thread.join()

    def _follow(self) -> None:
        with self._app.app_context():
            db.engine.dispose(close=False)  # where the schedule was forked, these are its parent's connections
        while not self._is_over.is_set():
            try:
                self._listen_to(self._wanted())
            except SQLAlchemyError as error:
                log.warning("the mailboxes cannot be listed: %s", error)
            self._is_over.wait(self._patience.follow)
        self._listen_to({})

    def _wanted(self) -> dict[int, ImapAccount]:
        found = {}
        with self._app.app_context():
            for one in accounts.accounts(outside()):
                try:
                    account = accounts.imap_account(one.mailbox_id, outside()) if _is_listened_to(one) else None
                except MailboxError:
                    continue  # the poll that fails on this says so to everybody
                if account is not None:
                    found[one.mailbox_id] = account
        return found

    def _listen_to(self, wanted: dict[int, ImapAccount]) -> None:
        for mailbox_id, listener in list(self._listeners.items()):
            account = wanted.get(mailbox_id)
            if account is None or not listener.is_of(account):
                listener.is_over.set()
                del self._listeners[mailbox_id]
        for mailbox_id in wanted.keys() - self._listeners.keys():
            listener = _Listener(self._app, mailbox_id, wanted[mailbox_id], self._hint, self._patience)
            self._listeners[mailbox_id] = listener
            listener.start()


class _NoIdleError(Exception):
    """The server does not offer IDLE."""


class _Listener(threading.Thread):
    """Holds one connection in IDLE, again and again."""

    def __init__(
        self, flask_app: Flask, mailbox_id: int, account: ImapAccount, hint: Hint, patience: Patience
    ) -> None:
        super().__init__(name=f"idle-{mailbox_id}", daemon=True)
        self._app, self._mailbox_id, self._account = flask_app, mailbox_id, account
        self._hint, self._patience = hint, patience
        self.is_over = threading.Event()

    def is_of(self, account: ImapAccount) -> bool:
        """Whether this is how the account is reached still; its tokens are asked for at each sign-in."""
        return replace(account, tokens=None) == replace(self._account, tokens=None)

    def run(self) -> None:
        pause = self._patience.first_pause
        while not self.is_over.is_set():
            began = time.monotonic()
            wait = self._listened(pause)
            is_settled = time.monotonic() - began > self._patience.settled
            pause = self._patience.first_pause if is_settled else min(2 * pause, self._patience.longest_pause)
            self.is_over.wait(wait * random.uniform(0.5, 1.5))  # noqa: S311 - spreads what reconnects; guards nothing

    def _listened(self, pause: float) -> float:
        """Listen until that ends, by whatever; how long to wait before the next time."""
        try:
            self._listen()
        except _NoIdleError:
            log.info("mailbox %s: the server offers no IDLE; new mail is found on schedule", self._mailbox_id)
            return self._patience.long_pause
        except MailboxError as error:
            log.info("mailbox %s is not listened to: %s", self._mailbox_id, error)
            return self._patience.long_pause if error.refused else pause
        except Exception:
            log.exception("mailbox %s is not listened to", self._mailbox_id)
        return pause

    def _listen(self) -> None:
        with self._app.app_context():
            client = signed_in(self._account)
        try:
            with plain_errors(self._account.host):
                if not client.has_capability("IDLE"):
                    raise _NoIdleError
                with in_time(client, self._account):
                    client.select_folder(self._account.folder, readonly=True)
                is_new = True
                while not self.is_over.is_set():
                    with in_time(client, self._account, pause_seconds=self._patience.round):
                        self._one_round(client, now=is_new)
                    is_new = False
        finally:
            hang_up(client)

    def _one_round(self, client: IMAPClient, *, now: bool) -> None:
        client.idle()
        # Dovecot tells nothing of mail that came after the last command and before IDLE, until that ends.
        self._hint(self._mailbox_id, now=now)
        until = time.monotonic() + self._patience.round
        while not self.is_over.is_set() and (left := until - time.monotonic()) > 0:
            began = time.monotonic()
            heard = client.idle_check(timeout=min(left, LOOK_SECONDS))
            if not heard and time.monotonic() - began < min(left, LOOK_SECONDS) / 2:
                raise ConnectionError("it was closed")  # what is over is heard as silence at once, again and again
            self._pass_on(heard)
        self._pass_on(client.idle_done()[1])

    def _pass_on(self, heard: list[tuple[object, ...]]) -> None:
        if any(len(each) > 1 and each[1] == b"EXISTS" for each in heard):
            self._hint(self._mailbox_id, now=False)
            self.is_over.wait(HINT_SECONDS)  # what comes meanwhile is one more hint


def _is_listened_to(mailbox: accounts.PolledMailbox) -> bool:
    return mailbox.is_imap and not mailbox.is_paused
