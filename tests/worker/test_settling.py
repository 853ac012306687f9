"""The server is told of each recorded mail, once and in the end, whatever went wrong meanwhile."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from apiflask import APIFlask
from imapclient import IMAPClient

from tests.app_fixtures import MakeApp, add_user, signed_in
from tests.letters import letter
from tests.worker.conftest import Account
from tests.worker.test_broken_server import counts, mailbox, poll_now
from tests.worker.test_late_bytes import database_of
from ticketapp import clock
from ticketapp.clock import utc_now
from ticketapp.db import db
from ticketapp.models import Mailbox
from worker.imap_connection import MailboxError
from worker.mailbox import ImapMailbox
from worker.maildir import deliver

MOVE = {"after_recording": "move", "after_recording_folder": "Done"}


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Undone with ``undo``: what follows a commit is cut off."""

    def cut_off(*_: object) -> None:
        raise MailboxError("cut off after the commit")

    with monkeypatch.context() as patched:
        patched.setattr(ImapMailbox, "settle", cut_off)
        yield patched


def seen(account: Account) -> int:
    with account.server.connect(account.user) as client:
        client.select_folder("INBOX", readonly=True)
        return len(client.search("SEEN"))


def in_folders(account: Account) -> tuple[int, int]:
    return len(account.server.messages(account.user)), len(account.server.messages(account.user, "Done"))


