"""A local Maildir as a mailbox: the embedded default's, read through the same code path as IMAP."""

import fcntl
import os
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from ticketapp.actions.ledger import SeenMail
from worker.any_mailbox import Glance, Listed
from worker.imap_connection import MailboxError
from worker.mailbox import HEADER_LIMIT

UID_LIST = "ticketapp-uids"
_deliveries = count(1)


class MaildirMailbox:
    """A Maildir (https://cr.yp.to/proto/maildir.html) whose UIDs are kept in a list beside it.

    A file has its UID on disk before it is shown; a list that is lost means a new UIDVALIDITY, as with IMAP.
    """

    def __init__(self, root: Path, *, after: str = "leave", after_folder: str = "") -> None:
        self._root = root
        self._after = after
        self._after_folder = after_folder
        self._names: dict[int, str] = {}
        self._paths: dict[str, Path] = {}
        self.uidvalidity = 0
        self.uidnext: int | None = None
        self.count: int | None = None
        self.complaint: str | None = None
        self.suspects_mails = False
        self.is_settled = True

    def __enter__(self) -> Self:
        try:
            make_maildir(self._root)
            with self._locked():
                self._read_list()
                paths = {_base(path.name): path for path in self._files()}
                self._paths = {name: path for name, path in paths.items() if _is_readable(path)}
                self._leave_out({name: paths[name] for name in paths.keys() - self._paths.keys()})
                self._number(self._paths.keys() - self._names.values())
        except OSError as error:
            raise MailboxError(f"The Maildir {self._root} cannot be read: {error}") from error
        self.uidnext = max(self._names, default=0) + 1
        self.count = len(paths)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._paths = {}

    def above(self, uid: int) -> list[Listed]:
        found = sorted((number, self._paths[name]) for number, name in self._names.items() if name in self._paths)
        return [_listed(number, path) for number, path in found if number > uid and path.exists()]

    def around(self, uid: int, *, most: int) -> tuple[list[int], list[Listed]]:
        older = sorted(number for number, name in self._names.items() if name in self._paths and number <= uid)
        return older[-most:], self.above(uid)

    def glances(self, uids: Sequence[int]) -> list[Glance]:
        return [glance for uid in uids if (glance := self._glance(uid)) is not None]

    def bodies(self, listed: Sequence[Listed]) -> list[SeenMail]:
        return [mail for one in listed if (mail := self._body(one)) is not None]

    def header(self, listed: Listed) -> SeenMail:
        with self._paths[self._names[listed.uid]].open("rb") as file:
            start = file.read(HEADER_LIMIT)
        head, _, _ = start.replace(b"\r\n", b"\n").partition(b"\n\n")
        return SeenMail(
            uid=listed.uid, size=listed.size, arrived_at=listed.arrived_at, raw=None, header=head + b"\n\n"
        )

    def settle(self, uids: Sequence[int]) -> None:
        if self._after == "leave":
            return
        target = self._root if self._after == "seen" else self._root / f".{self._after_folder}"
        paths = [self._paths.get(self._names.get(uid, "")) for uid in uids]
        try:
            make_maildir(target)
            for path in filter(None, paths):
                if path.exists():
                    path.rename(target / "cur" / f"{path.name.partition(':2,')[0]}:2,S")
        except OSError as error:
            raise MailboxError(f"Mails cannot be put into {target}: {error.strerror or error}.") from error

    def _glance(self, uid: int) -> Glance | None:
        try:
            listed = _listed(uid, self._paths[self._names[uid]])
            return Glance(listed, self.header(listed).header or b"")
        except OSError:
            return None

    def _body(self, listed: Listed) -> SeenMail | None:
        try:
            raw = self._paths[self._names[listed.uid]].read_bytes()
        except (FileNotFoundError, PermissionError):
            return None  # gone, or left out by the next poll, which says so
        return SeenMail(uid=listed.uid, size=len(raw), arrived_at=listed.arrived_at, raw=raw)

    def _files(self) -> Iterator[Path]:
        for folder in ("new", "cur"):
            for path in (self._root / folder).iterdir():
                if path.is_file() and not path.name.startswith("."):
                    yield path

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self._root / f"{UID_LIST}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _read_list(self) -> None:
        path = self._root / UID_LIST
        text = path.read_text() if path.exists() else ""
        whole = text[: text.rfind("\n") + 1]  # a line cut off by a crash: its file gets the same number again
        if not whole:
            whole = f"{time.time_ns() // 1_000_000}\n"
        if whole != text:
            _write(path, whole, mode="w")
        first, *lines = whole.splitlines()
        self.uidvalidity = int(first)
        self._names = {int(number): name for number, _, name in (line.partition(" ") for line in lines)}

    def _leave_out(self, unreadable: dict[str, Path]) -> None:
        """Pass over files that may not be read: each gets a UID, or a new one, once it may, and is not forgotten."""
        if unreadable:
            example = min(str(path.relative_to(self._root)) for path in unreadable.values())
            self.complaint = (
                f"{len(unreadable)} of the files in the Maildir may not be read, such as {example!r}. "
                "It is tried again; the others are read."
            )
        numbered = {number: name for number, name in self._names.items() if name in unreadable}
        if numbered:
            self._names |= dict.fromkeys(numbered, "")  # the number itself is never given again
            lines = [f"{self.uidvalidity}\n", *(f"{number} {name}\n" for number, name in self._names.items())]
            _replace(self._root / UID_LIST, "".join(lines))

    def _number(self, names: set[str]) -> None:
        if not names:
            return
        ordered = sorted(names, key=lambda name: (self._paths[name].stat().st_mtime_ns, name))
        numbered = dict(enumerate(ordered, max(self._names, default=0) + 1))
        _write(self._root / UID_LIST, "".join(f"{number} {name}\n" for number, name in numbered.items()), mode="a")
        self._names |= numbered


