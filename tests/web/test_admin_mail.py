"""The mail ledger, for admins."""

import dataclasses
from pathlib import Path

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import update

from tests.letters import letter, letter_with_file
from tests.web.browsing import words_of
from tests.web.conftest import CAUSE, Recorded
from ticketapp import clock
from ticketapp.actions import late_bytes, refreshing
from ticketapp.actions.ledger import end_poll
from ticketapp.clock import utc_now
from ticketapp.db import transaction
from ticketapp.models import Mailbox, MailState
from ticketapp.outside import EXTENSION, outside
from ticketapp.queries import ledger
from ticketapp.storage import AttachmentStore


def state_of(mail_id: int) -> MailState:
    """The state of a mail now."""
    return ledger.mail(mail_id).state


def test_the_ledger_shows_every_mail_and_counts_every_state(
    admin_client: FlaskClient, quarantined: int, set_aside: int, recorded: Recorded
) -> None:
    recorded(letter())

    words = words_of(admin_client.get("/admin/mail"))

    assert "Quarantined 1 Waiting 1 Set aside 1 On tickets 0" in words
    assert CAUSE in words
    assert "Out of office" in words
    quarantine = words_of(admin_client.get("/admin/mail?state=quarantined"))
    assert CAUSE in quarantine
    assert "Out of office" not in quarantine


def test_an_empty_quarantine_says_so(admin_client: FlaskClient) -> None:
    assert "Every mail so far could be read." in words_of(admin_client.get("/admin/mail?state=quarantined"))


def test_older_mails_are_a_page_away(admin_client: FlaskClient, recorded: Recorded) -> None:
    ids = [recorded(letter(f"Mail {number}")) for number in range(52)]

    first = admin_client.get("/admin/mail?state=received")
    assert f"/admin/mail/{ids[2]}" in first.text
    assert f'/admin/mail/{ids[1]}"' not in first.text
    older = admin_client.get(f"/admin/mail?state=received&below={ids[2]}")
    assert f'href="/admin/mail?state=received&amp;below={ids[2]}"' in first.text
    assert f'/admin/mail/{ids[1]}"' in older.text
    assert f'/admin/mail/{ids[2]}"' not in older.text


@pytest.mark.parametrize(
    "query", ["state=lost", "below=x", f"below={2**63}", "below=-1", "below=0", "mailbox=x", "kind=cat"]
)
def test_a_bad_query_is_told(admin_client: FlaskClient, query: str) -> None:
    assert admin_client.get(f"/admin/mail?{query}").status_code == 422


def test_a_failing_mailbox_is_shown_with_its_error(admin_client: FlaskClient, recorded: Recorded) -> None:
    recorded(letter())
    end_poll(1, error="The mail server refused the password.")

    words = words_of(admin_client.get("/admin/mail"))

    assert "support@imap.example.com/INBOX" in words
    assert "failing" in words
    assert "The mail server refused the password." in words


def test_a_mail_is_laid_out_and_what_it_says_gives_no_orders(admin_client: FlaskClient, recorded: Recorded) -> None:
    mail_id = recorded(letter("<b>Fire</b>", "<script>alert(1)</script>\n\u202eevil", X_Note="<i>hidden</i>"))

    page = admin_client.get(f"/admin/mail/{mail_id}")

    assert "<script>alert" not in page.text
    assert "<b>Fire" not in page.text
    assert "\u202e" not in page.text
    words = words_of(page)
    assert "<script>alert(1)</script>" in words
    assert "X-Note: <i>hidden</i>" in words
    assert "jo@customer.example" in words


def test_attachments_are_named_and_not_served(admin_client: FlaskClient, recorded: Recorded) -> None:
    mail_id = recorded(letter_with_file(b"x" * 1200, "log.txt"))

    words = words_of(admin_client.get(f"/admin/mail/{mail_id}"))

    assert "log.txt application/octet-stream, 1.2 kB" in words


def test_a_long_text_is_cut_and_says_so(admin_client: FlaskClient, recorded: Recorded) -> None:
    mail_id = recorded(letter(text="word " * 10_000))

    page = admin_client.get(f"/admin/mail/{mail_id}")

    assert "The text goes on" in page.text
    assert len(page.text) < 60_000


def test_the_raw_mail_is_a_download_that_cannot_run(admin_client: FlaskClient, recorded: Recorded) -> None:
    raw = letter("<script>alert(1)</script>")

    answer = admin_client.get(f"/admin/mail/{recorded(raw)}/raw")

    assert answer.data == raw
    assert answer.headers["Content-Type"] == "message/rfc822"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="mail-1.eml"'
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_mail_left_on_the_server_has_nothing_to_download(admin_client: FlaskClient, quarantined: int) -> None:
    answer = admin_client.get(f"/admin/mail/{quarantined}/raw")

    assert answer.status_code == 404
    assert "left on the server" in words_of(answer)


