"""Lines with a number for such a case, and warnings of attachments, raise nothing below a mail; who tells does."""

import pytest

from tests.ai.test_footers import MAILS
from ticketapp.ai.severity import floor_of, read_severity_words, shipped_severity_words

SHIPPED = read_severity_words(shipped_severity_words())

LINES = [
    "Pour signaler une panne : 01 23 45 67 89",
    "Signaler une panne : 01 23 45 67 89",
    "Dépannage et pannes : 01 23 45 67 89",
    "En cas de panne, appelez le 01.23.45.67.89.",
    "Outage? Call +44 20 7946 0958",
    "Data breach hotline 0800 123 456",
    "IT service desk: outages 555-0101, accounts 555-0102",
    "Security incidents and data breaches: soc@acme.example",
    "Pronto intervento fuga di gas 800 123 456",
    "Segnalazione guasti e fuga di gas: 800 123 456",
    "Datalek melden: fg@acme.example",
    "Meldpunt datalekken: fg@acme.example",
    "Storing melden? Bel 0800-1234",
    "Datenpannen bitte an datenschutz@acme.example",
    "Notfall-Hotline bei Stromausfall: 0800 1234567",
    "This mail may contain viruses or malware; we accept no liability.",
    "Diese E-Mail kann Schadsoftware enthalten, wir übernehmen keine Haftung.",
    "CAUTION: External email. Do not click links: risk of ransomware.",
    "WARNING: this mail was sent from outside. Beware of malware and phishing.",
    "Any breach of confidentiality may be unlawful.",
    "Webinar on 12 May: How to survive a ransomware attack.",
    "Protect your company from ransomware with Acme Shield!",
    "Wir schützen Sie vor Datenverlust - Acme IT GmbH",
]
TOLD = [
    "Outage! Call 01 23 45 67 89",
    "Outage? Nobody answers 0800 123 456",
    "Fuite de gaz : 01 23 45 67 89",
    "Fuga di gas, 800 123 456 non risponde",
    "Datalek gemeld aan fg@acme.example, geen antwoord",
    "Data breach, hotline 0800 123 456 does not answer",
    "The hotline 0800 123 456 sent ransomware",
    "Our mail may be read by others: data breach",
    "Any breach of the tank floods the hall today",
]


@pytest.mark.parametrize("line", LINES)
def test_a_line_that_names_a_number_or_warns_raises_nothing_below_a_mail(line: str) -> None:
    assert [mail for mail in MAILS if floor_of(mail.format(line), SHIPPED)] == []


@pytest.mark.parametrize("text", TOLD)
def test_what_is_told_in_such_a_line_raises(text: str) -> None:
    assert floor_of(MAILS[0].format(text), SHIPPED) is not None


@pytest.mark.parametrize("line", LINES)
def test_with_only_a_name_above_it_raises_nothing_either(line: str) -> None:
    assert floor_of(f"Question\nHello,\n\nwhere is the invoice?\n\nJo Miller\n\n{line}", SHIPPED) is None
