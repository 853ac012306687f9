"""A mail that the server cannot hand over is quarantined and stops no other; one that hands over none is down."""

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from tests.app_fixtures import MakeApp
from tests.letters import letter
from tests.services.dovecot import DovecotServer
from tests.services.faulty_imap import Fault, FaultyImap
from tests.worker.conftest import Account
from tests.worker.test_broken_server import counts, mailbox, poll_now
from ticketapp.db import db
from ticketapp.models import InboundMail
from worker.imap_connection import MailboxError
from worker.polling import SUSPICIOUS_FAILURES


def mails(*numbers: int) -> dict[int, bytes]:
    """The same bytes whenever they are asked for."""
    named = {number: (f"Question {number}", f"<question-{number}@customer.example>") for number in numbers}
    return {
        number: letter(subject, message_id=message_id).replace(b"\n", b"\r\n")
        for number, (subject, message_id) in named.items()
    }


def faulty(uid: int, said: bytes, *parts: bytes) -> Fault:
    """Every FETCH of one of these parts that asks for this mail fails."""
    return lambda asked: said if uid in asked.uids and any(part in asked.item for part in parts) else None


def rows(app: APIFlask) -> list[tuple[str, str]]:
    with app.app_context():
        found = select(InboundMail.subject, InboundMail.state).order_by(InboundMail.id)
        return [(row.subject, row.state) for row in db.session.execute(found)]


@pytest.mark.parametrize("said", [b"NO [SERVERBUG] Internal error", b"BAD Command Error. 12"])
@pytest.mark.parametrize(
    ("parts", "subject"),
    [
        ([b"BODY.PEEK[]"], "Question 2"),
        ([b"BODY.PEEK"], ""),
        ([b"RFC822.SIZE", b"BODY.PEEK[]"], "Question 2"),
        ([b"RFC822.SIZE", b"BODY.PEEK"], ""),
    ],
    ids=["bytes", "bytes and header", "size and bytes", "all"],
)
def test_a_mail_that_is_refused_is_quarantined_from_what_is_known_and_the_next_are_read(
    make_sqlite_app: MakeApp, said: bytes, parts: list[bytes], subject: str
) -> None:
    with FaultyImap(mails(1, 2, 3), faulty(2, said, *parts)) as server:
        app = make_sqlite_app(**server.settings())
        poll_now(app)
        server.mails = mails(1, 2, 3, 4)
        poll_now(app)
    assert counts(app) == [4, 3, 3]
    assert (subject, "quarantined") in rows(app)
    assert mailbox(app).failures == 0


@pytest.mark.parametrize("said", [b"NO [LIMIT] Too much for now", b"NO [UNAVAILABLE] One shard is down"])
def test_a_server_that_refuses_some_mails_for_a_while_is_asked_again_and_quarantines_none(
    make_sqlite_app: MakeApp, said: bytes
) -> None:
    with FaultyImap(mails(1, 2, 3), faulty(2, said, b"BODY.PEEK[]")) as server:
        app = make_sqlite_app(**server.settings())
        with pytest.raises(MailboxError):
            poll_now(app)
        assert [state for _, state in rows(app)].count("quarantined") == 0
        server.fault = lambda _: None
        poll_now(app)
    assert counts(app) == [3, 3, 3]


def test_two_of_one_size_that_are_refused_whole_are_two_mails(make_sqlite_app: MakeApp) -> None:
    with FaultyImap(mails(1, 2, 3)) as server:
        server.fault = lambda asked: b"NO broken" if b"BODY" in asked.item and {1, 2} & set(asked.uids) else None
        app = make_sqlite_app(**server.settings())
        poll_now(app)
    assert counts(app) == [3, 1, 1]


@pytest.mark.parametrize("item", [b"", b"BODY"])
@pytest.mark.parametrize("limit", [50_000_000, 100])
def test_a_server_that_refuses_every_mail_is_down_and_quarantines_none(
    make_sqlite_app: MakeApp, item: bytes, limit: int
) -> None:
    with FaultyImap(mails(1, 2, 3), lambda asked: b"NO busy" if item in asked.item else None) as server:
        app = make_sqlite_app(**server.settings(mail_max_bytes=limit))
        for _ in range(SUSPICIOUS_FAILURES + 2):
            with pytest.raises(MailboxError):
                poll_now(app)
        assert counts(app) == [0, 0, 0]
        server.fault = lambda _asked: None
        poll_now(app)
    assert counts(app)[0] == 3


def test_a_lone_mail_that_is_refused_is_told_by_those_that_lie_there(make_sqlite_app: MakeApp) -> None:
    with FaultyImap(mails(1)) as server:
        app = make_sqlite_app(**server.settings())
        poll_now(app)
        server.mails, server.fault = mails(1, 2), faulty(2, b"NO broken", b"BODY.PEEK[]")
        poll_now(app)
    assert rows(app) == [("Question 1", "processed"), ("Question 2", "quarantined")]


def test_a_mail_at_which_the_connection_is_closed_is_found_once_polls_went_wrong_for_long(
    make_sqlite_app: MakeApp,
) -> None:
    with FaultyImap(mails(*range(1, 40)), faulty(20, b"", b"BODY.PEEK[]")) as server:
        app = make_sqlite_app(**server.settings())
        for _ in range(SUSPICIOUS_FAILURES):
            with pytest.raises(MailboxError):
                poll_now(app)
        assert counts(app) == [0, 0, 0]
        before = server.signed_in
        poll_now(app)
        assert server.signed_in - before < 10
    assert counts(app) == [39, 38, 38]


def test_empty_bytes_for_mails_that_have_a_size_are_no_mails(make_sqlite_app: MakeApp) -> None:
    def part(uid: int, item: bytes) -> bytes:
        return b"* %d FETCH (UID %d BODY[] {0}\r\n)\r\n" % (uid, uid) if b"BODY.PEEK[]" in item else whole(uid, item)

    with FaultyImap(mails(1, 2, 3)) as server:
        whole, server._part = server._part, part  # type: ignore[method-assign]  # as a broken store answers
        app = make_sqlite_app(**server.settings())
        with pytest.raises(MailboxError):
            poll_now(app)
        assert counts(app) == [0, 0, 0]
        server._part = whole  # type: ignore[method-assign]
        poll_now(app)
    assert counts(app) == [3, 3, 3]


def test_a_file_that_dovecot_may_not_read_stops_no_other(make_sqlite_app: MakeApp, account: Account) -> None:
    if not isinstance(account.server, DovecotServer):
        pytest.skip("the files of pymap are not ours to close")
    app = make_sqlite_app(**account.settings())
    account.receive(letter("Before"))
    poll_now(app)
    account.receive(*(letter(f"Question {n}") for n in range(3)))
    sorted((account.server.maildir(account.user) / "new").iterdir())[1].chmod(0)
    poll_now(app)
    assert counts(app) == [4, 3, 3]


def test_a_mail_whose_arrival_is_nonsense_is_taken_all_the_same(make_sqlite_app: MakeApp) -> None:
    def part(uid: int, item: bytes) -> bytes:
        return whole(uid, item).replace(b"+0000", b"+9900") if uid == 2 else whole(uid, item)

    with FaultyImap(mails(1, 2, 3)) as server:
        whole, server._part = server._part, part  # type: ignore[method-assign]  # as no server should answer
        app = make_sqlite_app(**server.settings())
        poll_now(app)
        poll_now(app)
    assert counts(app) == [3, 3, 3]
