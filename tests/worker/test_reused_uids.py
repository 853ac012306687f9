"""A server that gives UIDs anew and tells nothing by its arrival times: as many tickets as there were mails."""

import os

import pytest

from tests.app_fixtures import MakeApp
from tests.letters import letter
from tests.services.dovecot import DovecotServer
from tests.services.faulty_imap import FaultyImap
from tests.services.imap import ImapServer
from tests.worker.test_broken_server import USER, Account, counts, poll_now, server
from tests.worker.test_restored_backup import put_back_after

__all__ = ["server"]
POLLS_LOOK_FOR_BYTES = 4_000


def folder(name: str, uids: range, *, size: int = 200) -> dict[int, bytes]:
    """Mails by UID, all of one size, each with a Message-ID of its own."""
    return {uid: letter(f"{name} {uid:06}", "y" * size).replace(b"\n", b"\r\n") for uid in uids}


@pytest.mark.parametrize("since", range(1, 9))
@pytest.mark.parametrize("size", [200, 300_000], ids=["small", "large"])
def test_every_mail_under_uids_given_anew_is_taken_whatever_its_arrival_and_size(
    make_sqlite_app: MakeApp, since: int, size: int
) -> None:
    with FaultyImap(folder("Before", range(1, 7), size=size)) as server:
        app = make_sqlite_app(**server.settings())
        poll_now(app)
        # The backup held three of six; more or less mails than were lost came before anybody looked.
        server.mails = {uid: server.mails[uid] for uid in (1, 2, 3)} | folder("After", range(4, 4 + since), size=size)
        poll_now(app)
        poll_now(app)
        assert counts(app) == [6 + since] * 3


@pytest.mark.parametrize("limit", [50_000_000, 10_000], ids=["whole", "by header"])
def test_also_where_some_of_them_or_all_known_ones_were_deleted_meanwhile(
    make_sqlite_app: MakeApp, limit: int
) -> None:
    before, after = folder("Before", range(1, 101), size=20_000), folder("After", range(51, 121), size=20_000)
    with FaultyImap(before) as server:
        app = make_sqlite_app(**server.settings(mail_max_bytes=limit))
        poll_now(app)
        for uid in range(75, 112):
            del after[uid]
        server.mails = after
        poll_now(app)
        poll_now(app)
        assert counts(app)[0] == 100 + len(after)


def test_also_where_the_newest_that_is_there_is_as_it_was(make_sqlite_app: MakeApp) -> None:
    """UIDs that were used for mails that were gone before we looked, now lead to others."""
    mails = folder("Before", range(1, 41))
    with FaultyImap({uid: mails[uid] for uid in (1, 2, 40)}) as server:
        app = make_sqlite_app(**server.settings())
        poll_now(app)
        server.mails = {1: mails[1], 2: mails[2]} | folder("After", range(3, 39))
        server.uidnext = 50
        poll_now(app)
        assert counts(app) == [3 + 36] * 3


@pytest.mark.parametrize("size", [200, 300_000], ids=["small", "large"])
@pytest.mark.parametrize("copied", [1, 2, 4])
def test_also_where_old_mails_were_copied_back_and_got_their_uids_again(
    make_sqlite_app: MakeApp, copied: int, size: int
) -> None:
    before = folder("Before", range(1, 11), size=size)
    with FaultyImap(before) as server:
        app = make_sqlite_app(**server.settings())
        poll_now(app)
        again = range(11 - copied, 11)
        server.mails = before | folder("After", range(4, again.start), size=size)
        poll_now(app)
        poll_now(app)
        assert counts(app) == [10 + again.start - 4] * 3
        commands = server.commands
        poll_now(app)
        assert server.commands - commands <= 9


def test_also_where_only_their_bytes_tell_and_then_all_are_asked_for_at_once(make_sqlite_app: MakeApp) -> None:
    text = b"Subject: Alarm\r\nFrom: m@x.example\r\n\r\nRoom %06d\r\n"
    before = {uid: text % uid for uid in range(1, 11)}
    with FaultyImap(before) as server:
        app = make_sqlite_app(**server.settings())
        poll_now(app)
        server.mails = before | {8: text % 80, 9: text % 90}
        poll_now(app)
        assert counts(app) == [12] * 3
        fetches = server.fetches
        poll_now(app)
        assert server.fetches - fetches == 2


