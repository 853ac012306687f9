"""Mbox files (RFC 4155, MMDF) to single mails: a stream that holds one mail at a time, of a huge one its header."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from ticketapp.cli.mbox_separators import Piece, pieces

HEADER_BYTES = 256 * 1024
_END_OF_HEADER = re.compile(rb"\r?\n\r?\n|\r\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMail:
    """One mail: its bytes, or only the header where it is over the limit. ``separator`` is its From_ line, if any."""

    separator: bytes
    size: int
    raw: bytes | None
    header: bytes | None = None


def read_mbox(file: BinaryIO, *, limit: int) -> Iterator[StoredMail]:
    """The mails of an mbox in order; those over ``limit`` bytes come without their bytes.

    What begins a mail says ``Piece.begins_mail``; in a file that begins with the mark of MMDF, that mark does alone.
    ``>From `` in the text loses one ``>`` (mboxrd). What stands before the first separator is a mail as well, but for
    blank lines, quoted ``From `` lines and a byte order mark. A separator without a mail has the size 0.
    ``Content-Length`` is not believed: programs that change a mail leave it wrong.
    """
    lines = pieces(file)
    for piece in lines:
        if piece.is_mmdf_mark:
            yield from _read_mmdf(lines, limit)
        elif not piece.is_blank and not piece.is_quoted_from:
            yield from _read_after(piece, lines, limit)


def _read_after(first: Piece, lines: Iterator[Piece], limit: int) -> Iterator[StoredMail]:
    draft, is_after_blank = _begun(first, limit), False
    for piece in lines:
        if piece.begins_mail(is_after_blank=is_after_blank):
            yield draft.finished()
            draft = _Draft(piece.data, limit)
        else:
            draft.add(piece.data[1:] if piece.is_quoted_from else piece.data)
        is_after_blank = piece.is_blank
    yield draft.finished()


def _read_mmdf(lines: Iterator[Piece], limit: int) -> Iterator[StoredMail]:
    draft: _Draft | None = None
    for piece in lines:
        if piece.is_mmdf_mark:
            if draft is not None:
                yield draft.finished()
            draft = None
        elif draft is None:
            draft = _begun(piece, limit)
        else:
            draft.add(piece.data)
    if draft is not None:
        yield draft.finished()


def _begun(first: Piece, limit: int) -> "_Draft":
    if first.begins_mail(is_after_blank=True):
        return _Draft(first.data, limit)
    draft = _Draft(b"", limit)
    draft.add(first.data)
    return draft


def header_of(data: bytes) -> bytes:
    """The header block of a mail's first bytes, at most 256 KB of it."""
    end = _END_OF_HEADER.search(data[:HEADER_BYTES])
    return data[: end.end() if end else HEADER_BYTES]


class _Draft:
    """A mail while it is read: all of it up to the limit, afterwards its header and how much there was."""

    def __init__(self, separator: bytes, limit: int) -> None:
        self._separator, self._limit = separator, limit
        self._pieces: list[bytes] = []
        self._size = 0
        self._header: bytes | None = None

    def add(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._header is not None:
            return
        self._pieces.append(piece)
        # Two bytes more than the limit may still be the blank line that ends the mail in an mbox.
        if self._size > self._limit + 2:
            self._header = header_of(b"".join(self._pieces))
            self._pieces = []

    def finished(self) -> StoredMail:
        if self._header is not None:
            return StoredMail(separator=self._separator, size=self._size, raw=None, header=self._header)
        raw = _without_last_blank_line(b"".join(self._pieces))
        if len(raw) > self._limit:
            return StoredMail(separator=self._separator, size=len(raw), raw=None, header=header_of(raw))
        return StoredMail(separator=self._separator, size=len(raw), raw=raw)


def _without_last_blank_line(raw: bytes) -> bytes:
    for blank in (b"\r\n\r\n", b"\n\n", b"\r\r"):
        if raw.endswith(blank):
            return raw[: -len(blank) // 2]
    return raw
