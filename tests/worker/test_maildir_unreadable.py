"""Files of a Maildir that may not be read: passed over with a visible cause, and taken once they may."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.app_fixtures import MakeApp
from tests.letters import letter
from tests.worker.conftest import poll
from ticketapp.db import db
from ticketapp.models import InboundMail
from ticketapp.queries import ledger
from worker.maildir import MaildirMailbox, deliver

NOBODY = 65534


@pytest.fixture
def box() -> Iterator[Path]:
    """A Maildir that somebody without special rights owns, and whose rights this process has meanwhile."""
    folder = Path(tempfile.mkdtemp(prefix="ticketapp-maildir-"))
    is_root = os.geteuid() == 0
    if is_root:
        os.chown(folder, NOBODY, NOBODY)
        os.seteuid(NOBODY)
    try:
        yield folder / "box"
    finally:
        if is_root:
            os.seteuid(0)
        shutil.rmtree(folder)


def uids(box: Path) -> list[int]:
    with MaildirMailbox(box) as mailbox:
        return [one.uid for one in mailbox.above(0)]


def test_others_are_read_meanwhile_and_it_is_taken_once_it_may_be_read(box: Path) -> None:
    paths = [deliver(box, letter(f"Mail {number}")) for number in range(3)]
    paths[1].chmod(0)
    with MaildirMailbox(box) as mailbox:
        assert [one.uid for one in mailbox.above(0)] == [1, 2]
        assert mailbox.count == 3
        assert mailbox.complaint is not None
        assert f"new/{paths[1].name}" in mailbox.complaint

    paths[1].chmod(0o600)

    with MaildirMailbox(box) as mailbox:
        assert [one.uid for one in mailbox.above(2)] == [3]
        assert mailbox.complaint is None


def test_one_that_had_a_number_gets_another_and_none_is_given_twice(box: Path) -> None:
    paths = [deliver(box, letter(f"Mail {number}")) for number in range(3)]
    assert uids(box) == [1, 2, 3]
    paths[2].chmod(0)
    assert uids(box) == [1, 2]
    deliver(box, letter("Mail 4"))
    assert uids(box) == [1, 2, 4]
    paths[2].chmod(0o600)
    assert uids(box) == uids(box) == [1, 2, 4, 5]


def test_one_that_is_closed_between_listing_and_reading_stops_nothing(box: Path) -> None:
    paths = [deliver(box, letter(f"Mail {number}")) for number in range(2)]
    with MaildirMailbox(box) as mailbox:
        listed = mailbox.above(0)
        paths[0].chmod(0)
        assert [mail.uid for mail in mailbox.bodies(listed)] == [2]
    paths[0].chmod(0o600)
    paths[0].chmod(0)
    assert uids(box) == [2]
    paths[0].chmod(0o600)
    assert uids(box) == [2, 3]


def test_the_mailbox_says_so_while_it_goes_on(
    make_sqlite_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_sqlite_app(maildir=tmp_path / "box")
    closed = deliver(tmp_path / "box", letter("Closed"))
    deliver(tmp_path / "box", letter("Open"))
    with monkeypatch.context() as patched:
        patched.setattr("worker.maildir._is_readable", lambda path: path.name != closed.name)
        poll(app)
    with app.app_context():
        (mailbox,) = ledger.mailboxes()
        assert mailbox.failing_since is None
        assert "1 of the files in the Maildir may not be read" in (mailbox.last_error or "")
        assert (mailbox.server_count, mailbox.ledger_count) == (2, 1)
    poll(app)
    with app.app_context():
        assert ledger.mailboxes()[0].last_error is None
        assert db.session.scalar(select(func.count()).select_from(InboundMail)) == 2
