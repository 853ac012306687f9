"""Standing notices across every page: what staff have to know about the state of the system."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import current_app, request, url_for

from ticketapp.ai import Availability, FailureKind
from ticketapp.clock import utc_now
from ticketapp.models import Mailbox, User
from ticketapp.outside import outside
from ticketapp.queries import classification, classification_settings, ledger, mailboxes

EXTENSION = "ticketapp.trouble_board"
ASKED_EVERY_SECONDS = 5.0
PATIENCE = timedelta(minutes=5)
# Here whoever waits for the machine is told why: the page of a ticket, and the form for a new one.
PLACES_OF_WAITING = ("tickets.show", "tickets.new", "tickets.create")


@dataclass(frozen=True, slots=True)
class Notice:
    """One banner: ``kind`` is note, warning or alarm; ``url`` leads to more."""

    kind: str
    text: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class UnreadMailbox:
    """A mailbox not read since ``since``: an admin paused it, nobody polls it, for what ``error`` may hint at, or for
    the reason ``error``. Or it is read, but for that reason its server cannot be told."""

    mailbox_id: int
    name: str
    since: datetime
    error: str = ""
    is_paused: bool = False
    is_unattended: bool = False
    is_unsettled: bool = False


@dataclass(frozen=True, slots=True)
class Credential:
    """Something a mailbox signs in with that ends soon, has ended, or is not renewed."""

    mailbox_id: int
    text: str
    has_ended: bool


@dataclass(frozen=True, slots=True)
class Troubles:
    """What is wrong: mailboxes that fail or are paused, whether others are read meanwhile, what of
    their credentials ends or is not renewed, why Gemini is left alone, and whether tickets wait for that."""

    mailboxes: tuple[UnreadMailbox, ...]
    is_only_mailbox: bool
    credentials: tuple[Credential, ...]
    gemini: Availability
    do_tickets_wait: bool = False


class TroubleBoard:
    """Asks database and gate for troubles at most every five seconds in a process, whatever is shown meanwhile."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked_at = -ASKED_EVERY_SECONDS
        self._troubles = Troubles((), is_only_mailbox=True, credentials=(), gemini=Availability())

    def troubles(self) -> Troubles:
        """The troubles as they were at most five seconds ago."""
        with self._lock:
            if time.monotonic() - self._asked_at >= ASKED_EVERY_SECONDS:
                self._troubles = _troubles_now(utc_now())
                self._asked_at = time.monotonic()
            return self._troubles


def board() -> TroubleBoard:
    """The board of this application."""
    found: TroubleBoard = current_app.extensions[EXTENSION]
    return found


def notices_for(user: User, board: TroubleBoard) -> list[Notice]:
    """The banners this member of staff is to see."""
    troubles = board.troubles()
    notices = [_mailbox_notice(mailbox, user, is_only=troubles.is_only_mailbox) for mailbox in troubles.mailboxes]
    if user.is_admin:
        notices.extend(_credential_notice(each) for each in troubles.credentials)
    if user.is_admin and not outside().classifier.is_configured:
        text = "Tickets are not classified: no Gemini API key is set. Set GEMINI_API_KEY and start the system again."
        notices.append(Notice("warning", text))
    elif user.is_admin or request.endpoint in PLACES_OF_WAITING:
        notices.extend(_pause_notices(troubles, user))
    return notices


def patience() -> timedelta:
    """How long a mailbox may go unread before staff are told, with the pace of polling that is set."""
    return mailboxes.patience(outside().config.poll_seconds)


def unread_hint(found: Sequence[Mailbox], now: datetime) -> str:
    """What may be wrong with a mailbox that nobody reads. A worker that reads others of ``found`` runs."""
    are_others_read = any(one.polled_at and now - one.polled_at <= patience() for one in found)
    return "Others are read; this one should be tested." if are_others_read else "Does the worker run?"


def _troubles_now(now: datetime) -> Troubles:
    found = ledger.mailboxes()
    hint = unread_hint(found, now)
    unread = tuple(trouble for mailbox in found if (trouble := _unread(mailbox, now, hint)) is not None)
    gemini = outside().classifier.availability(classification_settings.current().model)
    return Troubles(
        unread,
        is_only_mailbox=len(found) == 1,
        credentials=(*_endings(now), *_failing_renewals()),
        gemini=gemini,
        do_tickets_wait=gemini.kind is not None and classification.is_anything_waiting(),
    )


