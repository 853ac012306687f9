"""Answers and notes go in; files, laid-out mails and their pictures come out, and none of them can do harm."""

from pathlib import Path

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.app_fixtures import MakeApp, add_user, signed_in
from tests.letters import letter, letter_with_file
from tests.take_in import PNG, laid_out_letter, take_in
from tests.web.opened import opened, ticket_of
from ticketapp.actions import conversation
from ticketapp.db import db, transaction
from ticketapp.models import Attachment, Delivery, Direction, Message
from ticketapp.outside import outside
from ticketapp.queries import conversation as queries

LAID_OUT = '<p>Hello <b>there</b></p><img src="cid:dot@shop" alt="a dot"><a href="https://example.org/">a link</a>'


def messages_of(app: APIFlask) -> tuple[Message, ...]:
    with app.app_context():
        return tuple(db.session.scalars(select(Message).where(Message.ticket_id == 1).order_by(Message.id)))


def file_named(app: APIFlask, filename: str) -> int:
    with app.app_context():
        return db.session.scalars(select(Attachment.id).where(Attachment.filename == filename)).one()


@pytest.fixture
def mailed(app: APIFlask) -> APIFlask:
    """An application with ticket 1, opened by a laid-out mail."""
    with app.app_context():
        take_in(laid_out_letter(LAID_OUT))
    return app


def test_an_answer_is_queued_and_the_worker_nudged(make_sqlite_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    nudges: list[tuple[object, ...]] = []
    monkeypatch.setattr("ticketapp.composition.no_hint", lambda *hint: nudges.append(hint))
    app = make_sqlite_app()
    with app.app_context():
        take_in(letter())
    client = signed_in(app, add_user(app, "agent@example.com", "Gil Agent", "agent"))
    response = client.post("/tickets/1/replies", data={"text": "Which printer?", "status": "resolved"})
    assert response.status_code == 303
    sent = messages_of(app)[-1]
    assert (sent.direction, sent.delivery, sent.text) == (Direction.OUTBOUND, Delivery.PENDING, "Which printer?")
    assert ticket_of(app, 1).status == "resolved"
    assert nudges == [("send_replies",)]


def test_an_answer_without_a_status_leaves_it(mailed: APIFlask, agent_client: FlaskClient) -> None:
    agent_client.post("/tickets/1/replies", data={"text": "Which printer?", "status": ""})
    assert ticket_of(mailed, 1).status == "open"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"text": "  "}, "Write an answer first."),
        ({"text": "nul \0 here"}, "Text must not contain NUL"),
        ({"text": "Kept words", "status": "lost"}, "Choose one of these: As it is, open,"),
    ],
)
def test_a_refused_answer_keeps_what_was_typed(
    mailed: APIFlask, agent_client: FlaskClient, typed: dict[str, str], sentence: str
) -> None:
    response = agent_client.post("/tickets/1/replies", data=typed)
    assert response.status_code == 422
    assert sentence in response.text
    assert typed["text"].strip() in response.text
    assert len(messages_of(mailed)) == 1


def test_without_a_requester_there_is_nobody_to_answer(app: APIFlask, agent_client: FlaskClient) -> None:
    opened(app)
    assert "Nobody can be answered" in agent_client.get("/tickets/1").text
    response = agent_client.post("/tickets/1/replies", data={"text": "Hello?", "status": ""})
    assert response.status_code == 409
    assert "there is nobody to answer" in response.text


def test_a_note_is_kept_and_not_mailed(mailed: APIFlask, agent_client: FlaskClient) -> None:
    agent_client.post("/tickets/1/notes", data={"text": "Between us"})
    note = messages_of(mailed)[-1]
    assert (note.direction, note.delivery, note.text) == (Direction.NOTE, Delivery.NONE, "Between us")


def test_a_blank_note_is_refused_and_its_form_stays_open(mailed: APIFlask, agent_client: FlaskClient) -> None:
    response = agent_client.post("/tickets/1/notes", data={"text": ""})
    assert response.status_code == 422
    assert "Write a note first." in response.text
    assert '<details class="panel fold" open>' in response.text


def test_a_failed_answer_is_sent_again(mailed: APIFlask, agent_client: FlaskClient) -> None:
    agent_client.post("/tickets/1/replies", data={"text": "Which printer?", "status": ""})
    message_id = messages_of(mailed)[-1].id
    with mailed.app_context():
        conversation.record_not_sent(message_id, "550 no such user", for_good=True)
    response = agent_client.post(f"/tickets/1/messages/{message_id}/delivery")
    assert response.location == f"/tickets/1#message-{message_id}"
    assert messages_of(mailed)[-1].delivery == Delivery.PENDING
    assert agent_client.post(f"/tickets/1/messages/{message_id}/delivery").status_code == 409


