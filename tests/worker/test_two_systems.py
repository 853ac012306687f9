"""Two installations that acknowledge mail are pointed at each other, over SMTP and IMAP, and fall silent."""

import pytest
from apiflask import APIFlask
from sqlalchemy import func, select

from tests.app_fixtures import MakeApp
from tests.letters import letter
from tests.services.imap import ImapServer
from tests.services.smtp import SmtpServer
from tests.worker.conftest import Account, poll
from ticketapp.db import db
from ticketapp.models import Ticket
from ticketapp.outside import outside
from worker.sending import send_due

OURS, THEIRS = "help@ours.example", "help@theirs.example"
ROUNDS = 6


def unmarked(raw: bytes) -> bytes:
    """A mail as a system passes it on that keeps no header it does not know."""
    lines = raw.split(b"\r\n")
    return b"\r\n".join(line for line in lines if not line.startswith((b"Auto-Submitted:", b"X-Auto-Response-")))


def exchange(app: APIFlask, smtp: SmtpServer, partner: Account, *, keeps_marks: bool) -> int:
    """Poll, send what is due, and let it arrive at the partner's mailbox; how many mails that were."""
    poll(app)
    before = len(smtp.messages)
    with app.app_context():
        send_due(outside())
    sent = smtp.messages[before:]
    partner.receive(*(mail.raw if keeps_marks else unmarked(mail.raw) for mail in sent))
    return len(sent)


@pytest.mark.parametrize("keeps_marks", [True, False], ids=["both obey RFC 3834", "the marks are lost on the way"])
def test_two_systems_stop_after_at_most_two_mails(
    make_sqlite_app: MakeApp,
    make_postgres_app: MakeApp,
    dovecot: ImapServer,
    smtp_server: SmtpServer,
    keeps_marks: bool,
) -> None:
    boxes = [Account(dovecot, f"{name}-{keeps_marks}@example.com".lower()) for name in ("ours", "theirs")]
    for box in boxes:
        dovecot.add_user(box.user)
    shared = {
        "acknowledge": True,
        "smtp_host": smtp_server.host,
        "smtp_port": smtp_server.port,
        "smtp_security": "none",
        "outbox_dir": None,
    }
    ours = make_sqlite_app(**boxes[0].settings(support_address=OURS, **shared))
    theirs = make_postgres_app(**boxes[1].settings(support_address=THEIRS, **shared))
    boxes[0].receive(letter(sender=f"Their support <{THEIRS}>"))
    total = 0
    for _ in range(ROUNDS):
        for app, partner in ((ours, boxes[1]), (theirs, boxes[0])):
            total += exchange(app, smtp_server, partner, keeps_marks=keeps_marks)
    assert 1 <= total <= 2
    for app in (ours, theirs):
        with app.app_context():
            assert (db.session.scalar(select(func.count()).select_from(Ticket)) or 0) <= 1