def test_a_mail_without_its_bytes_says_when_they_are_asked_for_again_and_that_it_is_gone(
    admin_client: FlaskClient, quarantined: int
) -> None:
    with clock.at(utc_now()):
        for _ in range(4):
            late_bytes.count_fetch(quarantined)
        assert "It is asked for again in 4 h" in words_of(admin_client.get(f"/admin/mail/{quarantined}"))
        refreshing.give_up(quarantined)
        page = words_of(admin_client.get(f"/admin/mail/{quarantined}"))
    assert "not on the server any more" in page
    assert "has not been asked for since it was found missing just now" in page
    assert "left on the server" not in page


def test_a_mail_tried_again_is_in_line_and_the_worker_is_told(
    app: APIFlask, admin_client: FlaskClient, set_aside: int
) -> None:
    hints: list[tuple[object, ...]] = []
    app.extensions[EXTENSION] = dataclasses.replace(outside(), hint=lambda *hint: hints.append(hint))

    answer = admin_client.post(f"/admin/mail/{set_aside}/retry")

    assert "in line again" in words_of(admin_client.get(answer.location))
    assert state_of(set_aside) == MailState.RECEIVED
    assert hints == [("process_mail", set_aside)]


def test_bytes_that_were_left_on_the_server_are_asked_for_again(admin_client: FlaskClient, quarantined: int) -> None:
    answer = admin_client.post(f"/admin/mail/{quarantined}/retry")

    assert "Its bytes are asked for with the next polls" in admin_client.get(answer.location).text


def test_a_mail_of_a_mailbox_that_nobody_polls_any_more_cannot_be_asked_for(
    app: APIFlask, admin_client: FlaskClient, quarantined: int
) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(Mailbox).values(retired_at=utc_now()))

    answer = admin_client.post(f"/admin/mail/{quarantined}/retry")

    assert "nobody polls its mailbox" in admin_client.get(answer.location).text
    assert state_of(quarantined) == MailState.QUARANTINED


@pytest.mark.parametrize("which", ["set_aside", "quarantined"])
def test_a_ticket_is_made_anyway(admin_client: FlaskClient, which: str, request: pytest.FixtureRequest) -> None:
    mail_id = request.getfixturevalue(which)

    answer = admin_client.post(f"/admin/mail/{mail_id}/ticket")

    assert (answer.status_code, answer.location) == (303, "/tickets/1")
    assert "The mail is on this ticket now." in words_of(admin_client.get(answer.location))
    assert state_of(mail_id) == MailState.PROCESSED
    assert 'href="/tickets/1"' in admin_client.get(f"/admin/mail/{mail_id}").text


def test_making_a_ticket_twice_makes_one(admin_client: FlaskClient, set_aside: int) -> None:
    admin_client.post(f"/admin/mail/{set_aside}/ticket")
    answer = admin_client.post(f"/admin/mail/{set_aside}/ticket")

    assert "This mail is on a ticket already." in words_of(admin_client.get(answer.location))
    assert admin_client.get("/tickets/2").status_code == 404


def test_a_store_out_of_reach_is_told_and_loses_nothing(
    app: APIFlask, admin_client: FlaskClient, recorded: Recorded, tmp_path: Path
) -> None:
    in_the_way = tmp_path / "in-the-way"
    in_the_way.touch()
    mail_id = recorded(letter_with_file(b"the log"))
    broken = AttachmentStore((in_the_way / "attachments").as_uri())
    app.extensions[EXTENSION] = dataclasses.replace(outside(), store=broken)

    answer = admin_client.post(f"/admin/mail/{mail_id}/ticket")

    assert "The attachment store cannot be written" in words_of(admin_client.get(answer.location))
    assert state_of(mail_id) == MailState.RECEIVED


def test_a_discarded_mail_keeps_its_row_and_says_who_did_it(admin_client: FlaskClient, quarantined: int) -> None:
    answer = admin_client.post(f"/admin/mail/{quarantined}/discard")

    words = words_of(admin_client.get(answer.location))
    assert "Discarded by Ada Admin." in words
    assert CAUSE in words
    assert state_of(quarantined) == MailState.SET_ASIDE


@pytest.mark.parametrize("action", ["retry", "discard"])
def test_what_is_in_line_already_is_left_alone(admin_client: FlaskClient, recorded: Recorded, action: str) -> None:
    mail_id = recorded(letter())

    answer = admin_client.post(f"/admin/mail/{mail_id}/{action}")

    assert "Only a mail that is quarantined or set aside" in words_of(admin_client.get(answer.location))
    assert state_of(mail_id) == MailState.RECEIVED


@pytest.mark.parametrize("action", ["", "/raw", "/retry", "/ticket", "/discard"])
def test_a_mail_that_does_not_exist_is_not_found(admin_client: FlaskClient, action: str) -> None:
    is_reading = action in ("", "/raw")
    answer = admin_client.open(f"/admin/mail/4711{action}", method="GET" if is_reading else "POST")

    assert answer.status_code == 404
    assert "There is no mail 4711." in words_of(answer)
