"""Several mails of the ledger acted on at once, from the ticked rows of a page."""

import dataclasses

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.letters import letter
from tests.web.browsing import words_of
from tests.web.conftest import AUTOMATIC, CAUSE, Recorded
from ticketapp.actions import intake
from ticketapp.models import MailState
from ticketapp.outside import EXTENSION, outside
from ticketapp.queries import ledger


@pytest.fixture
def several(recorded: Recorded) -> list[int]:
    """Two mails set aside, one quarantined without its bytes, one on a ticket."""
    raws = [letter("Out of office", **AUTOMATIC), letter("Away", **AUTOMATIC), None, letter("A request")]
    ids = [recorded(raw, None if raw else b"Subject: Huge\n\n") for raw in raws]
    intake.process_many(ids, store=outside().store, rules=outside().rules)
    return ids


def states(ids: list[int]) -> list[str]:
    return [ledger.mail(mail_id).state for mail_id in ids]


def act(client: FlaskClient, action: str, ids: list[int], then: str = "/admin/mail?kind=automatic") -> str:
    """Post the form of the page with these rows ticked; the words of the page that follows."""
    answer: TestResponse = client.post(f"/admin/mail/{action}", data={"mail": ids, "next": then})
    assert (answer.status_code, answer.location) == (303, then)
    return words_of(client.get(answer.location))


def test_ticked_mails_are_put_back_in_line(app: APIFlask, admin_client: FlaskClient, several: list[int]) -> None:
    hints: list[tuple[object, ...]] = []
    app.extensions[EXTENSION] = dataclasses.replace(outside(), hint=lambda *hint: hints.append(hint))

    words = act(admin_client, "retries", several)

    assert "2 mails are in line again and will be read within seconds." in words
    assert "1 mail is asked for again with the next polls, within MAIL_MAX_BYTES." in words
    assert "1 was left alone, being on a ticket or in line already" in words
    assert states(several) == ["received", "received", "quarantined", "processed"]
    assert hints == [("process_mail", several[0]), ("process_mail", several[1])]


def test_ticked_mails_become_tickets_whatever_they_are(admin_client: FlaskClient, several: list[int]) -> None:
    words = act(admin_client, "tickets", several)

    assert "3 mails are on tickets now." in words
    assert "1 was left alone, being on a ticket already." in words
    assert states(several) == ["processed"] * 4
    again = act(admin_client, "tickets", several)
    assert "4 were left alone" in again
    assert admin_client.get("/tickets/5").status_code == 404


def test_ticked_mails_are_discarded_from_the_quarantine_only(admin_client: FlaskClient, several: list[int]) -> None:
    words = act(admin_client, "discards", several)

    assert "1 mail is set aside now; all bytes are kept." in words
    assert "3 were left alone, being not in quarantine." in words
    assert ledger.mail(several[2]).reason == f"Discarded by Ada Admin. It had been quarantined: {CAUSE}"
    assert states(several) == ["set_aside", "set_aside", "set_aside", "processed"]


@pytest.mark.parametrize("action", ["retries", "tickets", "discards"])
def test_nothing_ticked_does_nothing_and_says_so(admin_client: FlaskClient, several: list[int], action: str) -> None:
    before = states(several)

    assert "No mail was ticked." in act(admin_client, action, [])
    assert states(several) == before


def test_more_than_a_page_is_refused(admin_client: FlaskClient, several: list[int]) -> None:
    answer = admin_client.post("/admin/mail/discards", data={"mail": list(range(1, 60))})

    assert answer.status_code == 422
    assert MailState.QUARANTINED in states(several)


def test_where_to_go_on_is_a_page_of_ours(admin_client: FlaskClient) -> None:
    answer = admin_client.post("/admin/mail/discards", data={"next": "//evil.example"})

    assert answer.location == "/admin/mail"


def test_all_rows_of_a_page_can_be_ticked_without_script(admin_client: FlaskClient, several: list[int]) -> None:
    page = admin_client.get("/admin/mail?kind=automatic")
    ticks = [f'aria-label="Tick mail {number}" checked' for number in (several[0], several[1])]
    assert not any(tick in page.text for tick in ticks)
    assert 'href="/admin/mail?kind=automatic&amp;ticked=all"' in page.text

    ticked = admin_client.get("/admin/mail?kind=automatic&ticked=all")

    assert all(tick in ticked.text for tick in ticks)
    assert 'href="/admin/mail?kind=automatic"' in ticked.text
