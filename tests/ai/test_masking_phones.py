"""Phone numbers and IBANs in the forms that people give them; numbers of parcels, articles and dates stay."""

import pytest

from tests.ai.proportion import grows_in_proportion
from ticketapp.ai import MaskedKind
from ticketapp.ai.masking import EVERY_KIND, masked

PHONE, IBAN = frozenset({MaskedKind.PHONE}), frozenset({MaskedKind.IBAN})
PHONES = (
    *("bel {0031612345678}", "Call {00442079460958}, thanks", "mon nouveau : {0033612345678}", "{0015550100123}"),
    *("Telefon: {030 / 123 45 67}", "Fon {0221 / 12345-67}", "Fax {(0221) / 1234567}", "M: {06 - 12 34 56 78}"),
    *("mi móvil es {612 34 56 78}", "Tel. {612 34 56 78}", "mi teléfono es el {612 34 56 78}", "GSM {0475 12 34 56}"),
    *("llámame al {612345678}", "chiamatemi al {333 1234567}", "il mio numero è {3381234567}", "Mobil: {612345678}"),
    # With the area's code in brackets or apart, and digits in pairs.
    *("Tel.: {(0911) 12 34 56}", "Telefon {(040) 33 44 55-0}", "Tel. {02 21 / 98 76 54}", "Tél. {(01) 23 45 67 89}"),
    *("tel. {(22) 123 45 67}", "Tel.: {09 11 - 12 34 56}", "Tel. {(09 11) 12 34 56}", "Fax {(0911) 12 34 56-99}, Jo"),
    *(
        "Tel.: {+49 (0) 911 / 12 34 56}",
        "Tel.: {0 40 / 33 44 55}",
        "Tel.: {(0) 911 12 34 56}",
        "Fon {[0911] 12 34 56}",
    ),
    *("Tel. {0911 \u2013 12 34 56}", "Tel.: {0911/ 123456}", "Tel.: {(0911) 12 34 - 56}", "T: {(0911) 12 34 56}"),
    *(
        "M: {(0171) 12 34 567}",
        "{(0911) 12 34 56}, Jo",
        "{0911 / 12 34 56} bitte",
        "{0221/98 76 54}",
        "{(030) 33 44 55-0}",
    ),
    *("call me on {612345678} please", "Rückruf unter {612 345678}", "appelez-moi au {612345678}"),
)
NO_PHONES = (
    *("612345678", "Order 612345678 is late", "00340434161094042557", "000000001234567890", "0012345678"),
    *("call me on 12.03.2026 10:30", "call us on 2026-03-01 10:30", "my number is 10023847", "M: 12 / 2026"),
    *(
        "Telefon 12 / 2026 / 3",
        "Telefon (3) 12.03.2026",
        "Phone (10) 2026-11-01",
        "Tel. 1 / 2 / 3 of 12",
        "Fon 05 / 2026",
    ),
    *("phone (2) 10 / 20", "mobile (2) 2026 / 4711", "(0911) 12 34 56 78 90 12", "01/12 34 56", "(12) 12 34 56"),
    *("T: 05 - 2026", "Telefon: 3 / 4 Plätze", "Fon 2026-03-01", "Tel. 4711", "call at 10:30 or 11:30"),
)
IBANS = (
    *("DE 89 3704 0044 0532 0130 00", "NL 91 ABNA 0417 1643 00", "GB 29 NWBK 6016 1331 9268 19"),
    *("DE89/3704/0044/0532/0130/00", "DE89.3704.0044.0532.0130.00", "DE89\n3704 0044 0532 0130 00"),
    *("DE89 3704 0044\r\n0532 0130 00", "DE89 3704 0044 0532 0130\n00"),
)
HOSTILE = (
    "tel (0911) ",
    "tel (09 ",
    "(09 11) 12 ",
    "tel 0 - ",
    "fon [0] / 1",
    "tel 030 / ",
    "call me on 1",
    "call me on ",
    "T: 030 / ",
    "DE89/",
    "DE 89 ",
    "DE89\n",
    "0031",
    "my number is 1",
)


@pytest.mark.parametrize("said", PHONES)
def test_a_phone_number_is_masked_as_people_give_it(said: str) -> None:
    hidden = masked(said.replace("{", "").replace("}", ""), PHONE)
    assert "[phone number]" in hidden
    assert not any(map(str.isdigit, hidden))


@pytest.mark.parametrize("said", NO_PHONES)
def test_numbers_of_parcels_articles_and_dates_stay(said: str) -> None:
    assert masked(said, EVERY_KIND) == said


@pytest.mark.parametrize("iban", IBANS)
@pytest.mark.parametrize("said", ["IBAN {}", "IBAN: {}.", "pay {}, thanks", "{}"])
def test_an_iban_is_masked_whatever_parts_its_groups(said: str, iban: str) -> None:
    assert masked(said.format(iban), IBAN) == said.format("[IBAN]")
    assert masked(said.format(iban), EVERY_KIND) == said.format("[IBAN]")


@pytest.mark.parametrize(
    "said", ["DE 89 3704 0044 0532 0130 01", "DE 89 is a road", "de 89 3704 0044 0532 0130 00", "DE89/3704"]
)
def test_what_only_looks_like_an_iban_stays(said: str) -> None:
    assert masked(said, IBAN) == said


def test_a_sentence_is_no_iban_whatever_its_remainder_is() -> None:
    texts = (f"DE {a:02} MANN GEHT JETZT {b:02} UHR" for a in range(100) for b in range(100))
    assert [text for text in texts if masked(text, IBAN) != text] == []


@pytest.mark.parametrize("unit", HOSTILE)
def test_they_cost_in_proportion_to_the_text(unit: str) -> None:
    assert grows_in_proportion(unit, lambda text: masked(text, EVERY_KIND))
