"""What a delivery report says: which mail, whether it is lost or late, and why."""

import pytest

from tests.bounces import qmail_report, report
from tests.letters import letter
from ticketapp.mail import DeliveryReport, parse


def read(raw: bytes) -> DeliveryReport:
    found = parse(raw).report
    assert found is not None
    return found


@pytest.mark.parametrize(
    "kind", ["message/rfc822", "text/rfc822-headers", "message/global-headers", "message/rfc822-headers"]
)
def test_a_report_names_the_mail_it_returns_and_why(kind: str) -> None:
    found = read(report("7@example.com", returned_type=kind))
    assert found == DeliveryReport(
        is_delay=False, words="jo@customer.example: 550 5.1.1 no mailbox here", returned_ids=("7@example.com",)
    )


def test_a_report_of_delay_is_one() -> None:
    assert read(report("7@example.com", action="delayed")).is_delay
    assert not read(report("7@example.com", action="failed (delayed before)")).is_delay


def test_the_servers_words_are_one_line_of_bounded_length() -> None:
    words = read(report("7@example.com", words="smtp; " + "very\r\n  long " * 500)).words
    assert "\n" not in words
    assert len(words) == 500


def test_without_a_cause_the_status_is_shown() -> None:
    assert read(report("7@example.com", words="")).words == "jo@customer.example: 5.1.1"


def test_qmail_returns_the_mail_in_its_text() -> None:
    found = read(qmail_report("7@example.com"))
    assert found.returned_ids == ("7@example.com",)
    assert "no mailbox here by that name" in found.words


def test_a_report_that_returns_nothing_names_nothing() -> None:
    assert read(report()).returned_ids == ()


def test_a_person_writes_no_report() -> None:
    assert parse(letter("Undelivered mail", "Message-ID: <7@example.com>")).report is None
