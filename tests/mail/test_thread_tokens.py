"""Signed tokens: ours are recognised, all others are not."""

import pytest

from ticketapp.mail import thread_tokens

TOKENS = thread_tokens("a secret", "support+{token}@example.com")
OTHERS = thread_tokens("another secret", "support+{token}@example.com")


def test_a_message_id_of_ours_names_its_ticket_and_is_never_made_twice() -> None:
    first, second = (TOKENS.message_id("example.com", 7) for _ in range(2))
    assert first != second
    assert first.endswith("@example.com")
    assert TOKENS.ticket_of_message_id(first) == TOKENS.ticket_of_message_id(second) == 7


def test_a_reply_address_of_ours_names_its_ticket_in_any_letter_case() -> None:
    address = TOKENS.reply_address(7)
    assert address is not None
    assert address.startswith("support+7-")
    assert TOKENS.ticket_of_address(address.upper()) == 7


def test_another_number_another_secret_or_a_changed_token_is_not_ours() -> None:
    message_id, address = TOKENS.message_id("example.com", 7), TOKENS.reply_address(7) or ""
    assert TOKENS.ticket_of_message_id(message_id.replace("ticket.7.", "ticket.8.")) is None
    assert TOKENS.ticket_of_address(address.replace("+7-", "+8-")) is None
    assert OTHERS.ticket_of_message_id(message_id) is None
    assert OTHERS.ticket_of_address(address) is None
    assert TOKENS.ticket_of_message_id(message_id.replace("@", "a@")) is None


def test_a_token_of_an_address_is_none_of_a_message_id() -> None:
    mac = (TOKENS.reply_address(7) or "").partition("-")[2].partition("@")[0]
    assert TOKENS.ticket_of_message_id(f"ticket.7.{'0' * 16}-{mac}@example.com") is None


@pytest.mark.parametrize(
    "address", ["", "support@example.com", "support+7-@example.com", "support+7-aaaaaaaaaaaaaaaa@elsewhere.example"]
)
def test_an_address_of_another_form_is_no_reply_address(address: str) -> None:
    assert not TOKENS.is_reply_address(address)
    assert TOKENS.ticket_of_address(address) is None


def test_a_forged_reply_address_is_still_known_as_one_of_ours() -> None:
    assert TOKENS.is_reply_address("support+7-aaaaaaaaaaaaaaaa@example.com")
    assert TOKENS.ticket_of_address("support+7-aaaaaaaaaaaaaaaa@example.com") is None


def test_without_a_pattern_there_is_no_reply_address() -> None:
    tokens = thread_tokens("a secret", "")
    assert tokens.reply_address(7) is None
    assert not tokens.is_reply_address("")
    assert tokens.ticket_of_address(TOKENS.reply_address(7) or "") is None


def test_a_catch_all_domain_serves_as_well() -> None:
    tokens = thread_tokens("a secret", "{token}@reply.example.com")
    address = tokens.reply_address(123456789012)
    assert address is not None
    assert len(address.partition("@")[0]) <= 64
    assert tokens.ticket_of_address(address) == 123456789012
