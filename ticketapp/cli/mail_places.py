"""What under a path holds mails, and what does not: single files, mbox files, Maildirs, folders of any depth."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ticketapp.cli.mbox import PIECE_BYTES, begins_mbox

_MAILDIR_FOLDERS = frozenset({"cur", "new", "tmp"})


class Kind(StrEnum):
    """What a place is; ``NONE`` holds no mail that could be read."""

    MAIL = "mail"
    MBOX = "mbox"
    MAILDIR = "maildir"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Place:
    """A file or folder; ``complaint`` says of a ``NONE`` why it is passed over, after its name."""

    path: Path
    kind: Kind
    complaint: str = ""


def places(path: Path) -> Iterator[Place]:
    """Where mails lie at and under this path. Everything there comes, so that nothing is passed over unsaid, but for
    what is by the rules of a Maildir no mail: half delivered mails and its own records."""
    if not path.is_dir():
        yield Place(path, Kind.MBOX if is_mbox(path) else Kind.MAIL)
        return
    folders = [path]
    while folders:
        folder = folders.pop()
        try:
            inside = sorted(folder.iterdir())
        except OSError as error:
            yield Place(folder, Kind.NONE, f"cannot be read: {error.strerror}")
            continue
        in_maildir = is_maildir(folder)
        if in_maildir:
            yield Place(folder, Kind.MAILDIR)
            inside = [one for one in inside if one.name not in _MAILDIR_FOLDERS]
        elif folder == path and not inside:
            yield Place(folder, Kind.NONE, "is an empty folder")
        folders += [one for one in reversed(inside) if one.is_dir() and not one.is_symlink()]
        found = (_place(one) for one in inside if not one.is_dir() or one.is_symlink())
        yield from (place for place in found if place.kind != Kind.NONE or not in_maildir)


def is_maildir(path: Path) -> bool:
    """Whether this is a folder laid out as a Maildir."""
    return (path / "cur").is_dir() or (path / "new").is_dir()


def is_mbox(path: Path) -> bool:
    """Whether this file is an mbox: not called .eml, and beginning with a From_ line."""
    if path.is_dir() or path.suffix.lower() == ".eml":
        return False
    try:
        with path.open("rb") as file:
            return begins_mbox(file.readline(PIECE_BYTES))
    except OSError:
        return False


def _place(path: Path) -> Place:
    """What lies in a folder and is no folder: there a mail has to be called .eml."""
    if path.is_dir():
        return Place(path, Kind.NONE, "is a link to a folder, which is not followed")
    if path.suffix.lower() == ".eml":
        return Place(path, Kind.MAIL)
    if not path.is_file():
        return Place(path, Kind.NONE, "is no file")
    if is_mbox(path):
        return Place(path, Kind.MBOX)
    if not os.access(path, os.R_OK):
        return Place(path, Kind.NONE, "may not be read")
    return Place(path, Kind.NONE, "is neither an .eml file nor an mbox")