def _pause_notices(troubles: Troubles, user: User) -> list[Notice]:
    """None where nothing waits and the next question may be asked already."""
    kind, until = troubles.gemini.kind, troubles.gemini.until or 0.0
    is_over = kind is not None and not kind.awaits_an_admin and until <= utc_now().timestamp()
    if kind is None or (is_over and not troubles.do_tickets_wait):
        return []
    url = url_for("admin_runs.index") if user.is_admin else None
    if kind == FailureKind.REFUSED_KEY and user.is_admin:
        text = "Tickets are not classified: Gemini refused the API key. Check GEMINI_API_KEY."
        return [Notice("alarm", text, url)]
    text = _pause_sentence(kind, troubles.gemini.since or 0.0, do_tickets_wait=troubles.do_tickets_wait)
    return [Notice("alarm" if kind.awaits_an_admin else "warning", text, url)]


def _pause_sentence(kind: FailureKind, since: float, *, do_tickets_wait: bool) -> str:
    alone = f"Gemini has been left alone since {datetime.fromtimestamp(since, UTC):%Y-%m-%d %H:%M} UTC."
    what_is = f"Tickets wait to be classified: {alone}" if do_tickets_wait else alone
    if kind.awaits_an_admin:
        return f"{what_is} {kind.sentence}"
    then = (
        "It is asked again by itself, and what waits is classified then."
        if do_tickets_wait
        else "The next question after the pause tries it again."
    )
    return f"{what_is} {kind.sentence} {then}"


def _unread(mailbox: Mailbox, now: datetime, hint: str) -> UnreadMailbox | None:
    if mailbox.paused_at is not None:
        return UnreadMailbox(mailbox.id, mailbox.name, mailbox.paused_at, is_paused=True)
    if mailbox.failing_since is not None and now - mailbox.failing_since >= PATIENCE:
        since, error = mailbox.failing_since, mailbox.last_error or ""
        return UnreadMailbox(mailbox.id, mailbox.name, since, error)
    unread_since = mailbox.unread_since(now, patience=patience())
    if unread_since is not None:
        return UnreadMailbox(mailbox.id, mailbox.name, unread_since, hint, is_unattended=True)
    if mailbox.unsettled_since is not None and now - mailbox.unsettled_since >= PATIENCE:
        since, error = mailbox.unsettled_since, mailbox.last_error or ""
        return UnreadMailbox(mailbox.id, mailbox.name, since, error, is_unsettled=True)
    return None


def _endings(now: datetime) -> list[Credential]:
    return [
        Credential(
            one.mailbox_id,
            f"The {one.what} of {one.mailbox_name} {'ended' if one.at <= now else 'ends'} on {one.at:%Y-%m-%d}: "
            "get a new one and enter it, so that mail goes on arriving.",
            has_ended=one.at <= now,
        )
        for one in mailboxes.expiries()
        if one.is_near(now)
    ]


def _failing_renewals() -> list[Credential]:
    return [
        Credential(
            account.mailbox_id,
            f"The access token of {account.mailbox.name} is not renewed: {account.renewal_error}",
            has_ended=account.mailbox.failing_since is not None,
        )
        for account in mailboxes.failing_renewals()
    ]


def _credential_notice(credential: Credential) -> Notice:
    url = url_for("admin_mailboxes.show", mailbox_id=credential.mailbox_id)
    return Notice("alarm" if credential.has_ended else "warning", credential.text, url)


def _mailbox_notice(mailbox: UnreadMailbox, user: User, *, is_only: bool) -> Notice:
    mail, which = ("New mail", "the mailbox") if is_only else (f"New mail to {mailbox.name}", "that mailbox")
    url = url_for("admin_mailboxes.show", mailbox_id=mailbox.mailbox_id) if user.is_admin else None
    if mailbox.is_paused:
        text = f"{mail} does not arrive: an admin paused {which} on {mailbox.since:%Y-%m-%d %H:%M} UTC."
        return Notice("warning", text, url)
    if mailbox.is_unsettled:
        since = f"{mailbox.since:%Y-%m-%d %H:%M} UTC"
        text = f"{mail} arrives, but since {since} it cannot be marked or moved on the server as set."
        return Notice("warning", f"{text} {mailbox.error}".strip() if user.is_admin else text, url)
    if mailbox.is_unattended:
        since = f"{mailbox.since:%Y-%m-%d %H:%M} UTC"
        return Notice(
            "alarm", f"{mail} does not arrive: {which} has not been read since {since}. {mailbox.error}", url
        )
    text = f"{mail} does not arrive: {which} has not been readable since {mailbox.since:%Y-%m-%d %H:%M} UTC."
    if not user.is_admin:
        return Notice("alarm", f"{text} An admin has to look into it.")
    return Notice("alarm", f"{text} {mailbox.error}".strip(), url)