def test_also_where_a_large_one_is_another_and_the_newest_has_to_be_told_by_its_bytes(
    make_sqlite_app: MakeApp,
) -> None:
    alarm = {10: b"Subject: Alarm\r\nFrom: m@x.example\r\n\r\nRoom 1\r\n"}
    before = folder("Before", range(1, 10)) | alarm
    with FaultyImap(before) as server:
        app = make_sqlite_app(**server.settings())
        poll_now(app)
        server.mails = before | folder("After", range(8, 10), size=300_000)
        poll_now(app)
        assert counts(app) == [12] * 3


def test_mails_that_their_header_does_not_tell_apart_are_told_by_their_bytes(make_sqlite_app: MakeApp) -> None:
    def alarms(numbers: range, *, first: int = 1) -> dict[int, bytes]:
        text = b"Subject: Alarm\r\nFrom: m@x.example\r\n\r\nRoom %06d\r\n"
        return {uid: text % number for uid, number in enumerate(numbers, first)}

    with FaultyImap(alarms(range(6))) as server:
        app = make_sqlite_app(**server.settings())
        poll_now(app)
        server.mails = alarms(range(3)) | alarms(range(10, 14), first=4)
        poll_now(app)
        assert counts(app) == [10] * 3


def test_a_server_that_writes_a_mail_anew_with_other_bytes_doubles_nothing(make_sqlite_app: MakeApp) -> None:
    mails = folder("Question", range(1, 7))
    with FaultyImap(mails) as server:
        app = make_sqlite_app(**server.settings())
        poll_now(app)
        server.mails = {
            uid: raw.replace(b"MIME-Version", b"X-Scanned: yes\r\nMIME-Version") for uid, raw in mails.items()
        }
        poll_now(app)
        server.mails |= folder("Another", range(7, 8))
        poll_now(app)
        assert counts(app) == [7] * 3


def test_a_mail_that_a_server_shows_late_below_others_is_taken(make_sqlite_app: MakeApp) -> None:
    mails = folder("Question", range(1, 7))
    with FaultyImap({uid: raw for uid, raw in mails.items() if uid != 5}) as server:
        app = make_sqlite_app(**server.settings())
        poll_now(app)
        server.mails = mails
        poll_now(app)
        poll_now(app)
        assert counts(app) == [6] * 3


@pytest.mark.parametrize("many", [10, 1_000])
def test_a_poll_without_news_costs_the_same_however_many_mails_lie_there(make_sqlite_app: MakeApp, many: int) -> None:
    with FaultyImap(folder("Question", range(1, many + 1))) as server:
        app = make_sqlite_app(**server.settings(mail_batch=1_000))
        poll_now(app)
        assert counts(app)[0] == many
        before = (server.commands, server.sent_bytes)
        poll_now(app)
        commands, sent = server.commands - before[0], server.sent_bytes - before[1]
    print(f"{many} mails: {commands} commands, {sent} bytes")
    assert commands <= 9
    assert sent < POLLS_LOOK_FOR_BYTES


@pytest.mark.parametrize("since", [2, 3, 4, 7])
def test_a_dovecot_put_back_with_one_arrival_for_all_loses_none(
    make_sqlite_app: MakeApp, server: ImapServer, since: int
) -> None:
    if not isinstance(server, DovecotServer):
        pytest.skip("the files of pymap are not ours to put back")
    app = make_sqlite_app(**Account(server, USER).settings())
    server.deliver_many(USER, [letter(f"Before the backup {n}") for n in range(3)])
    one_arrival(server)
    poll_now(app)
    for _ in put_back_after(server, *(letter(f"After the backup {n}") for n in range(4))):
        one_arrival(server)
        poll_now(app)
    server.deliver_many(USER, [letter(f"After the restore {n}") for n in range(since)])
    one_arrival(server)
    poll_now(app)
    poll_now(app)
    assert counts(app)[0] == 7 + since


def one_arrival(server: DovecotServer) -> None:
    """Dovecot takes the time of a file for the arrival of its mail."""
    for path in server.maildir(USER).rglob("*.*"):
        if path.parent.name in ("new", "cur"):
            os.utime(path, (1_700_000_000, 1_700_000_000))
