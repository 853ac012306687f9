"""Standing notices across every page: what staff have to know about the state of the system."""

import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for

from ticketapp.ai import FailureKind
from ticketapp.clock import utc_now
from ticketapp.models import Mailbox, User
from ticketapp.outside import outside
from ticketapp.queries import classification, ledger

ASKED_EVERY_SECONDS = 5.0
PATIENCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Notice:
    """One banner: ``kind`` is note, warning or alarm; ``url`` leads to more."""

    kind: str
    text: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class UnreadMailbox:
    """A mailbox that is not read since ``since``: because an admin paused it, or for the reason ``error``."""

    since: datetime
    error: str
    is_paused: bool


@dataclass(frozen=True, slots=True)
class Troubles:
    """What the database says is wrong: mailboxes that fail or are paused, and a key that Gemini refused."""

    mailboxes: tuple[UnreadMailbox, ...]
    is_key_refused: bool


class TroubleBoard:
    """Asks the database for troubles at most every five seconds in a process, whatever is shown meanwhile."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked_at = -ASKED_EVERY_SECONDS
        self._troubles = Troubles((), is_key_refused=False)

    def troubles(self) -> Troubles:
        """The troubles as they were at most five seconds ago."""
        with self._lock:
            if time.monotonic() - self._asked_at >= ASKED_EVERY_SECONDS:
                self._troubles = _troubles_now(utc_now())
                self._asked_at = time.monotonic()
            return self._troubles


def notices_for(user: User, board: TroubleBoard) -> list[Notice]:
    """The banners this member of staff is to see."""
    troubles = board.troubles()
    notices = [_mailbox_notice(mailbox, user) for mailbox in troubles.mailboxes]
    if user.is_admin and not outside().classifier.is_configured:
        text = "Tickets are not classified: no Gemini API key is set. Set GEMINI_API_KEY and start the system again."
        notices.append(Notice("warning", text))
    elif user.is_admin and troubles.is_key_refused:
        text = "Tickets are not classified: Gemini refused the API key. Check GEMINI_API_KEY."
        notices.append(Notice("alarm", text, url_for("admin_runs.index")))
    return notices


def _troubles_now(now: datetime) -> Troubles:
    unread = tuple(found for mailbox in ledger.mailboxes() if (found := _unread(mailbox, now)) is not None)
    return Troubles(unread, is_key_refused=classification.newest_failure() == FailureKind.REFUSED_KEY)


def _unread(mailbox: Mailbox, now: datetime) -> UnreadMailbox | None:
    if mailbox.paused_at is not None:
        return UnreadMailbox(mailbox.paused_at, "", is_paused=True)
    if mailbox.failing_since is not None and now - mailbox.failing_since >= PATIENCE:
        return UnreadMailbox(mailbox.failing_since, mailbox.last_error or "", is_paused=False)
    return None


def _mailbox_notice(mailbox: UnreadMailbox, user: User) -> Notice:
    if mailbox.is_paused:
        text = f"New mail does not arrive: an admin paused the mailbox on {mailbox.since:%Y-%m-%d %H:%M} UTC."
        return Notice("warning", text, url_for("admin_mail.index") if user.is_admin else None)
    text = f"New mail does not arrive: the mailbox has not been readable since {mailbox.since:%Y-%m-%d %H:%M} UTC."
    if not user.is_admin:
        return Notice("alarm", f"{text} An admin has to look into it.")
    return Notice("alarm", f"{text} {mailbox.error}".strip(), url_for("admin_mail.index"))
