"""What any mailbox promises, as bytes. Knows no tickets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

from ticketapp.actions.ledger import SeenMail

GLANCED_FIELDS = ("MESSAGE-ID", "DATE", "FROM", "TO", "SUBJECT")


@dataclass(frozen=True, slots=True)
class Listed:
    """A mail in a mailbox, by UID, before its bytes are fetched. ``size`` in bytes as the server says."""

    uid: int
    size: int
    arrived_at: datetime


@dataclass(frozen=True, slots=True)
class Glance:
    """What tells a mail from others without its bytes: how it is listed, and the lines of its ``GLANCED_FIELDS``."""

    listed: Listed
    fields: bytes


class Mailbox(Protocol):
    """A folder of mails with ascending UIDs, open between enter and exit. Raises ``MailboxError`` throughout."""

    uidvalidity: int
    uidnext: int | None
    count: int | None
    """How many mails lay in the folder when it was opened."""
    complaint: str | None
    """What is wrong with single mails that were passed over for now, as a sentence."""
    suspects_mails: bool
    """Whether a mail is to be looked for at which the server closes the connection, as polls went wrong for long."""
    is_settled: bool
    """Whether what the setting says could be done with all recorded mails."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def above(self, uid: int) -> list[Listed]:
        """The mails with a higher UID, ascending."""
        ...

    def around(self, uid: int, *, most: int) -> tuple[list[int], list[Listed]]:
        """The newest UIDs that are there up to this one, ascending, at most so many; and the mails above it.

        To be asked first: it goes by how many mails there were when the mailbox was opened."""
        ...

    def glances(self, uids: Sequence[int]) -> list[Glance]:
        """What tells these mails from others; one that is gone or of which not even that comes is left out."""
        ...

    def bodies(self, listed: Sequence[Listed]) -> list[SeenMail]:
        """These mails with their bytes, ascending; one that is gone is left out, one whose bytes the server does not
        hand over comes with its header only, an empty one where even that is not to be had.

        Where the server hands over nothing, of these mails or of others, that is an error."""
        ...

    def header(self, listed: Listed) -> SeenMail:
        """This mail with its header only."""
        ...

    def settle(self, uids: Sequence[int]) -> None:
        """Do with these recorded mails what the setting says: leave them, mark them seen, or move them."""
        ...
