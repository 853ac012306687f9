"""A mail of 60 MB: over the limit it is quarantined and blocks nothing, below it is a ticket in bounded memory."""

import base64
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from tests.app_fixtures import MakeApp
from tests.letters import letter
from tests.services.redis import RedisServer
from tests.worker.conftest import Account
from tests.worker.processes import ROOT, environment
from ticketapp.db import db
from ticketapp.models import Attachment, InboundMail, MailState, Ticket

FILE_BYTES = 44_000_000
MEMORY_OF_SIZE = 10.0
# The high-water mark of the process itself; what getrusage tells of a child holds its parent's from before the exec.
MEASURED = """
import atexit, pathlib, flask.cli
status = pathlib.Path("/proc/self/status")
atexit.register(lambda: print(next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))))
flask.cli.main()
"""


@dataclass(frozen=True)
class Polled:
    """What a poll in a process of its own said, and the most memory it took, in bytes."""

    said: str
    peak_bytes: int


def large_mail() -> bytes:
    """60 MB as sent: a file of 44 MB in base64."""
    head = (
        b"From: Jo <jo@customer.example>\r\nTo: support@example.com\r\nSubject: The scan\r\n"
        b"Message-ID: <large@customer.example>\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee the scan.\r\n'
        b'--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename="scan.pdf"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n"
    )
    file = base64.encodebytes(bytes(range(256)) * (FILE_BYTES // 256)).replace(b"\n", b"\r\n")
    return head + file + b"--b--\r\n"


def poll_in_a_process(settings: dict[str, str], log: Path) -> Polled:
    """`flask mail poll`, to its end."""
    with log.open("wb") as output:
        subprocess.run(
            [sys.executable, "-c", MEASURED, "--app", "wsgi", "mail", "poll"],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], **settings},
            stdout=output,
            stderr=output,
            check=True,
        )
    *_, peak = log.read_text().splitlines()
    return Polled(log.read_text(), int(peak.split()[1]) * 1024)


@pytest.fixture
def app(make_postgres_app: MakeApp) -> APIFlask:
    return make_postgres_app()


@pytest.fixture
def settings(app: APIFlask, account: Account, redis_server: RedisServer) -> dict[str, str]:
    return environment(app, account, redis_server)


def states(app: APIFlask) -> dict[str, str]:
    with app.app_context():
        return dict(db.session.execute(select(InboundMail.subject, InboundMail.state)).tuples())


def test_over_the_limit_it_is_quarantined_by_its_header_and_the_rest_goes_on(
    app: APIFlask, account: Account, settings: dict[str, str], tmp_path: Path
) -> None:
    account.receive(letter("Before"), large_mail(), letter("After"))
    small = poll_in_a_process(settings, tmp_path / "log")
    with app.app_context():
        large = db.session.scalars(select(InboundMail).where(InboundMail.state == MailState.QUARANTINED)).one()
        assert large.header is not None
        assert b"Subject: The scan" in large.header
        assert large.raw is None
        assert "50,000,000" in large.reason
        assert sorted(db.session.scalars(select(Ticket.title))) == ["After", "Before"]
    assert small.peak_bytes < 200_000_000


def test_below_the_limit_it_is_a_ticket_within_bounded_memory(
    app: APIFlask, account: Account, settings: dict[str, str], tmp_path: Path
) -> None:
    idle = poll_in_a_process(settings, tmp_path / "log")
    mail = large_mail()
    account.receive(letter("Before"), mail, letter("After"))
    polled = poll_in_a_process(settings | {"MAIL_MAX_BYTES": "100000000"}, tmp_path / "log")
    with app.app_context():
        assert db.session.scalars(select(Attachment.size)).all() == [FILE_BYTES // 256 * 256]
        assert sorted(db.session.scalars(select(Ticket.title))) == ["After", "Before", "The scan"]
    ratio = (polled.peak_bytes - idle.peak_bytes) / len(mail)
    print(
        f"{len(mail) / 1e6:.0f} MB took {ratio:.1f} times its size beside the {idle.peak_bytes / 1e6:.0f} MB at rest"
    )
    assert ratio < MEMORY_OF_SIZE