def test_without_move_and_uidplus_a_mail_is_copied_once(
    make_sqlite_app: MakeApp, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = IMAPClient.has_capability
    monkeypatch.setattr(
        IMAPClient, "has_capability", lambda self, name: name not in ("MOVE", "UIDPLUS") and real(self, name)
    )
    app = make_sqlite_app(**account.settings(**MOVE))
    account.receive(*(letter(f"Question {n}") for n in range(3)))
    for _ in range(3):
        poll_now(app)
    assert in_folders(account) == (3, 3)
    account.receive(letter("Another"))
    poll_now(app)
    assert in_folders(account) == (4, 4)


def test_a_copy_that_was_cut_off_afterwards_is_not_made_again(
    make_sqlite_app: MakeApp, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(IMAPClient, "has_capability", lambda *_: False)
    app, settle, fails = make_sqlite_app(**account.settings(**MOVE)), ImapMailbox.settle, itertools.chain([True])

    def settle_and_fail(self: ImapMailbox, uids: list[int]) -> None:
        settle(self, uids)
        if next(fails, False):
            raise MailboxError("cut off after the copy")

    monkeypatch.setattr(ImapMailbox, "settle", settle_and_fail)
    account.receive(letter())
    poll_now(app)
    poll_now(app)
    assert in_folders(account) == (1, 1)
    assert mailbox(app).unsettled_since is None


def test_mails_that_could_not_be_marked_are_marked_later_and_others_left_alone(
    make_sqlite_app: MakeApp, account: Account, broken: pytest.MonkeyPatch
) -> None:
    app = make_sqlite_app(**account.settings(after_recording="seen"))
    account.receive(letter("One"), letter("Two"))
    poll_now(app)
    poll_now(app)
    assert mailbox(app).last_error == "cut off after the commit"
    broken.undo()
    poll_now(app)
    assert (seen(account), mailbox(app).last_error) == (2, None)
    mark_unread(account)
    account.receive(letter("Three"))
    poll_now(app)
    assert seen(account) == 1


def test_all_of_many_are_moved_later_and_one_over_the_limit_once_its_bytes_are_here(
    make_sqlite_app: MakeApp, account: Account, broken: pytest.MonkeyPatch
) -> None:
    app = make_sqlite_app(**account.settings(**MOVE, mail_max_bytes=10_000))
    account.receive(*(letter(f"Question {n}") for n in range(300)), letter("Large", "x\n" * 9_000))
    poll_now(app)
    broken.undo()
    poll_now(app)
    assert in_folders(account) == (1, 300)  # moved away it could not be fetched any more
    assert counts(app) == [301, 300, 300]
    higher = make_sqlite_app(**account.settings(**MOVE, database_url=database_of(app)))
    with clock.at(utc_now() + timedelta(minutes=2)):
        poll_now(higher)
    assert in_folders(account) == (0, 301)
    assert counts(app) == [301, 301, 301]


def cut_off(*_: object) -> None:
    raise MailboxError("cut off after the bytes came")


def killed(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("fails", [cut_off, killed])
def test_one_whose_bytes_came_late_is_told_of_until_it_is_done_and_no_other_again(
    make_sqlite_app: MakeApp, account: Account, monkeypatch: pytest.MonkeyPatch, fails: Callable[..., None]
) -> None:
    app = make_sqlite_app(**account.settings(after_recording="seen", mail_max_bytes=10_000))
    account.receive(letter("Large", "x\n" * 9_000), letter("Small"))
    poll_now(app)
    mark_unread(account)
    higher = make_sqlite_app(**account.settings(after_recording="seen", database_url=database_of(app)))
    with clock.at(utc_now() + timedelta(minutes=2)), monkeypatch.context() as patched:
        patched.setattr(ImapMailbox, "settle", fails)
        for _ in range(2):
            with suppress(KeyboardInterrupt):
                poll_now(higher)
            forget_lease(higher)
        if fails is cut_off:
            assert mailbox(higher).last_error == "cut off after the bytes came"
            assert mailbox(higher).unsettled_since is not None
        assert seen(account) == 0
    poll_now(higher)
    assert (seen(account), mailbox(higher).last_error, mailbox(higher).unsettled_since) == (1, None, None)
    mark_unread(account)
    poll_now(higher)
    assert seen(account) == 0
    assert counts(higher) == [2, 2, 2]


def test_one_whose_bytes_came_under_another_uid_is_moved_under_both(
    make_sqlite_app: MakeApp, account: Account
) -> None:
    app, large = make_sqlite_app(**account.settings(**MOVE, mail_max_bytes=10_000)), letter("Large", "x\n" * 9_000)
    account.receive(large)
    poll_now(app)
    higher = make_sqlite_app(**account.settings(**MOVE, database_url=database_of(app)))
    account.receive(large)
    poll_now(higher)
    assert in_folders(account) == (0, 2)
    assert counts(higher) == [1, 1, 1]


def mark_unread(account: Account) -> None:
    with account.server.connect(account.user) as client:
        client.select_folder("INBOX")
        client.remove_flags(client.search(), [b"\\Seen"])


def forget_lease(app: APIFlask) -> None:
    """As if the time of a worker that was killed had passed."""
    with app.app_context():
        db.session.execute(db.update(Mailbox).values(lease_until=None))
        db.session.commit()


def test_a_lasting_failure_is_told_on_every_page_and_the_mailbox_says_so(
    make_sqlite_app: MakeApp, account: Account, broken: pytest.MonkeyPatch
) -> None:
    app = make_sqlite_app(**account.settings(after_recording="seen"))
    account.receive(letter())
    poll_now(app)
    row = mailbox(app)
    assert (row.unsettled_since is None, row.failing_since, row.failures) == (False, None, 0)
    ada = signed_in(app, add_user(app, "ada@example.com", "Ada", "admin"))
    with clock.at(utc_now() + timedelta(minutes=10)):
        poll_now(app)
        text = ada.get("/admin/mailboxes").text
    assert "cannot be marked or moved on the server" in text
    assert "read, not settled" in text
    broken.undo()
    poll_now(app)
    assert "read, not settled" not in ada.get("/admin/mailboxes").text


def test_a_maildir_whose_target_cannot_be_made_is_read_all_the_same(make_sqlite_app: MakeApp, tmp_path: Path) -> None:
    app = make_sqlite_app(maildir=tmp_path / "box", **MOVE)
    deliver(tmp_path / "box", letter())
    (tmp_path / "box" / ".Done").write_text("in the way")
    poll_now(app)
    assert counts(app) == [1, 1, 1]
    assert "Mails cannot be put into" in (mailbox(app).last_error or "")
    (tmp_path / "box" / ".Done").unlink()
    poll_now(app)
    assert len(list((tmp_path / "box" / ".Done" / "cur").iterdir())) == 1
