"""The embedded mailbox: a Maildir with UIDs that stay."""

import os
import time
from pathlib import Path

from sqlalchemy import func, select

from tests.app_fixtures import MakeApp
from tests.letters import letter
from tests.worker.conftest import poll
from ticketapp.actions import ledger
from ticketapp.db import db
from ticketapp.models import Ticket
from ticketapp.outside import EXTENSION
from worker import tasks
from worker.maildir import UID_LIST, MaildirMailbox, Watch, deliver


def uids(root: Path) -> list[int]:
    with MaildirMailbox(root) as mailbox:
        return [one.uid for one in mailbox.above(0)]


def test_a_delivered_mail_becomes_a_ticket_once(make_sqlite_app: MakeApp, tmp_path: Path) -> None:
    app = make_sqlite_app(maildir=tmp_path / "box")
    for n in range(3):
        deliver(tmp_path / "box", letter(f"Question {n}"))
    poll(app)
    poll(app)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Ticket)) == 3


def test_uids_stay_when_a_mail_is_read_or_removed(tmp_path: Path) -> None:
    paths = [deliver(tmp_path, letter(str(n))) for n in range(3)]
    assert uids(tmp_path) == [1, 2, 3]
    paths[0].unlink()
    paths[1].rename(tmp_path / "cur" / f"{paths[1].name}:2,S")
    deliver(tmp_path, letter("4"))
    assert uids(tmp_path) == [2, 3, 4]


def test_a_uid_list_cut_off_in_mid_line_is_mended(tmp_path: Path) -> None:
    for n in range(3):
        deliver(tmp_path, letter(str(n)))
    uids(tmp_path)
    path = tmp_path / UID_LIST
    path.write_bytes(path.read_bytes()[:-5])
    assert uids(tmp_path) == [1, 2, 3]
    deliver(tmp_path, letter("4"))
    assert uids(tmp_path) == [1, 2, 3, 4]


def test_a_lost_uid_list_means_a_new_uidvalidity(tmp_path: Path) -> None:
    deliver(tmp_path, letter())
    with MaildirMailbox(tmp_path) as mailbox:
        before = mailbox.uidvalidity
    (tmp_path / UID_LIST).unlink()
    time.sleep(0.002)  # it is a time in milliseconds
    with MaildirMailbox(tmp_path) as mailbox:
        assert mailbox.uidvalidity > before


def test_recorded_mails_are_marked_or_moved_as_set(tmp_path: Path) -> None:
    deliver(tmp_path, letter())
    with MaildirMailbox(tmp_path, after="seen") as mailbox:
        mailbox.settle([1])
    assert [path.name.endswith(":2,S") for path in (tmp_path / "cur").iterdir()] == [True]
    with MaildirMailbox(tmp_path, after="move", after_folder="Done") as mailbox:
        mailbox.settle([1])
    assert len(list((tmp_path / ".Done" / "cur").iterdir())) == 1
    assert uids(tmp_path) == []


def test_a_watch_is_quiet_until_a_mail_comes_or_some_time_has_passed(tmp_path: Path) -> None:
    watch = Watch(at_least_every_seconds=60)
    assert not watch.is_quiet(tmp_path)
    deliver(tmp_path, letter())
    assert not watch.is_quiet(tmp_path)
    assert watch.is_quiet(tmp_path)
    deliver(tmp_path, letter())
    assert not watch.is_quiet(tmp_path)
    impatient = Watch(at_least_every_seconds=0)
    assert not impatient.is_quiet(tmp_path)
    assert not impatient.is_quiet(tmp_path)


def test_a_mail_that_comes_while_a_poll_runs_is_not_forgotten(make_sqlite_app: MakeApp, tmp_path: Path) -> None:
    app = make_sqlite_app(maildir=tmp_path / "box")
    with app.app_context():
        mailbox_id = ledger.register_mailbox(app.extensions[EXTENSION].config.mailbox_name)
        assert ledger.lease_mailbox(mailbox_id, seconds=60)
        deliver(tmp_path / "box", letter())
        tasks.poll_mailbox.run()
        ledger.end_poll(mailbox_id)
        tasks.poll_mailbox.run()
        assert db.session.scalar(select(func.count()).select_from(Ticket)) == 1


def test_strange_names_and_stray_folders_stop_nothing(tmp_path: Path) -> None:
    deliver(tmp_path, letter())
    (tmp_path / "new" / "a folder").mkdir()
    for name in (b"Re: a.eml", b"Re: b.eml", b"two\nlines", b"not utf-8 \xff"):
        (tmp_path / "new" / os.fsdecode(name)).write_bytes(letter())
    assert uids(tmp_path) == uids(tmp_path) == [1, 2, 3, 4, 5]
    with MaildirMailbox(tmp_path, after="seen") as mailbox:
        assert len(mailbox.bodies(mailbox.above(0))) == 5
        mailbox.settle([1, 2, 3, 4, 5])
    assert uids(tmp_path) == [1, 2, 3, 4, 5]


def test_a_link_is_not_followed_and_the_mailbox_says_so(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("root:x:0:0\n")
    root = tmp_path / "box"
    deliver(root, b"Subject: Mine\n\nHello")
    (root / "new" / "1.link").symlink_to(secret)
    with MaildirMailbox(root) as mailbox:
        assert [mail.raw for mail in mailbox.bodies(mailbox.above(0))] == [b"Subject: Mine\n\nHello"]
        assert "may not be read, such as 'new/1.link'" in (mailbox.complaint or "")
