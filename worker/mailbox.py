"""An IMAP folder as bytes. Knows no tickets."""

import imaplib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from ticketapp.actions.ledger import SeenMail
from worker.any_mailbox import GLANCED_FIELDS, Glance, Listed
from worker.imap_connection import ImapAccount, MailboxError, hang_up, in_time, plain_errors, signed_in

SIZES_AT_ONCE = 500
HEADER_LIMIT = 200_000
GLANCE_BYTES = 1_024
FIELDS = f"BODY.PEEK[HEADER.FIELDS ({' '.join(GLANCED_FIELDS)})]"
OTHERS_TRIED = 3
MOST_CUTS = 20
# How often in a row it is waited for an answer in vain.
MOST_SILENCES = 4
# What imaplib writes where a connection ended without BYE, which names a reason (RFC 3501, 7.1.5).
NETWORK_FAILED = "socket error"
Parts = dict[bytes, Any]
FOR_A_WHILE = re.compile(r"\[(?:UNAVAILABLE|LIMIT|OVERQUOTA|INUSE|THROTTLED)\]", re.IGNORECASE)


class ImapMailbox:
    """A folder on an IMAP server; certificates are always checked, except where no TLS is used at all."""

    def __init__(self, account: ImapAccount) -> None:
        self._account = account
        self._client: IMAPClient | None = None
        self.uidvalidity = 0
        self.uidnext: int | None = None
        self.count: int | None = None
        self.complaint: str | None = None
        self.suspects_mails = False
        self.is_settled = True
        self._cuts = 0

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
                with in_time(self._client, self._account):
                    self._client.logout()
            else:
                self._client.shutdown()
        except (IMAPClientError, imaplib.IMAP4.error, OSError):
            hang_up(self._client)  # the work is done or failed already; a goodbye that is not heard changes nothing
        self._client = None

    def above(self, uid: int) -> list[Listed]:
        client = self._open
        with plain_errors(self._account.host), in_time(client, self._account):
            client.noop()  # mail that came since the last command is in no search before (RFC 3501, 7.3.1)
        return self._listed(self._uids_above(uid))

    def around(self, uid: int, *, most: int) -> tuple[list[int], list[Listed]]:
        # Before NOOP: what is above are then the last of the mails that were counted with SELECT.
        above = self._uids_above(uid)
        last = max(0, (self.count or 0) - len(above))
        return self._uids_at(max(1, last - most + 1), last), self._listed(above)

    def glances(self, uids: Sequence[int]) -> list[Glance]:
        suspected, self.suspects_mails = self.suspects_mails, True  # the others tell as well
        try:
            found = self._fetched(uids, ["RFC822.SIZE", "INTERNALDATE", FIELDS])
        finally:
            self.suspects_mails = suspected
        return [
            Glance(_about(uid, parts or {}), value)
            for uid, parts in found.items()
            for key, value in (parts or {}).items()
            if key.startswith(b"BODY[HEADER.FIELDS") and value is not None
        ]

    def bodies(self, listed: Sequence[Listed]) -> list[SeenMail]:
        about = {one.uid: one for one in listed}
        handed = self._asked(list(about), "BODY.PEEK[]", size=sum(one.size for one in listed))
        # Some servers answer NIL or nothing at all for a mail that they cannot read themselves.
        bodies = {uid: body if body or not about[uid].size else None for uid, body in handed.items()}
        self._check_well(bodies)
        return [
            self._by_header(about[uid])
            if body is None
            else SeenMail(uid=uid, size=len(body), arrived_at=about[uid].arrived_at, raw=body)
            for uid, body in sorted(bodies.items())
        ]

    def header(self, listed: Listed) -> SeenMail:
        mail = self._by_header(listed)
        if not mail.header:
            self._check_well({listed.uid: None})
        return mail

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

    def _uids_above(self, uid: int) -> list[int]:
        client = self._open
        with plain_errors(self._account.host), in_time(client, self._account):
            # "n:*" always holds the last mail, also where its UID is lower (RFC 3501, 6.4.8).
            return sorted(found for found in client.search(["UID", f"{uid + 1}:*"]) if found > uid)

    def _uids_at(self, first: int, last: int) -> list[int]:
        """The UIDs at these places of the folder, counted from 1."""
        if first > last:
            return []
        client = self._open
        with plain_errors(self._account.host), in_time(client, self._account):
            return sorted(client.search([f"{first}:{last}"]))

    def _listed(self, uids: Sequence[int]) -> list[Listed]:
        chunks = _chunks(uids, SIZES_AT_ONCE)
        about = (self._fetched(chunk, ["RFC822.SIZE", "INTERNALDATE"]) for chunk in chunks)
        return [_about(uid, parts or {}) for found in about for uid, parts in sorted(found.items())]

    def _by_header(self, listed: Listed) -> SeenMail:
        header = self._asked([listed.uid], f"BODY.PEEK[HEADER]<0.{HEADER_LIMIT}>", size=HEADER_LIMIT)
        return SeenMail(
            uid=listed.uid,
            size=listed.size,
            arrived_at=listed.arrived_at,
            raw=None,
            header=header.get(listed.uid) or b"",
        )

    def _asked(self, uids: Sequence[int], item: str, *, size: int) -> dict[int, bytes | None]:
        """This part of the mails that are there; None for what is not handed over."""
        name = item.replace(".PEEK", "").partition("<")[0].encode()
        return {
            uid: next((value for key, value in (parts or {}).items() if key.startswith(name)), None)
            for uid, parts in self._fetched(uids, [item], size=size).items()
        }

    def _fetched(
        self, uids: Sequence[int], items: Sequence[str], *, size: int = 0, again: bool = False
    ) -> dict[int, Parts | None]:
        """What the server says of the mails that are there; None for a single one that it does not hand over.

        Where it refuses many at once, half of them are asked for, down to the one at fault; that is blamed for an end
        of the connection only when it comes ``again``. Where it falls silent, each is asked for by itself.
        """
        client = self._open
        try:
            with plain_errors(self._account.host), in_time(client, self._account, size=size):
                fetched: dict[int, Parts] = client.fetch(uids, items)
        except MailboxError as error:
            is_silent = isinstance(error.__cause__, TimeoutError)
            is_cut = not _is_refusal(error)
            if is_cut:
                self._reopen(error)
            if len(uids) == 1 and is_cut and not is_silent and not again:
                return self._fetched(uids, items, size=size, again=True)
            if len(uids) == 1:
                return dict.fromkeys(self._still_there(uids))
            found: dict[int, Parts | None] = {}
            for some in _chunks(uids, 1 if is_silent else (len(uids) + 1) // 2):
                found |= self._fetched(some, items, size=size)
            return found
        if fetched:
            self._cuts = 0
        missing = [uid for uid in uids if uid not in fetched]
        # Answers about other mails come unasked at any time (RFC 3501, 7.4.2).
        handed = {uid: fetched[uid] for uid in uids if uid in fetched}
        return handed | dict.fromkeys(self._still_there(missing))

    def _still_there(self, uids: Sequence[int]) -> list[int]:
        """A mail deleted meanwhile may be missing; one that is still there must not be passed over for ever."""
        if not uids:
            return []
        client = self._open
        with plain_errors(self._account.host), in_time(client, self._account):
            return sorted(set(uids) & set(client.search(["UID", ",".join(map(str, uids))])))

    def _reopen(self, error: MailboxError) -> None:
        """Go on over another connection where the server said goodbye, or polls were cut off or not answered for so
        long that a mail may be at fault. Raises the error for anything else: it says nothing about a mail."""
        cause = error.__cause__
        is_cut = isinstance(cause, imaplib.IMAP4.abort | OSError)
        is_goodbye = isinstance(cause, imaplib.IMAP4.abort) and NETWORK_FAILED not in str(cause)
        most = MOST_SILENCES if isinstance(cause, TimeoutError) else MOST_CUTS
        if not is_cut or self._cuts >= most or not (is_goodbye or self.suspects_mails):
            raise error
        self._cuts += 1
        uidvalidity = self.uidvalidity
        hang_up(self._open)
        self.__enter__()
        if self.uidvalidity != uidvalidity:
            raise error

    def _check_well(self, bodies: Mapping[int, bytes | None]) -> None:
        """A mail is at fault only where the server hands over another one, or it is alone and polls went wrong for
        long; else the server is, and nothing is taken in."""
        refused = [uid for uid, body in bodies.items() if body is None]
        if refused and len(refused) == len(bodies) and not self._hands_over_others(refused):
            raise MailboxError(f"{self._account.host} listed mails but did not hand them over.")

    def _hands_over_others(self, uids: Sequence[int]) -> bool:
        client = self._open
        with plain_errors(self._account.host), in_time(client, self._account):
            others = [uid for uid in sorted(client.search()) if uid not in uids]
        if not others:
            # Nothing tells which is at fault; a mail that is set apart is asked for again.
            return self.suspects_mails and len(uids) == 1
        asked = (self._asked([uid], f"BODY.PEEK[]<0.{GLANCE_BYTES}>", size=0) for uid in others[-OTHERS_TRIED:])
        return any(any(handed.values()) for handed in asked)

    def _move(self, client: IMAPClient, uids: list[int]) -> None:
        target = self._account.after_folder
        if not client.folder_exists(target):
            client.create_folder(target)
        if client.has_capability("MOVE"):
            client.move(uids, target)
            return
        # One that was copied stays, marked as deleted, where the server cannot remove single mails.
        left = sorted(set(uids) & set(client.search(["UNDELETED", "UID", ",".join(map(str, uids))])))
        if left:
            client.copy(left, target)
            client.add_flags(left, [b"\\Deleted"], silent=True)
        if client.has_capability("UIDPLUS"):
            client.uid_expunge(uids)


def _is_refusal(error: MailboxError) -> bool:
    """Whether the server refused what was asked for, rather than anything at all for a while (RFC 5530)."""
    cause = error.__cause__
    is_refused = isinstance(cause, imaplib.IMAP4.error) and not isinstance(cause, imaplib.IMAP4.abort)
    return is_refused and not FOR_A_WHILE.search(str(cause))


def _about(uid: int, parts: Parts) -> Listed:
    return Listed(uid, int(parts.get(b"RFC822.SIZE") or 0), _utc(parts.get(b"INTERNALDATE")))


def _utc(moment: datetime | None) -> datetime:
    """Now, where the server names none or one that no calendar has, as in a time zone of 99 hours."""
    try:
        return moment.astimezone(UTC) if moment else datetime.now(UTC)
    except (ValueError, OverflowError):
        return datetime.now(UTC)


def _chunks(uids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (uids[start : start + size] for start in range(0, len(uids), size))
