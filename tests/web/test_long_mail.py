"""Mails with giant subjects and texts: pages stay small, and what is cut can still be read whole."""

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from tests.app_fixtures import add_user, signed_in
from tests.letters import letter, letter_with_file
from tests.take_in import take_in
from tests.web.browsing import words_of
from tests.web.conftest import CAUSE, Recorded
from ticketapp.actions import mail_words
from ticketapp.models import MailState
from ticketapp.queries import ledger as queries

GIANT = 1_000_000
LINE = "The printer is on fire, again.\n"


def giant_line(subject: bytes, sender: bytes = b"jo") -> bytes:
    """A mail whose header lines are as long as they come."""
    return b"From: " + sender + b" <jo@customer.example>\r\nSubject: " + subject + b"\r\n\r\nHello\r\n"


def test_the_mail_section_shows_the_beginning_of_giant_subjects(postgres_app: APIFlask, app: APIFlask) -> None:
    for each in (app, postgres_app):
        with each.app_context():
            take_in(giant_line(b"Fire " + b"x" * GIANT, b"y" * GIANT))
        client = signed_in(each, add_user(each, "ada@example.com", "Ada", "admin"))

        for path in ("/admin/mail", "/admin/mail/1", "/tickets/1", "/tickets"):
            page = client.get(path)
            assert page.status_code == 200
            assert len(page.data) < 100_000, path
        assert f"Fire {'x' * 295}…" in client.get("/admin/mail").text
        assert f"Fire {'x' * 295}…" in client.get("/admin/mail/1").text


def test_a_long_message_is_cut_and_can_be_read_whole(app: APIFlask, agent_client: FlaskClient) -> None:
    with app.app_context():
        take_in(letter(text=LINE * 20_000 + "The very end."))

    page, whole = agent_client.get("/tickets/1"), agent_client.get("/tickets/1/messages/1/text")

    assert len(page.data) < 300_000
    assert "The very end." not in page.text
    assert '<a href="/tickets/1/messages/1/text">The whole text</a>' in page.text
    assert whole.content_type == "text/plain; charset=utf-8"
    assert whole.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert whole.text.startswith(LINE * 20_000)
    assert whole.text.rstrip().endswith("The very end.")


def test_a_short_message_is_shown_whole_and_only_by_its_ticket(app: APIFlask, agent_client: FlaskClient) -> None:
    with app.app_context():
        take_in(letter())
        take_in(letter())

    assert "The whole text" not in agent_client.get("/tickets/1").text
    assert agent_client.get("/tickets/2/messages/1/text").status_code == 404


def test_the_quoted_history_of_a_long_answer_stays_folded(app: APIFlask, agent_client: FlaskClient) -> None:
    with app.app_context():
        take_in(letter(message_id="<first@customer.example>"))
        answer = "Still burning.\n\nOn Thu, Jo Doe <jo@customer.example> wrote:\n" + f"> {LINE}" * 9_000
        take_in(letter("Re: Printer on fire", answer, In_Reply_To="<first@customer.example>"))

    page = agent_client.get("/tickets/1").text

    assert '<div class="message-text prose">Still burning.</div>' in page
    assert "Quoted history" in page
    assert "The whole text" in page


def test_a_mail_over_the_limit_names_sender_and_subject_and_its_ticket_says_why_it_has_no_text(
    admin_client: FlaskClient, quarantined: int
) -> None:
    listed = words_of(admin_client.get("/admin/mail?state=quarantined&sender=jo@customer.example"))
    answer = admin_client.post(f"/admin/mail/{quarantined}/ticket")
    ticket = words_of(admin_client.get(answer.location))

    assert "A film of the fire" in listed
    assert f"Only the header of this mail was taken in; its text and files were left on the server. {CAUSE}" in ticket
    assert "(no text)" not in ticket


def test_a_header_that_cannot_be_read_is_recorded_all_the_same(
    recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(header: bytes) -> object:
        raise RecursionError(header)

    monkeypatch.setattr(mail_words, "parse", broken)

    found = queries.mail(recorded(None, b"Subject: \xff\r\n"))

    assert (found.state, found.sender, found.subject) == (MailState.QUARANTINED, "", "")


def test_a_file_shows_the_name_it_came_with_where_that_is_another(app: APIFlask, agent_client: FlaskClient) -> None:
    with app.app_context():
        take_in(letter_with_file(b"1", "plain.txt"))
        take_in(letter_with_file(b"2", "../<b>\u202egpj.exe"))

    other = agent_client.get("/tickets/2").text

    assert "came as" not in agent_client.get("/tickets/1").text
    assert "came as <bdi>../&lt;b&gt;\ufffdgpj.exe</bdi>" in other
    assert 'title="Came as ../&lt;b&gt;\ufffdgpj.exe"' in other
