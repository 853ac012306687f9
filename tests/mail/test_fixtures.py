"""Every fixture is read as its expected result says, in every field."""

import pytest

from tests.mail.fixtures import NAMES, expected, raw
from tests.mail.invariants import check
from ticketapp.mail import as_contract, parse


@pytest.mark.parametrize("name", NAMES)
def test_a_fixture_is_read_as_expected(name: str) -> None:
    email = parse(raw(name))
    assert as_contract(email) == expected(name)
    check(email)


def test_every_class_of_disease_has_its_fixtures() -> None:
    families = {name.split("-")[0] for name in NAMES}
    assert {
        "charset",
        "transfer",
        "header",
        "structure",
        "name",
        "reply",
        "forward",
        "html",
        "machine",
        "text",
    } <= families
    assert len(NAMES) >= 300


@pytest.mark.parametrize("name", NAMES)
def test_line_ends_of_the_file_change_nothing_that_is_read(name: str) -> None:
    if b"\r" in raw(name) or b"\x00" in raw(name):
        return
    email = as_contract(parse(raw(name).replace(b"\n", b"\r\n")))
    wanted = expected(name)
    for field in ("from", "to", "subject", "date", "references", "text", "reply_text", "html", "bounce"):
        assert email[field] == wanted[field], field