def make_maildir(root: Path) -> None:
    """Make the folders of a Maildir where they are missing."""
    for folder in ("tmp", "new", "cur"):
        (root / folder).mkdir(parents=True, exist_ok=True)


def deliver(root: Path, raw: bytes) -> Path:
    """Deliver a mail into a Maildir; it is on disk, whole, when this returns."""
    make_maildir(root)
    host = socket.gethostname().replace("/", "_").replace(":", "_")
    name = f"{time.time_ns()}.{os.getpid()}_{next(_deliveries)}.{host}"
    draft, final = root / "tmp" / name, root / "new" / name
    with draft.open("xb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(final)
    folder = os.open(root / "new", os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return final


class Watch:
    """Remembers how Maildirs looked when they were last polled, so that an idle one costs two stat calls a poll."""

    def __init__(self, *, at_least_every_seconds: float) -> None:
        self._every = at_least_every_seconds
        self._seen: dict[Path, tuple[tuple[int, ...], float]] = {}

    def is_quiet(self, root: Path) -> bool:
        """Whether nothing came or went since the last call that said no, which was not long ago."""
        look, now = _look(root), time.monotonic()
        before, at = self._seen.get(root, ((), 0.0))
        if look == before and now - at < self._every:
            return True
        self._seen[root] = (look, now)
        return False

    def forget(self, root: Path) -> None:
        """The poll that was due did not come to its end: the next call says no."""
        self._seen.pop(root, None)


def _look(root: Path) -> tuple[int, ...]:
    return tuple((root / folder).stat().st_mtime_ns if (root / folder).exists() else 0 for folder in ("new", "cur"))


def _write(path: Path, text: str, *, mode: str) -> None:
    with path.open(mode) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _replace(path: Path, text: str) -> None:
    draft = path.with_name(f"{path.name}.draft")
    _write(draft, text, mode="w")
    draft.rename(path)


def _is_readable(path: Path) -> bool:
    """Whether it may be read; a link may not, since it could lead to anything outside the Maildir."""
    return not path.is_symlink() and os.access(path, os.R_OK, effective_ids=os.access in os.supports_effective_ids)


def _base(filename: str) -> str:
    """What stays of a file's name when its flags change, as one line of plain characters."""
    return quote(os.fsencode(filename.partition(":2,")[0]), safe="")


def _listed(uid: int, path: Path) -> Listed:
    status = path.stat()
    return Listed(uid, status.st_size, datetime.fromtimestamp(status.st_mtime, UTC))
