"""The mails in files, folders, mbox files and Maildirs, as the ledger wants them."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from ticketapp.actions.ledger import SeenMail
from ticketapp.cli.mail_places import Kind, places
from ticketapp.cli.mbox import HEADER_BYTES, StoredMail, header_of, read_mbox
from ticketapp.mail.dates import read_date
from ticketapp.mail.headers import read_headers
from ticketapp.queries.ledger import IMPORTED

MAILBOX_NAME_LIMIT = 400
# A mail dated before this was written by a broken clock.
EARLIEST = datetime(1982, 8, 13, tzinfo=UTC)
_MAILDIR_TIME = re.compile(r"(\d{9,11})\.")
_FROM_LINE_DATE = re.compile(rb"From .*?\b((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b.*|\d{4}-\d{1,2}-\d{1,2}.*)")


@dataclass(frozen=True, slots=True)
class FoundMail:
    """A mail found in a file: the ledger's name of its mailbox, and the mail or why it cannot be read."""

    mailbox: str
    mail: SeenMail | None
    complaint: str = ""


def find_mails(paths: Sequence[Path], *, limit: int) -> Iterator[FoundMail]:
    """Every mail in these files and folders, and in the folders inside.

    Single files come first, in the order in which they arrived, because an answer finds its ticket only after the
    mail it answers. Mails over ``limit`` bytes come with their header alone; what cannot be read is a complaint.
    """
    found = [place for path in paths for place in places(path)]
    singles = [place.path for place in found if place.kind == Kind.MAIL]
    dated = sorted((_arrival_by_header(file), number, file) for number, file in enumerate(singles))
    for arrived_at, _, file in dated:
        yield _read_single(file, _mailbox_name(file.parent), arrived_at, limit)
    for place in found:
        if place.kind == Kind.MAILDIR:
            yield from _maildir(place.path, limit)
        elif place.kind == Kind.MBOX:
            yield from _mbox(place.path, limit)
        elif place.kind == Kind.NONE:
            yield FoundMail("", None, f"{place.path} {place.complaint}")


def _maildir(path: Path, limit: int) -> Iterator[FoundMail]:
    files = [file for part in ("cur", "new") if (path / part).is_dir() for file in (path / part).iterdir()]
    name = _mailbox_name(path)
    dated = sorted((_arrival_in_maildir(file), file.name, file) for file in files if not file.name.startswith("."))
    for arrived_at, _, file in dated:
        yield _read_single(file, name, arrived_at, limit)


def _mbox(path: Path, limit: int) -> Iterator[FoundMail]:
    name = _mailbox_name(path)
    try:
        with path.open("rb") as file:
            for stored in read_mbox(file, limit=limit):
                if stored.size:
                    yield FoundMail(name, _seen(stored, _arrival_in_mbox(stored, path)))
                else:
                    separator = stored.separator.decode("ascii", "backslashreplace").strip()
                    yield FoundMail(name, None, f'{path} has no mail behind the line "{separator}"')
    except OSError as error:
        yield FoundMail(name, None, f"{path} cannot be read: {error.strerror}")


def _read_single(path: Path, mailbox: str, arrived_at: datetime, limit: int) -> FoundMail:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            data = file.read(HEADER_BYTES if size > limit else -1)
    except OSError as error:
        return FoundMail(mailbox, None, f"{path} cannot be read: {error.strerror}")
    if not data.strip():
        return FoundMail(mailbox, None, f"{path} is empty")
    data = _unwrapped(data) if path.suffix.lower() == ".emlx" else data
    if size > limit:
        stored = StoredMail(separator=b"", size=size, raw=None, header=header_of(data))
    else:
        stored = StoredMail(separator=b"", size=len(data), raw=data)
    return FoundMail(mailbox, _seen(stored, arrived_at))


def _unwrapped(data: bytes) -> bytes:
    """The mail in a file of Apple Mail, which writes its length before it and a property list behind it."""
    length, end, rest = data.partition(b"\n")
    return rest[: int(length)] if end and re.fullmatch(rb"\d{1,12}\s*", length) else data


def _seen(stored: StoredMail, arrived_at: datetime) -> SeenMail:
    seen = SeenMail(uid=0, size=stored.size, arrived_at=arrived_at, raw=stored.raw, header=stored.header)
    # Files have no UIDs: a number made of the bytes stays the same however often and in which order they are read.
    return replace(seen, uid=int(seen.sha256[:15], 16))


def _arrival_by_header(path: Path) -> datetime:
    try:
        with path.open("rb") as file:
            return _date_in(file.read(HEADER_BYTES)) or _modified(path)
    except OSError:  # reading it will say so
        return EARLIEST


def _arrival_in_maildir(path: Path) -> datetime:
    named = _MAILDIR_TIME.match(path.name)
    return datetime.fromtimestamp(int(named[1]), UTC) if named else _modified(path)


def _arrival_in_mbox(stored: StoredMail, path: Path) -> datetime:
    named = _FROM_LINE_DATE.match(stored.separator)
    by_separator = _credible(named[1].decode("latin-1")) if named else None
    kept = stored.raw if stored.raw is not None else stored.header or b""
    return by_separator or _date_in(kept) or _modified(path)


def _date_in(mail: bytes) -> datetime | None:
    headers, _ = read_headers(mail, 0, len(mail))
    return _credible(headers.first("date").decode("latin-1"))


def _credible(text: str) -> datetime | None:
    try:
        found = read_date(text)
        moment = found.astimezone(UTC) if found else None
    except OverflowError:
        return None
    return moment if moment and moment >= EARLIEST else None


def _modified(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:  # a Maildir in use renames its files; reading this one will say so
        return EARLIEST


def _mailbox_name(path: Path) -> str:
    absolute = os.fsencode(path.absolute()).decode(errors="backslashreplace")
    if len(absolute) > MAILBOX_NAME_LIMIT:
        absolute = f"{absolute[: MAILBOX_NAME_LIMIT - 65]}#{sha256(absolute.encode()).hexdigest()}"
    return IMPORTED + absolute