def test_an_attachment_is_a_download_whatever_it_says_it_is(mailed: APIFlask, agent_client: FlaskClient) -> None:
    response = agent_client.get(f"/tickets/1/attachments/{file_named(mailed, 'report.html')}")
    assert response.data.strip() == b"<script>alert(1)</script>"
    assert response.content_type == "application/octet-stream"
    assert response.headers["Content-Disposition"] == "attachment; filename=report.html"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_file_keeps_its_name_in_any_script(mailed: APIFlask, agent_client: FlaskClient) -> None:
    response = agent_client.get(f"/tickets/1/attachments/{file_named(mailed, 'naïve.txt')}")
    assert "filename*=UTF-8''na%C3%AFve.txt" in response.headers["Content-Disposition"]


def test_a_name_cannot_break_out_of_its_header(app: APIFlask, agent_client: FlaskClient) -> None:
    with app.app_context():
        take_in(letter_with_file(b"x"))
        with transaction() as session:
            file = session.scalars(select(Attachment)).one()
            file.filename = 'a"; filename="evil.html'
    response = agent_client.get(f"/tickets/1/attachments/{file.id}")
    assert response.data == b"x"
    assert response.headers["Content-Disposition"] == r'''attachment; filename="a\"; filename=\"evil.html"'''


def test_a_file_is_reached_only_through_its_own_ticket(mailed: APIFlask, agent_client: FlaskClient) -> None:
    opened(mailed)
    assert agent_client.get(f"/tickets/2/attachments/{file_named(mailed, 'report.html')}").status_code == 404
    assert agent_client.get(f"/tickets/2/messages/{messages_of(mailed)[0].id}/html").status_code == 404


def test_a_store_that_cannot_be_read_is_a_clear_error(mailed: APIFlask, agent_client: FlaskClient) -> None:
    with mailed.app_context():
        file = db.session.get_one(Attachment, file_named(mailed, "report.html"))
        path = outside().store._path(file.sha256)
    Path(path).unlink()
    response = agent_client.get(f"/tickets/1/attachments/{file.id}")
    assert response.status_code == 503
    assert "The store of attachments cannot be read at the moment." in response.text


def test_a_laid_out_mail_comes_under_a_policy_of_its_own(mailed: APIFlask, agent_client: FlaskClient) -> None:
    message_id = messages_of(mailed)[0].id
    response = agent_client.get(f"/tickets/1/messages/{message_id}/html")
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'" in policy
    assert "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox" in policy
    assert "allow-scripts" not in policy
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert f'src="/tickets/1/messages/{message_id}/pictures/dot@shop"' in response.text
    assert "Pictures from outside" not in response.text


def test_pictures_from_outside_are_loaded_only_when_asked_for(app: APIFlask, agent_client: FlaskClient) -> None:
    with app.app_context():
        take_in(laid_out_letter('<p>Hello</p><img src="https://tracker.example/x.png">'))
    url = f"/tickets/1/messages/{messages_of(app)[0].id}/html"
    held_back, shown = agent_client.get(url), agent_client.get(f"{url}?images=1")
    assert f'<a href="{url}?images=1">Load them</a>' in held_back.text
    assert "https:" not in held_back.headers["Content-Security-Policy"]
    assert "img-src 'self' data: https: http:;" in shown.headers["Content-Security-Policy"]
    assert "Load them" not in shown.text


def test_a_picture_of_the_mail_is_served_as_what_it_is(mailed: APIFlask, agent_client: FlaskClient) -> None:
    response = agent_client.get(f"/tickets/1/messages/{messages_of(mailed)[0].id}/pictures/dot@shop")
    assert response.data == PNG
    assert response.content_type == "image/png"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_what_only_claims_to_be_a_picture_is_not_served(
    mailed: APIFlask, agent_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"/tickets/1/messages/{messages_of(mailed)[0].id}/pictures"
    assert agent_client.get(f"{url}/nothing@shop").status_code == 404
    monkeypatch.setattr(
        "tests.take_in.PNG", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    )
    with mailed.app_context():
        ticket_id = take_in(laid_out_letter(LAID_OUT, message_id="<svg@shop.example>"))
        message_id = queries.thread([ticket_id]).messages[0].message.id
    response = agent_client.get(f"/tickets/{ticket_id}/messages/{message_id}/pictures/dot@shop")
    assert response.status_code == 404


def test_a_message_without_html_has_no_frame(app: APIFlask, agent_client: FlaskClient) -> None:
    with app.app_context():
        take_in(letter())
    assert "<iframe" not in agent_client.get("/tickets/1").text
    assert agent_client.get(f"/tickets/1/messages/{messages_of(app)[0].id}/html").status_code == 404


def test_files_and_frames_work_on_postgresql(postgres_app: APIFlask) -> None:
    client = signed_in(postgres_app, add_user(postgres_app, "agent@example.com", "Gil Agent", "agent"))
    with postgres_app.app_context():
        take_in(laid_out_letter(LAID_OUT))
    message_id = messages_of(postgres_app)[0].id
    assert client.get(f"/tickets/1/messages/{message_id}/html").status_code == 200
    assert client.get(f"/tickets/1/messages/{message_id}/pictures/dot@shop").data == PNG
    assert client.get(f"/tickets/1/messages/{message_id}/pictures/%00").status_code == 404
    assert client.get(f"/tickets/1/attachments/{file_named(postgres_app, 'naïve.txt')}").status_code == 200
