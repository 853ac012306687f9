"""Whatever the bytes: reading never raises, and what comes out can be stored and shown."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mail.invariants import check, check_name
from ticketapp.mail import parse, reading, sanitise, split_reply, ticket_numbers
from ticketapp.mail.addresses import read_addresses
from ticketapp.mail.dates import read_date
from ticketapp.mail.encoded_words import header_text
from ticketapp.mail.filenames import safe_name
from ticketapp.mail.parameters import read_parameters

_WORDS = st.sampled_from(
    [
        word.encode("latin-1")
        for word in [
            "From: ",
            "To: ",
            "Subject: ",
            "Content-Type: ",
            "multipart/mixed; boundary=b",
            "text/html",
            "\n",
            "\r\n",
            "\n\n",
            "--b",
            "--b--",
            "<a@b>",
            '"',
            "(",
            ")",
            "<",
            ">",
            ",",
            ";",
            ":",
            "=?utf-8?q?=C3=BC?=",
            "=?",
            "?=",
            "\x1b$B",
            "ÿ",
            "\x00",
            "charset=",
            "iso-2022-jp",
            "utf-16",
            "base64",
            "Content-Transfer-Encoding: ",
            "filename*0*=utf-8''%C3",
            "On ",
            " wrote:",
            "> ",
            "-- \n",
            "<div>",
            "<p style='",
            "</",
            "<!--",
            "&#",
            "From ",
            "\r",
            "message/rfc822",
            "=",
            "í\xa0\x80",
        ]
    ]
)
_BYTES = st.one_of(st.binary(max_size=400), st.lists(_WORDS, max_size=60).map(b"".join))
_TEXT = st.text(max_size=300)


@settings(max_examples=400, deadline=None)
@given(_BYTES)
def test_any_bytes_are_read_without_falling_back(data: bytes) -> None:
    email = reading.read(data)
    check(email)
    assert parse(data) == email


@settings(max_examples=200, deadline=None)
@given(_BYTES)
def test_any_header_bytes_become_storable_text(data: bytes) -> None:
    header_text(data).encode("utf-8")
    for address in read_addresses([data]):
        f"{address.name}{address.email}".encode()
        assert address.email
    for value in read_parameters(data).named.values():
        value.encode("utf-8")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_any_name_becomes_a_safe_one_or_none(name: str) -> None:
    safe = safe_name(name)
    if safe:
        check_name(safe)
        assert safe_name(safe) == safe


@settings(max_examples=200, deadline=None)
@given(_TEXT)
def test_folding_a_text_loses_no_line_that_says_something(text: str) -> None:
    parts = split_reply(text)
    folded = {line.strip() for line in f"{parts.reply}\n{parts.quoted}".split("\n")}
    assert {line.strip() for line in text.split("\n")} <= folded | {""}


@settings(max_examples=200, deadline=None)
@given(_TEXT)
def test_sanitising_twice_changes_nothing_more(text: str) -> None:
    once = sanitise(text)
    assert sanitise(once) == once


@given(_TEXT)
def test_any_text_gives_a_date_with_a_zone_or_none(text: str) -> None:
    found = read_date(text)
    assert found is None or found.utcoffset() is not None


@given(_TEXT)
def test_any_subject_gives_positive_ticket_numbers(text: str) -> None:
    assert all(number > 0 for number in ticket_numbers(text))
