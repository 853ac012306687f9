"""What we send is RFC 5322, says what it should, and no value can break out of its header."""

import email
from dataclasses import replace
from datetime import UTC, datetime
from email import policy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ticketapp.mail import Address, OutboundAttachment, OutboundEmail, compose, new_message_id, parse

MAIL = OutboundEmail(
    message_id="ticket.7.abc@shop.example",
    sender=Address("Help, Desk", "help@shop.example"),
    to=(Address("Ann Smith", "ann@customer.example"),),
    subject="Re: My order",
    text="Dear Ann,\nit is on its way.\n",
    date=datetime(2026, 3, 3, 9, 15, tzinfo=UTC),
)


def test_what_is_composed_is_read_back() -> None:
    sent = replace(
        MAIL,
        subject="Grüße aus Köln [#7]",
        text="Grüße\n\n" + "lange Zeile " * 200,
        cc=(Address("Jörg", "j@x.example"),),
        in_reply_to="m1@customer.example",
        references=("m0@customer.example", "m1@customer.example"),
    )
    found = parse(compose(sent))
    assert (found.sender, found.to, found.cc) == (sent.sender, sent.to, sent.cc)
    assert (found.subject, found.text) == (sent.subject, sent.text.rstrip())
    assert (found.message_id, found.in_reply_to, found.references) == (
        sent.message_id,
        sent.in_reply_to,
        sent.references,
    )
    assert found.date == sent.date
    assert not found.auto_submitted


def test_the_same_mail_gives_the_same_bytes() -> None:
    assert compose(MAIL) == compose(MAIL)


@pytest.mark.parametrize("each_id", ["a@[customer.example", "[", "a@[", "@", "a@b@c", "x" * 300])
def test_an_id_of_any_shape_is_written(each_id: str) -> None:
    sent = replace(MAIL, message_id=each_id, in_reply_to=each_id, references=(each_id,))
    found = parse(compose(sent))
    assert (found.message_id, found.in_reply_to, found.references) == (each_id, each_id, (each_id,))


def test_attachments_arrive_as_they_were() -> None:
    sent = replace(MAIL, attachments=(OutboundAttachment("Grüße.pdf", "application/pdf", b"%PDF\x00\xff"),))
    attachment = parse(compose(sent)).attachments[0]
    assert (attachment.filename, attachment.content_type) == ("Grüße.pdf", "application/pdf")
    assert attachment.content == b"%PDF\x00\xff"


def test_mail_with_attachments_gives_the_same_bytes_too() -> None:
    sent = replace(MAIL, attachments=(OutboundAttachment("a.pdf", "application/pdf", b"x"),))
    assert compose(sent) == compose(sent)


def test_lines_are_short_and_end_in_crlf_and_bytes_are_seven_bit() -> None:
    composed = compose(replace(MAIL, text="ü" * 5_000, subject="ü" * 500))
    assert composed.isascii()
    assert max(len(line) for line in composed.split(b"\r\n")) <= 78
    assert b"\n" not in composed.replace(b"\r\n", b"")


def test_long_threads_are_folded_between_ids() -> None:
    references = tuple(f"{'x' * 60}{number}@customer.example" for number in range(40))
    composed = compose(replace(MAIL, references=references))
    assert parse(composed).references == references
    assert max(len(line) for line in composed.split(b"\r\n")) < 998


def test_endless_threads_keep_their_root_and_their_end() -> None:
    references = tuple(f"{number}@customer.example" for number in range(500))
    found = parse(compose(replace(MAIL, references=references))).references
    assert found[0] == "0@customer.example"
    assert found[-1] == "499@customer.example"
    assert len(found) == 50


def test_automatic_mail_says_so() -> None:
    assert b"Auto-Submitted: auto-replied" in compose(replace(MAIL, auto_submitted=True, in_reply_to="a@b"))
    assert parse(compose(replace(MAIL, auto_submitted=True))).auto_submitted


def test_an_international_domain_is_written_in_ascii() -> None:
    composed = compose(replace(MAIL, to=(Address("", "ann@bücher.example"),)))
    assert b"ann@xn--bcher-kva.example" in composed


def test_an_address_that_cannot_be_written_to_is_named() -> None:
    with pytest.raises(ValueError, match="jörg@x"):
        compose(replace(MAIL, to=(Address("", "jörg@x.example"),)))


_HOSTILE = st.text(max_size=80).map(lambda text: f"a{text}\r\nBcc: evil@x.example\r\n\r\nbody")


@settings(max_examples=100, deadline=None)
@given(_HOSTILE)
def test_no_value_can_add_a_header(value: str) -> None:
    sent = replace(
        MAIL,
        subject=value,
        sender=Address(value, "help@shop.example"),
        in_reply_to=value,
        references=(value,),
        message_id=value,
        attachments=(OutboundAttachment(value, "text/plain", b"x"),),
    )
    message = email.message_from_bytes(compose(sent), policy=policy.SMTP)
    assert message["Bcc"] is None
    assert {name.lower() for name in message} == {
        "from", "to", "subject", "date", "message-id", "in-reply-to", "references", "mime-version", "content-type",
    }  # fmt: skip
    assert not message.defects


def test_a_message_id_names_its_ticket() -> None:
    assert new_message_id("shop.example", 7, "to<k>en\r\n") == "ticket.7.token@shop.example"
