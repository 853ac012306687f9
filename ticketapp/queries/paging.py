"""Long lists: a place to go on from, and a count that looks at no more than it must."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ticketapp.errors import InvalidInput

COUNT_CEILING = 1000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CURSOR = re.compile(r"(-?[0-9]{1,16})-([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a list, newest first: the row after which to go on."""

    created_at: datetime
    row_id: int

    def __str__(self) -> str:
        return f"{(self.created_at - EPOCH) // timedelta(microseconds=1)}-{self.row_id}"

    @classmethod
    def parse(cls, text: str, *, field: str = "after") -> "Cursor":
        """Read what ``str()`` wrote. Raises ``InvalidInput``."""
        written = CURSOR.fullmatch(text)
        if written is None:
            raise InvalidInput(field, f"{field} must be taken from a link of an earlier page.")
        return cls(EPOCH + timedelta(microseconds=int(written[1])), int(written[2]))


@dataclass(frozen=True, slots=True)
class BoundedCount:
    """How many tickets match: exact up to a ceiling, beyond that only that there are more."""

    number: int
    is_more: bool

    def __str__(self) -> str:
        return f"{self.number:,}+" if self.is_more else f"{self.number:,}"

    @classmethod
    def of(cls, found: int, *, ceiling: int) -> "BoundedCount":
        """What ``found`` tickets mean where no more than ``ceiling + 1`` were looked for."""
        return cls(min(found, ceiling), found > ceiling)
