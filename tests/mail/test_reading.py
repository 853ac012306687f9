"""What reading promises beside its fields: unpacked files, defects named, and a fault of ours that costs no mail."""

import pytest

from tests.mail.fixtures import raw
from tests.mail.invariants import check
from ticketapp.mail import as_contract, parse, reading


def test_files_inside_winmail_dat_are_unpacked_and_not_in_the_contract() -> None:
    email = parse(raw("structure-tnef"))
    packed, inside = email.attachments
    assert (packed.filename, packed.is_unpacked) == ("winmail.dat", False)
    assert (inside.filename, inside.content_type, inside.content) == ("a.pdf", "application/pdf", b"%PDF-1.4 tiny\n")
    assert inside.is_unpacked
    assert len(as_contract(email)["attachments"]) == 1


def test_the_original_name_is_kept_for_show() -> None:
    attachment = parse(raw("name-windows-path")).attachments[0]
    assert (attachment.filename, attachment.original_filename) == ("a.pdf", "C:\\docs\\a.pdf")


def test_what_is_wrong_is_said_in_sentences() -> None:
    assert parse(raw("structure-boundary-never-used")).defects == ("It declares parts, and none could be found.",)
    assert parse(b"\nhello").defects == ("It has no sender.", "It has no date.")


def test_a_fault_of_ours_still_yields_sender_subject_and_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(reading, "read_bodies", broken)
    email = parse(raw("header-encoded-word-split-in-character"))
    check(email)
    assert (email.sender.email, email.subject) == ("a@x.example", "Grüße")
    assert email.text.endswith("Hi\n")
    assert email.defects == ("It could not be read: RecursionError.",)
    assert email.auto_submitted


def test_no_bytes_at_all_are_an_empty_mail() -> None:
    email = parse(b"")
    check(email)
    assert (email.text, email.subject, email.sender.email) == ("", "", "")
