"""Which mailboxes a beat of the clock has polled: those that are due, and a Maildir only where something came."""

import time
from pathlib import Path

from ticketapp.actions import ledger
from ticketapp.clock import utc_now
from ticketapp.outside import Outside
from ticketapp.queries.mailboxes import InService
from worker import accounts
from worker.maildir import Watch

MAILDIR_AT_LEAST_SECONDS = 30.0
# The embedded Maildir is looked at twice a second, which no mail server would like.
BESIDE_MAILDIR_SECONDS = 15.0


class Rounds:
    """What is polled when the clock strikes; an idle Maildir alone costs no statement."""

    def __init__(self) -> None:
        self._watch = Watch(at_least_every_seconds=MAILDIR_AT_LEAST_SECONDS)
        self._looked_at = -BESIDE_MAILDIR_SECONDS

    def due(self, outside: Outside) -> list[int]:
        """The ids of the mailboxes to poll now, that of the environment first."""
        maildir = _maildir(outside)
        is_quiet = maildir is not None and self._watch.is_quiet(maildir)
        are_servers_due = maildir is None or time.monotonic() - self._looked_at >= BESIDE_MAILDIR_SECONDS
        if is_quiet and not are_servers_due:
            return []
        try:
            found = _due(outside)
        except BaseException:
            self.forget(outside)
            raise
        environment = outside.config.mailbox_name
        if all(one.name != environment for one in found):
            self.forget(outside)
        if are_servers_due:
            self._looked_at = time.monotonic()
        return [one.mailbox_id for one in found if (not is_quiet if one.name == environment else are_servers_due)]

    def forget(self, outside: Outside) -> None:
        """A poll that was due did not come to its end: the Maildir is polled next time, whatever it looks like."""
        maildir = _maildir(outside)
        if maildir is not None:
            self._watch.forget(maildir)


def _maildir(outside: Outside) -> Path | None:
    return None if outside.config.imap_host else outside.config.maildir


def _due(outside: Outside) -> list[InService]:
    lease_seconds, pause_seconds = outside.config.mailbox_lease_seconds, ledger.LONGEST_PAUSE_SECONDS
    return [
        one
        for one in accounts.in_service(outside)
        if one.is_due(utc_now(), lease_seconds=lease_seconds, pause_seconds=pause_seconds)
    ]
