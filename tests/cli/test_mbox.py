"""Mbox files are taken apart where mails begin, and nowhere else."""

import io
import tracemalloc

import pytest

from ticketapp.cli.mbox import header_of, read_mbox

FROM = b"From jo@customer.example Thu Nov 19 10:00:00 2026\n"
LIMIT = 10_000


def raws(data: bytes, limit: int = LIMIT) -> list[bytes | None]:
    return [mail.raw for mail in read_mbox(io.BytesIO(data), limit=limit)]


def test_mails_come_back_byte_for_byte() -> None:
    first, second = b"Subject: a\n\ntext\n", b"Subject: b\n\n\n\nlast line without end"
    assert raws(FROM + first + b"\n" + FROM + second) == [first, second]


def test_line_ends_of_other_systems_are_kept() -> None:
    mail = b"Subject: a\r\n\r\ntext\r\n"
    separator = FROM.replace(b"\n", b"\r\n")
    assert raws((separator + mail + b"\r\n") * 2) == [mail, mail]


def test_from_at_the_beginning_of_a_sentence_does_not_begin_a_mail() -> None:
    mail = b"Subject: a\n\nFrom Monday on we are closed.\n\nFrom here to there it takes 10:30 hours.\n"
    assert raws(FROM + mail) == [mail]


def test_quoted_from_loses_one_mark() -> None:
    assert raws(FROM + b"Subject: a\n\n>From you\n>>From me\n> From x\n") == [
        b"Subject: a\n\nFrom you\n>From me\n> From x\n"
    ]


@pytest.mark.parametrize(
    "separator",
    [
        b"From - Thu Nov 19 10:00:00 2026\n",
        b"From MAILER-DAEMON Thu Nov 19 10:00:00 2026\n",
        b"From 1790000000000000000@xxx Thu Nov 19 10:00:00 +0000 2026\n",
        b"From jo at customer.example  Thu Nov 19 10:00:00 2026\n",
        b"From jo@customer.example 2026-11-19 10:00\n",
        b"From jo@customer.example Thu Nov 19 10:00 CET 2026\n",
    ],
)
def test_separators_of_many_programs_are_known(separator: bytes) -> None:
    assert raws(separator + b"a: 1\n\nx\n\n" + separator + b"a: 2\n\ny\n") == [b"a: 1\n\nx\n", b"a: 2\n\ny\n"]


@pytest.mark.parametrize(
    "separator",
    [
        b"From \n",
        b"From - \n",
        b"From MAILER-DAEMON\n",
        b"From jo@customer.example\n",
        b"From jo doe@customer.example Thu Nov 19 10:00:00 2026\n",
        b"From jo@customer.example Thu, 19 Nov 2026 10:00:00 +0000\n",
        b"From jo@customer.example Do Nov 19 10:00:00 2026\n",
        b"From jo@customer.example Thu Nov 19 10:00:00 2026 remote from customer\n",
    ],
)
@pytest.mark.parametrize("ends", [b"\n", b"\r\n", b"\r"])
def test_separators_without_a_readable_date_are_known_by_the_header_behind(separator: bytes, ends: bytes) -> None:
    mails = [b"Subject: a\n\nx\n", b"X-Mozilla-Status: 0001\nSubject: b\n\ny\n"]
    data = separator + mails[0] + b"\n" + separator + mails[1]
    assert raws(data.replace(b"\n", ends)) == [mail.replace(b"\n", ends) for mail in mails]


@pytest.mark.parametrize(
    "sentence",
    [
        b"From 10:00 to 12:00 on 3 May 2026 the printer was down.\nBye\n",
        b"From 10:00 to 12:00 on 3 May 2026 it was down:\nsince then it prints\nNote: twice\n",
        b"From Monday\nNote: we are closed\n",
        b"From Monday on\nSubject: to change\n",
        b"From \nhere\n",
    ],
)
def test_a_paragraph_that_begins_with_from_stays_in_its_mail(sentence: bytes) -> None:
    mails = [b"Subject: a\n\nHi,\n\n" + sentence, b"Subject: b\n\ny\n"]
    assert raws(FROM + mails[0] + b"\n" + FROM + mails[1]) == mails


