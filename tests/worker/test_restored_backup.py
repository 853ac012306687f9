"""A server put back to an older backup gives UIDs anew: whatever the size of what comes then, each mail is taken."""

import shutil
from collections.abc import Iterator

import pytest

from tests.app_fixtures import MakeApp
from tests.letters import letter
from tests.services.dovecot import DovecotServer
from tests.services.fixtures import start_imap
from tests.services.imap import ImapServer
from tests.worker.conftest import Account
from tests.worker.test_broken_server import counts, poll_now

USER = "support@example.org"
SMALL = "The printer is on fire."
LARGE = "y" * 70 + "\n" + ("y" * 70 + "\n") * 3_500


@pytest.fixture
def server() -> Iterator[ImapServer]:
    with start_imap({USER: "secret"}) as server:
        yield server


def put_back_after(server: DovecotServer, *mails: bytes) -> Iterator[None]:
    """Copy the mailbox, let mails come; after what the caller does then, put the copy back."""
    server.stop()
    shutil.copytree(server.maildir(USER), server.folder / "backup")
    server.start()
    server.deliver_many(USER, mails)
    yield
    server.stop()
    shutil.rmtree(server.maildir(USER))
    shutil.copytree(server.folder / "backup", server.maildir(USER))
    for path in (server.maildir(USER), *server.maildir(USER).rglob("*")):
        server.own(path)
    server.start()


@pytest.mark.parametrize(("before", "since"), [(SMALL, LARGE), (LARGE, LARGE), (LARGE, SMALL)])
@pytest.mark.parametrize("limit", [50_000_000, 100_000], ids=["whole", "by header"])
def test_large_mails_under_uids_given_anew_are_not_taken_for_those_recorded(
    make_sqlite_app: MakeApp, server: ImapServer, before: str, since: str, limit: int
) -> None:
    if not isinstance(server, DovecotServer):
        pytest.skip("the files of pymap are not ours to put back")
    app = make_sqlite_app(**Account(server, USER).settings(mail_max_bytes=limit))
    server.deliver_many(USER, [letter(f"Before the backup {n}") for n in range(3)])
    poll_now(app)
    for _ in put_back_after(server, *(letter(f"After the backup {n}", before) for n in range(4))):
        poll_now(app)
    server.deliver_many(USER, [letter(f"After the restore {n}", since) for n in range(6)])
    poll_now(app)
    poll_now(app)
    assert counts(app)[0] == 13
