"""Mbox files to single mails (RFC 4155), read as a stream that holds one mail at a time, of a huge one its header."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
PIECE_BYTES = 64 * 1024
HEADER_BYTES = 256 * 1024
_TIME_AND_YEAR = re.compile(rb"\d{1,2}:\d{2}.*\d{4}|\d{4}.*\d{1,2}:\d{2}")
_ASCTIME = re.compile(
    rb"From \S+ +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) +[A-Z][a-z]{2} +\d{1,2} +"
    rb"\d{1,2}:\d{2}(?::\d{2})?(?: +\S{1,6})? +\d{4}"
)
_QUOTED_FROM = re.compile(rb">+From ")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMail:
    """One mail: its bytes, or only the header where it is over the limit. ``separator`` is its From_ line."""

    separator: bytes
    size: int
    raw: bytes | None
    header: bytes | None = None


def read_mbox(file: BinaryIO, *, limit: int) -> Iterator[StoredMail]:
    """The mails of an mbox in order; those over ``limit`` bytes come without their bytes.

    A mail begins at a ``From `` line with a date, after a blank line or shaped as mail servers write it, because a
    sentence in a mail may also begin with "From". ``>From `` in the text loses one ``>`` (mboxrd). A byte order mark
    before the first mail is left out.
    """
    draft: _Draft | None = None
    is_line_start = is_after_blank = True
    for piece in _pieces(file):
        if is_line_start and begins_mail(piece, is_after_blank=is_after_blank):
            if draft is not None:
                yield draft.finished()
            draft = _Draft(piece, limit)
        elif draft is not None:
            draft.add(piece[1:] if is_line_start and _QUOTED_FROM.match(piece) else piece)
        is_after_blank = is_line_start and not piece.strip(b"\r\n")
        is_line_start = piece.endswith(b"\n")
    if draft is not None:
        yield draft.finished()


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    yield file.readline(PIECE_BYTES).removeprefix(_BYTE_ORDER_MARK)
    while piece := file.readline(PIECE_BYTES):
        yield piece


def begins_mbox(first_line: bytes) -> bool:
    """Whether a file with this first line is an mbox."""
    return begins_mail(first_line.removeprefix(_BYTE_ORDER_MARK), is_after_blank=True)


def begins_mail(line: bytes, *, is_after_blank: bool) -> bool:
    """Whether this line of an mbox separates mails."""
    if not line.startswith(b"From "):
        return False
    return bool(_ASCTIME.match(line)) or (is_after_blank and bool(_TIME_AND_YEAR.search(line)))


def header_of(data: bytes) -> bytes:
    """The header block of a mail's first bytes, at most 256 KB of it."""
    end = re.search(rb"\r?\n\r?\n", data[:HEADER_BYTES])
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
    for blank in (b"\r\n\r\n", b"\n\n"):
        if raw.endswith(blank):
            return raw[: -len(blank) // 2]
    return raw
