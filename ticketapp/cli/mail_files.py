"""Where mails lie in files: single ones, folders of them, mbox files and Maildirs, as the ledger wants them."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from ticketapp.actions.ledger import SeenMail
from ticketapp.cli.mbox import HEADER_BYTES, PIECE_BYTES, StoredMail, begins_mail, header_of, read_mbox
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
    """Every mail in these files and folders; single files come first, in the order in which they arrived.

    The order matters, because an answer finds its ticket only after the mail it answers. Mails over ``limit`` bytes
    come with their header alone; what cannot be read comes as a complaint.
    """
    singles = [file for path in paths for file in _single_files(path)]
    dated = sorted((_arrival_by_header(file), number, file) for number, file in enumerate(singles))
    for arrived_at, _, file in dated:
        yield _read_single(file, _mailbox_name(file.parent), arrived_at, limit)
    for path in paths:
        if is_maildir(path):
            yield from _maildir(path, limit)
        elif is_mbox(path):
            yield from _mbox(path, limit)
        elif path.is_dir() and not _single_files(path):
            yield FoundMail("", None, f"{path} is a folder without .eml files, and no Maildir")


def is_maildir(path: Path) -> bool:
    """Whether this is a folder laid out as a Maildir."""
    return (path / "cur").is_dir() or (path / "new").is_dir()


def is_mbox(path: Path) -> bool:
    """Whether this file is an mbox: not called .eml, and beginning with a From_ line."""
    if path.is_dir() or path.suffix.lower() == ".eml":
        return False
    try:
        with path.open("rb") as file:
            return begins_mail(file.readline(PIECE_BYTES), is_after_blank=True)
    except OSError:
        return False


def _single_files(path: Path) -> list[Path]:
    if path.is_dir():
        return [] if is_maildir(path) else sorted(p for p in path.iterdir() if p.suffix.lower() == ".eml")
    return [] if is_mbox(path) else [path]


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
    if size > limit:
        stored = StoredMail(separator=b"", size=size, raw=None, header=header_of(data))
    else:
        stored = StoredMail(separator=b"", size=len(data), raw=data)
    return FoundMail(mailbox, _seen(stored, arrived_at))


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
