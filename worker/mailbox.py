"""Mailboxes as bytes: the IMAP one, and what any mailbox promises. Knows no tickets."""

import imaplib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Protocol, Self

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from ticketapp.actions.ledger import SeenMail
from worker.imap_connection import ImapAccount, MailboxError, hang_up, in_time, plain_errors, signed_in

SIZES_AT_ONCE = 500
HEADER_LIMIT = 200_000


@dataclass(frozen=True, slots=True)
class Listed:
    """A mail in a mailbox, by UID, before its bytes are fetched. ``size`` in bytes as the server says."""

    uid: int
    size: int
    arrived_at: datetime


class Mailbox(Protocol):
    """A folder of mails with ascending UIDs, open between enter and exit. Raises ``MailboxError`` throughout."""

    uidvalidity: int
    uidnext: int | None
    count: int | None
    """How many mails lay in the folder when it was opened."""
    moves: bool
    """Whether mails leave the folder when they are settled."""
    complaint: str | None
    """What is wrong with single mails that were passed over for now, as a sentence."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def above(self, uid: int) -> list[Listed]:
        """The mails with a higher UID, ascending."""
        ...

    def bodies(self, listed: Sequence[Listed]) -> list[SeenMail]:
        """These mails with their bytes, ascending; one that is gone is left out, one whose bytes the server does not
        hand over comes with its header only."""
        ...

    def header(self, listed: Listed) -> SeenMail:
        """This mail with its header only."""
        ...

    def settle(self, uids: Sequence[int]) -> None:
        """Do with these recorded mails what the setting says: leave them, mark them seen, or move them."""
        ...


class ImapMailbox:
    """A folder on an IMAP server; certificates are always checked, except where no TLS is used at all."""

    def __init__(self, account: ImapAccount) -> None:
        self._account = account
        self.moves = account.after == "move"
        self._client: IMAPClient | None = None
        self.uidvalidity = 0
        self.uidnext: int | None = None
        self.count: int | None = None
        self.complaint: str | None = None

    def __enter__(self) -> Self:
        self._client = signed_in(self._account)
        try:
            with plain_errors(self._account.host), in_time(self._client, self._account):
                selected = self._client.select_folder(self._account.folder)
        except BaseException:
            hang_up(self._client)
            raise
        self.uidvalidity = int(selected[b"UIDVALIDITY"])
        self.uidnext = int(selected[b"UIDNEXT"]) if b"UIDNEXT" in selected else None
        self.count = int(selected[b"EXISTS"]) if b"EXISTS" in selected else None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._client is None:
            return
        try:
            if kind is None:
                self._client.logout()
            else:
                self._client.shutdown()
        except (IMAPClientError, imaplib.IMAP4.error, OSError):
            pass  # the work is done or failed already; a goodbye that is not heard changes nothing
        self._client = None

    def above(self, uid: int) -> list[Listed]:
        client = self._open
        with plain_errors(self._account.host):
            with in_time(client, self._account):
                client.noop()  # mail that came since the last command is in no search before (RFC 3501, 7.3.1)
                # "n:*" always holds the last mail, also where its UID is lower (RFC 3501, 6.4.8).
                uids = sorted(found for found in client.search(["UID", f"{uid + 1}:*"]) if found > uid)
            return [one for chunk in _chunks(uids, SIZES_AT_ONCE) for one in self._sizes(client, chunk)]

    def bodies(self, listed: Sequence[Listed]) -> list[SeenMail]:
        client, about = self._open, {one.uid: one for one in listed}
        size = sum(one.size for one in listed)
        with plain_errors(self._account.host), in_time(client, self._account, size=size):
            fetched = client.fetch(list(about), ["BODY.PEEK[]"])
            self._check_missing(client, sorted(about.keys() - fetched.keys()))
        bodies = {uid: fetched[uid].get(b"BODY[]") for uid in sorted(fetched.keys() & about.keys())}
        return [
            self.header(about[uid])
            if body is None  # some servers answer NIL for a mail that they cannot read themselves
            else SeenMail(uid=uid, size=len(body), arrived_at=about[uid].arrived_at, raw=body)
            for uid, body in bodies.items()
        ]

    def header(self, listed: Listed) -> SeenMail:
        client = self._open
        with plain_errors(self._account.host), in_time(client, self._account, size=HEADER_LIMIT):
            fetched = client.fetch([listed.uid], [f"BODY.PEEK[HEADER]<0.{HEADER_LIMIT}>"])
        parts = fetched.get(listed.uid, {})
        found = next((value for key, value in parts.items() if key.startswith(b"BODY[HEADER]")), b"")
        return SeenMail(
            uid=listed.uid, size=listed.size, arrived_at=listed.arrived_at, raw=None, header=found or b"\n"
        )

    def settle(self, uids: Sequence[int]) -> None:
        if not uids or self._account.after == "leave":
            return
        client = self._open
        with plain_errors(self._account.host), in_time(client, self._account):
            if self._account.after == "seen":
                client.add_flags(list(uids), [b"\\Seen"], silent=True)
            else:
                self._move(client, list(uids))

    @property
    def _open(self) -> IMAPClient:
        if self._client is None:
            raise MailboxError("The mailbox is not open.")
        return self._client

    def _sizes(self, client: IMAPClient, uids: Sequence[int]) -> Iterator[Listed]:
        with in_time(client, self._account):
            about = client.fetch(uids, ["RFC822.SIZE", "INTERNALDATE"])
        self._check_missing(client, sorted(set(uids) - about.keys()))
        for uid in sorted(about.keys() & set(uids)):
            arrived = about[uid].get(b"INTERNALDATE") or datetime.now(UTC)
            yield Listed(uid, int(about[uid].get(b"RFC822.SIZE") or 0), arrived)

    def _check_missing(self, client: IMAPClient, missing: Sequence[int]) -> None:
        """A mail deleted meanwhile may be missing; one that is still there must not be passed over for ever."""
        if missing and set(missing) & set(client.search(["UID", ",".join(map(str, missing))])):
            raise MailboxError(f"{self._account.host} listed mails but did not hand them over.")

    def _move(self, client: IMAPClient, uids: list[int]) -> None:
        target = self._account.after_folder
        if not client.folder_exists(target):
            client.create_folder(target)
        if client.has_capability("MOVE"):
            client.move(uids, target)
            return
        client.copy(uids, target)
        client.add_flags(uids, [b"\\Deleted"], silent=True)
        if client.has_capability("UIDPLUS"):
            client.uid_expunge(uids)


def _chunks(uids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (uids[start : start + size] for start in range(0, len(uids), size))
