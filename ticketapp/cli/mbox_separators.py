"""What lies between the mails of an mbox: the lines of the file one by one, and which of them begin a mail."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
MMDF_MARK = b"\x01\x01\x01\x01"
PIECE_BYTES = 64 * 1024
LONGEST_SEPARATOR_BYTES = 1_000
_ASCTIME = re.compile(
    rb"From \S+ +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) +[A-Z][a-z]{2} +\d{1,2} +"
    rb"\d{1,2}:\d{2}(?::\d{2})?(?: +\S{1,6})? +\d{4}"
)
_TIME_AND_YEAR = re.compile(rb"\d{1,2}:\d{2}.*\d{4}|\d{4}.*\d{1,2}:\d{2}")
_ENDS_IN_DATE = re.compile(
    rb"(?:\d{1,2}:\d{2}(?::\d{2})?(?: +\S{1,6})? +\d{4}|\d{4}-\d{1,2}-\d{1,2}[ T]\d{1,2}:\d{2}\S{0,20})\s*\Z"
)
_ONE_WORD_AT_MOST = re.compile(rb"From +\S*\s*\Z")
_FIELD = re.compile(rb"[!-9;-~]{1,76}[ \t]*:")
# Fields with which programs begin a mail. A sentence seldom stands before one of them.
_MAIL_FIELD = re.compile(
    rb"(?:>+From "
    rb"|(?:(?:x|arc|content|list|resent|thread|received|deliver[a-z]+|envelope|authentication)(?:-[!-9;-~]+)?"
    rb"|from|to|cc|bcc|sender|reply-to|return-path|errors-to|subject|date|message-id|in-reply-to|references|status|lines"
    rb"|mime-version|dkim-signature|domainkey-signature|user-agent|organization|precedence|priority|importance"
    rb"|auto-submitted|newsgroups|path)[ \t]*:)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A line of a file with its end, or a part of one over 64 KB; ``following`` is the piece after it."""

    data: bytes
    following: bytes
    is_line_start: bool

    @property
    def is_blank(self) -> bool:
        """Whether it is a line with nothing on it."""
        return self.is_line_start and not self.data.strip(b"\r\n")

    @property
    def is_mmdf_mark(self) -> bool:
        """Whether it is the line that MMDF writes before and after every mail."""
        return self.is_line_start and self.data.rstrip(b"\r\n") == MMDF_MARK

    @property
    def is_quoted_from(self) -> bool:
        """Whether it is a ``From `` line that was marked so as not to begin a mail."""
        return self.is_line_start and self.data.lstrip(b">").startswith(b"From ") and self.data.startswith(b">")

    def begins_mail(self, *, is_after_blank: bool) -> bool:
        """Whether it separates mails: a ``From `` line as mail servers write it; or one that holds a word at most
        (Thunderbird, some archives), or any date, where a mail's header follows. Anything else is a sentence."""
        if not self.is_line_start or not self.data.startswith(b"From ") or len(self.data) > LONGEST_SEPARATOR_BYTES:
            return False
        if _ASCTIME.match(self.data):
            return True
        has_date = bool(_TIME_AND_YEAR.search(self.data))
        if _MAIL_FIELD.match(self.following):
            return has_date or (is_after_blank and bool(_ONE_WORD_AT_MOST.match(self.data)))
        return is_after_blank and bool(_ENDS_IN_DATE.search(self.data) and _FIELD.match(self.following))


def pieces(file: BinaryIO) -> Iterator[Piece]:
    """A file line by line, with CR, LF or both at their ends, without its byte order mark."""
    before, is_line_start, is_line_end = b"", True, True
    for data, is_end in _cut(file):
        if before:
            yield Piece(before, data, is_line_start)
        before, is_line_start, is_line_end = data, is_line_end, is_end
    if before:
        yield Piece(before, b"", is_line_start)


def begins_mbox(file: BinaryIO) -> bool:
    """Whether the first line of a file, empty and quoted ones left out, begins a mail of an mbox or of MMDF."""
    for piece in pieces(file):
        if not piece.is_blank and not piece.is_quoted_from:
            return piece.is_mmdf_mark or piece.begins_mail(is_after_blank=True)
    return False


def begins_like_mail(file: BinaryIO) -> bool:
    """Whether the first line of a file that is not empty is a field of a header."""
    first = next((piece for piece in pieces(file) if not piece.is_blank), None)
    return first is not None and bool(_FIELD.match(first.data))


def has_later_mail(file: BinaryIO) -> bool:
    """Whether behind the first line of a file a mail of an mbox begins, with a header."""
    is_after_blank = False
    for number, piece in enumerate(pieces(file)):
        if number and piece.begins_mail(is_after_blank=is_after_blank) and _MAIL_FIELD.match(piece.following):
            return True
        is_after_blank = piece.is_blank
    return False


def _cut(file: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """Pieces, and whether a line ends with each."""
    first = file.readline(PIECE_BYTES).removeprefix(BYTE_ORDER_MARK)
    if b"\r" in first.rstrip(b"\r\n"):
        yield from _cut_at_cr(first, file)
        return
    if first:
        yield first, first.endswith(b"\n")
    while piece := file.readline(PIECE_BYTES):
        yield piece, piece.endswith(b"\n")


def _cut_at_cr(held: bytes, file: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    while more := file.read(PIECE_BYTES):
        *lines, held = (held + more).splitlines(keepends=True)
        for line in lines:
            yield line, True
        if len(held) > PIECE_BYTES and not held.endswith(b"\r"):
            yield held, held.endswith(b"\n")
            held = b""
    for line in held.splitlines(keepends=True):
        yield line, line.endswith((b"\r", b"\n"))
