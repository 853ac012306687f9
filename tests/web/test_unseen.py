"""No page writes characters that turn the writing round or cannot be seen, whoever put them there."""

import re
from email.header import Header

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from jinja2 import DictLoader

from tests.app_fixtures import add_user
from tests.letters import letter, letter_with_file
from tests.take_in import take_in
from tests.web.conftest import Recorded
from tests.web.opened import opened
from ticketapp.web.unseen import only_seen, prose

FORBIDDEN = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]")
NASTY = "Invoice \u202egpj.exe \u2066x\u200b\u00ad\ufeff\U000e0041"
SHOWN = "Invoice \ufffdgpj.exe \ufffdx"


def nasty_letter(message_id: str = "<1@customer.example>", **headers: str) -> bytes:
    raw = letter(
        "SUBJECT", "Look at \u202egpj.exe", sender="SENDER <jo@customer.example>", message_id=message_id, **headers
    )
    encoded = Header(NASTY, "utf-8", maxlinelen=900).encode().encode()
    return raw.replace(b"SUBJECT", encoded).replace(b"SENDER", encoded)


@pytest.fixture
def nasty(app: APIFlask) -> APIFlask:
    """An application with ticket 1 whose sender, subject, files and staff have such marks in their names."""
    with app.app_context():
        take_in(nasty_letter())
        take_in(letter_with_file(b"x", NASTY))
    add_user(app, "gil@example.com", NASTY, "agent")
    return app


def test_no_page_writes_them(nasty: APIFlask, admin_client: FlaskClient, recorded: Recorded) -> None:
    mail_id = recorded(nasty_letter("<2@customer.example>"))
    opened(nasty, title=NASTY)
    admin_client.post("/tickets/1/assignment", data={"assignee_id": "2"})
    for path in ("/tickets", "/tickets?search=invoice", "/tickets/1", "/tickets/2", "/tickets/3", "/admin/mail"):
        page = admin_client.get(path)
        assert page.status_code == 200
        assert not FORBIDDEN.search(page.text), path
    assert SHOWN in admin_client.get("/tickets/1").text
    assert f"#1 {SHOWN}" in re.findall("<title>(.*?)</title>", admin_client.get("/tickets/1").text)[0]
    for path in (f"/admin/mail/{mail_id}", "/admin/mail/1", "/admin/users", "/admin/users/2", "/"):
        assert not FORBIDDEN.search(admin_client.get(path, follow_redirects=True).text), path


def test_a_filter_keeps_what_was_typed(admin_client: FlaskClient) -> None:
    page = admin_client.get("/tickets", query_string={"search": "a\u200bb"})
    assert 'value="a\u200bb"' in page.text


def test_whatever_a_template_writes_is_cleaned(app: APIFlask) -> None:
    app.jinja_env.loader = DictLoader({"any": "{{ text }}<a title='{{ text }}'>{{ 'x ' ~ text }}</a>"})
    assert not FORBIDDEN.search(app.jinja_env.get_template("any").render(text=NASTY))


@pytest.mark.parametrize(
    "text",
    ["Zoë\u00a0Šimková", "می‌خواهم", "👨‍👩‍👧", "葛\U000e0100城", "two\nlines\tof text", "क्‍ष", "שלום"],
)
def test_what_people_write_with_stays(text: str) -> None:
    assert only_seen(text) == prose(text) == text


def test_texts_keep_the_marks_of_writing_from_the_right() -> None:
    assert prose("\u200fשבת\u200e (\u202b1\u202c)\r\n<\u202egpj.exe\0") == (
        "\u200fשבת\u200e (\u202b1\u202c)\r\n&lt;\ufffdgpj.exe\ufffd"
    )
