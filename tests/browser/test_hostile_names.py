"""Files with hostile names, as they arrive in Chromium's download folder."""

from email.message import Message
from urllib.parse import unquote

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.browser.conftest import OpenAs
from tests.mail.invariants import check_name
from tests.take_in import take_in
from ticketapp.db import db
from ticketapp.models import Attachment, User

AT_ONCE = 10  # Chromium asks before a page downloads more
# What a mail says of its file, and the name that it is downloaded under; None where any safe name will do.
NAMES: dict[str, tuple[str, str | None]] = {
    "plain": ("filename=report.pdf", "report.pdf"),
    "quotes": (r'filename="a\"; filename=\"evil.html"', None),
    "apostrophes": ("filename=\"it's here's.txt\"", "it's here's.txt"),
    "semicolons and equals": ('filename="a;b=c.txt"', "a;b=c.txt"),
    "header injected": ("filename*=UTF-8''a%0D%0ASet-Cookie:%20x=1%0D%0A%0D%0A.txt", None),
    "continued": ("filename*0*=UTF-8''na%C3%AF; filename*1=ve.txt", "naïve.txt"),
    "bidirectional": ("filename*=UTF-8''photo%E2%80%AEgpj.exe", "photogpj.exe"),
    "isolates": ("filename*=UTF-8''a%E2%81%A6b%E2%81%A9.txt", "ab.txt"),
    "path": ('filename="../../etc/passwd"', "passwd"),
    "windows path": (r'filename="C:\\Windows\\system32\\calc.exe"', "calc.exe"),
    "encoded path": ('filename="..%2f..%2fevil.txt"', None),
    "encoded quote": ('filename="a%22b.txt"', None),
    "dots": ('filename=".."', None),
    "one dot": ("filename=.", None),
    "empty": ('filename=""', None),
    "blanks": ('filename="   "', None),
    "hidden": ('filename=".bashrc"', None),
    "long": (f'filename="{"x" * 3000}.pdf"', None),
    "long and wide": ("filename*=UTF-8''" + "%F0%9F%98%80" * 400 + ".pdf", None),
    "nul": ("filename*=UTF-8''evil.exe%00.pdf", None),
    "controls": ("filename*=UTF-8''a%07b%1Bc%7F.txt", None),
    "encoded word": ('filename="=?utf-8?q?a=0D=0Ab=22c.txt?="', None),
    "device": ('filename="CON.txt"', None),
    "stream": ('filename="a.txt:evil.exe"', None),
    "trailing": ('filename="evil.exe . . "', None),
    "wild": ('filename="a<b>|c?*.txt"', None),
    "chinese": ("filename*=UTF-8''%E6%8A%A5%E5%91%8A.docx", "报告.docx"),
    "lone surrogate": ("filename*=UTF-8''%ED%A0%80.txt", None),
    "percents": ('filename="100%.txt"', None),
    "plus": ('filename="a+b c.txt"', "a+b c.txt"),
}


def letter_with(names: list[str]) -> bytes:
    """A mail with a file of each name, the file's number in it."""
    files = "".join(
        f"--b\nContent-Type: application/octet-stream\nContent-Disposition: attachment; {name}\n\n{number}\n"
        for number, name in enumerate(names)
    )
    head = "From: zoe@shop.example\nTo: support@example.com\nSubject: Files\nMIME-Version: 1.0\n"
    text = "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nSee.\n"
    return (head + text + files + "--b--\n").encode()


@pytest.fixture
def kept(app: APIFlask) -> list[Attachment]:
    """The files of a mail with all names, on ticket 1, in their order."""
    with app.app_context():
        take_in(letter_with([written for written, _ in NAMES.values()]))
        return list(db.session.scalars(select(Attachment).order_by(Attachment.position)))


def test_every_file_arrives_under_a_safe_name(
    app: APIFlask, kept: list[Attachment], agent: User, open_as: OpenAs
) -> None:
    assert len(kept) == len(NAMES)
    for number, (disease, (_, expected)) in enumerate(NAMES.items()):
        if number % AT_ONCE == 0:
            page = open_as(app, agent, "/tickets/1")
        with page.expect_download() as download:
            page.locator(".attachments a").nth(number).click()
        assert page.url.endswith("/tickets/1")
        name = download.value.suggested_filename
        check_name(name)
        assert download.value.path().read_text().strip() == str(number), disease
        assert not set(name) & set('<>|?*:"'), (disease, name)
        assert expected in (None, name), disease


def test_the_header_names_each_file_as_it_is_kept(kept: list[Attachment], agent_client: FlaskClient) -> None:
    """RFC 6266: a quoted name in ASCII, RFC 8187's extended one for all others."""
    for file in kept:
        answer = agent_client.get(f"/tickets/1/attachments/{file.id}")
        written = answer.headers["Content-Disposition"]
        assert written.startswith("attachment;")
        assert written.isascii()
        assert written.isprintable()
        assert _name_in(written) == file.filename
        assert "Set-Cookie" not in answer.headers


def _name_in(written: str) -> str | None:
    _, _, extended = written.partition("filename*=UTF-8''")
    if extended:
        return unquote(extended, errors="strict")
    read = Message()
    read["Content-Disposition"] = written
    return read.get_filename()