@pytest.mark.parametrize("before", [b"\n", b"\r\n\n", b">From x\n", b"\n>From x\n"])
def test_blank_and_quoted_lines_before_the_first_mail_are_none(before: bytes) -> None:
    assert raws(before + FROM + b"a: 1\n\nx\n\n" + FROM + b"a: 2\n\ny\n") == [b"a: 1\n\nx\n", b"a: 2\n\ny\n"]


def test_what_stands_before_the_first_separator_is_not_lost() -> None:
    assert raws(b"a: 1\n\nx\n\n" + FROM + b"a: 2\n\ny\n") == [b"a: 1\n\nx\n", b"a: 2\n\ny\n"]


def test_mmdf_separates_mails_by_its_mark_alone() -> None:
    mark, mails = b"\1\1\1\1\n", [b"a: 1\n\n" + FROM + b"x\n", b"a: 2\n\n>From y\n"]
    assert raws(mark + mails[0] + mark + mark + FROM + mails[1] + mark) == mails
    assert raws(mark + mails[0] + mark + mark + mails[1]) == mails


def test_lines_ending_in_cr_over_what_is_read_at_once_are_lines() -> None:
    mails = [b"Subject: %d\r\r" % number + b"text\r" * 20_000 for number in range(3)]
    separator = FROM.replace(b"\n", b"\r")
    assert raws(b"\r".join(separator + mail for mail in mails), limit=10**6) == mails
    assert raws(separator + b"a: 1\r\r" + b"x" * 300_000, limit=10**6) == [b"a: 1\r\r" + b"x" * 300_000]


def test_a_separator_as_mail_servers_write_it_needs_no_blank_line() -> None:
    assert raws(FROM + b"a: 1\n\nx\n" + FROM + b"a: 2\n\ny\n") == [b"a: 1\n\nx\n", b"a: 2\n\ny\n"]


def test_a_line_longer_than_what_is_read_at_once_is_one_line() -> None:
    mail = b"a: 1\n\n" + b"x" * 65_536 + FROM.strip() + b"z" * 65_489 + b">From y\n"
    assert raws(FROM + mail, limit=10**6) == [mail]


def test_of_a_mail_over_the_limit_the_header_and_the_size_are_kept() -> None:
    header = b"Subject: large\n\n"
    body = b"x" * 99 + b"\n"
    large, small, empty = read_mbox(
        io.BytesIO(FROM + header + body * 200 + b"\n" + FROM + b"a: 1\n\nx\n\n" + FROM), limit=LIMIT
    )
    assert (large.raw, large.header, large.size) == (None, header, len(header) + 20_000 + 1)
    assert (small.raw, small.header) == (b"a: 1\n\nx\n", None)
    assert empty.size == 0


@pytest.mark.parametrize(("spare", "fits"), [(0, True), (-1, False)])
def test_the_limit_counts_the_mail_without_what_separates_it(spare: int, *, fits: bool) -> None:
    mail = b"a: 1\n\ntext\n"
    (found, _) = read_mbox(io.BytesIO(FROM + mail + b"\n" + FROM), limit=len(mail) + spare)
    assert (found.raw == mail, found.size) == (fits, len(mail))


def test_memory_holds_one_mail_not_the_file() -> None:
    class Endless(io.RawIOBase):
        left = 40_000_000

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
            size = min(len(buffer), self.left)
            buffer[:size] = b"x" * size
            self.left -= size
            return size

    head = io.BytesIO(FROM + b"Subject: endless\n\n")
    file = io.BufferedReader(Endless())
    file.readline = lambda size=-1, rest=file.readline: head.readline() or rest(size)  # type: ignore[method-assign]
    tracemalloc.start()
    (found,) = read_mbox(file, limit=LIMIT)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.size == 40_000_000 + len(b"Subject: endless\n\n")
    assert peak < 2_000_000


def test_a_header_ends_at_the_blank_line_or_after_256_kb() -> None:
    assert header_of(b"a: 1\r\n\r\nbody") == b"a: 1\r\n\r\n"
    assert len(header_of(b"a: " + b"x" * 10**6)) == 256 * 1024


def test_a_byte_order_mark_before_the_first_mail_swallows_none() -> None:
    mails = [b"Subject: a\n\ntext\n", b"Subject: b\n\ntext\n"]
    assert raws(b"\xef\xbb\xbf" + FROM + mails[0] + b"\n" + FROM + mails[1]) == mails


def test_a_file_of_nothing_but_a_mark_holds_no_mail() -> None:
    assert raws(b"\xef\xbb\xbf") == raws(b"") == []
