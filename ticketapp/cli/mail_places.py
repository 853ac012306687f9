"""What under a path holds mails, and what does not: single files, mbox files, Maildirs, folders of any depth."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from ticketapp.cli.mbox_separators import begins_like_mail, begins_mbox, has_later_mail

MAIL_SUFFIXES = frozenset({".eml", ".emlx"})
MBOX_SUFFIXES = frozenset({".mbox", ".mbx", ".mboxrd", ".mboxo", ".mboxcl", ".mboxcl2", ".mmdf"})
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
        yield _named(path)
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
        found = (_in_folder(one) for one in inside if not one.is_dir() or one.is_symlink())
        yield from (place for place in found if place.kind != Kind.NONE or not in_maildir)


def is_maildir(path: Path) -> bool:
    """Whether this is a folder laid out as a Maildir."""
    return (path / "cur").is_dir() or (path / "new").is_dir()


def kind_of(path: Path) -> Kind:
    """What a file is by its name and beginning: a mail called .eml stays one unless other mails follow it in there;
    one called .mbox is an mbox; ``NONE`` where it begins like neither, or like a mail and goes on like an mbox."""
    is_called_mail = path.suffix.lower() in MAIL_SUFFIXES
    if path.suffix.lower() in MBOX_SUFFIXES and _tells(path, begins_like_mail):
        return Kind.MBOX
    if _tells(path, begins_mbox):
        return Kind.MAIL if is_called_mail and not _tells(path, has_later_mail) else Kind.MBOX
    if is_called_mail:
        return Kind.MAIL
    return Kind.MAIL if _tells(path, begins_like_mail) and not _tells(path, has_later_mail) else Kind.NONE


def _named(path: Path) -> Place:
    """A file that somebody named need not be called .eml, but has to begin like a mail."""
    if path.exists() and not path.is_file():
        return Place(path, Kind.NONE, "is no file")
    if not os.access(path, os.R_OK):
        return Place(path, Kind.NONE, "may not be read")
    kind = kind_of(path)
    if kind != Kind.NONE:
        return Place(path, kind)
    if not path.stat().st_size:
        return Place(path, kind, "is empty")
    if _tells(path, begins_like_mail):
        return Place(
            path, kind, "begins like one mail and holds others; call it .mbox to take them apart, .eml to not"
        )
    return Place(path, kind, "begins neither like a mail nor like an mbox; called .eml it is taken as one mail")


def _in_folder(path: Path) -> Place:
    """What lies in a folder and is no folder: there a mail has to be called .eml."""
    if path.is_dir():
        return Place(path, Kind.NONE, "is a link to a folder, which is not followed")
    if path.suffix.lower() in MAIL_SUFFIXES and not path.is_file():
        return Place(path, Kind.MAIL)  # reading it will say why not
    if not path.is_file():
        return Place(path, Kind.NONE, "is no file")
    if not os.access(path, os.R_OK):
        return Place(path, Kind.NONE, "may not be read")
    kind = kind_of(path)
    if kind == Kind.MBOX or path.suffix.lower() in MAIL_SUFFIXES:
        return Place(path, kind)
    return Place(path, Kind.NONE, "is neither an .eml file nor an mbox")


def _tells(path: Path, question: Callable[[BinaryIO], bool]) -> bool:
    try:
        with path.open("rb") as file:
            return question(file)
    except OSError:  # reading it will say so
        return False
