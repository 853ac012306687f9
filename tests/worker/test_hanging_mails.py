"""A mail at which the server falls silent, or that is refused and alone, is set apart in the end; others come."""

import threading
from datetime import timedelta

import pytest
from apiflask import APIFlask

from tests.app_fixtures import MakeApp
from tests.services.faulty_imap import Asked, Fault, FaultyImap
from tests.worker.test_broken_server import counts, mailbox, poll_now
from tests.worker.test_faulty_mails import faulty, mails, rows
from ticketapp import clock
from ticketapp.clock import utc_now
from worker.imap_connection import MailboxError
from worker.polling import SUSPICIOUS_FAILURES

TIMEOUT = {"imap_timeout_seconds": 1.0}


class Silence(threading.Event):
    """Set when it is over; how often it was met until then."""

    def __init__(self) -> None:
        super().__init__()
        self.met = 0


def silent(is_over: Silence, *uids: int, part: bytes) -> Fault:
    """No answer to a FETCH of this part that asks for one of these mails."""

    def fault(asked: Asked) -> bytes | None:
        if set(uids) & set(asked.uids) and part in asked.item and not is_over.is_set():
            is_over.met += 1
            is_over.wait(20)
            return b""
        return None

    return fault


def fail_often(app: APIFlask) -> None:
    for _ in range(SUSPICIOUS_FAILURES):
        with pytest.raises(MailboxError):
            poll_now(app)


@pytest.mark.parametrize("part", [b"BODY.PEEK[]", b"BODY.PEEK", b""], ids=["bytes", "bytes and header", "any"])
@pytest.mark.parametrize("uids", [(20,), (39,), (20, 21)], ids=["one", "the newest", "two"])
def test_those_behind_a_mail_that_is_never_answered_come_in_and_it_comes_later(
    make_sqlite_app: MakeApp, part: bytes, uids: tuple[int, ...]
) -> None:
    is_over = Silence()
    with FaultyImap(mails(*range(1, 40)), silent(is_over, *uids, part=part)) as server:
        app = make_sqlite_app(**server.settings(**TIMEOUT))
        fail_often(app)
        poll_now(app)
        assert counts(app) == [39, 39 - len(uids), 39 - len(uids)]
        assert sum(state == "quarantined" for _, state in rows(app)) == len(uids)
        met_before = is_over.met
        server.mails = mails(*range(1, 42))
        poll_now(app)
        assert is_over.met == met_before, "none is waited for again"
        assert counts(app)[1] == 41 - len(uids)
        assert mailbox(app).failures == 0
        is_over.set()
        for minutes in (2, 10):
            with clock.at(utc_now() + timedelta(minutes=minutes)):
                poll_now(app)
    assert counts(app) == [41, 41, 41]


def test_a_server_that_answers_nothing_is_down_and_quarantines_none(make_sqlite_app: MakeApp) -> None:
    is_over = Silence()
    with FaultyImap(mails(1, 2, 3, 4, 5, 6), silent(is_over, *range(1, 7), part=b"BODY.PEEK")) as server:
        app = make_sqlite_app(**server.settings(**TIMEOUT))
        fail_often(app)
        with pytest.raises(MailboxError):
            poll_now(app)
        assert counts(app) == [0, 0, 0]
        is_over.set()
        poll_now(app)
    assert counts(app) == [6, 6, 6]


@pytest.mark.parametrize("part", [b"BODY.PEEK[]", b"BODY.PEEK"], ids=["bytes", "bytes and header"])
def test_a_mail_that_is_alone_and_refused_is_set_apart_after_some_tries(
    make_sqlite_app: MakeApp, part: bytes
) -> None:
    with FaultyImap(mails(1), faulty(1, b"NO broken", part)) as server:
        app = make_sqlite_app(**server.settings())
        fail_often(app)
        assert counts(app) == [0, 0, 0]
        poll_now(app)
        poll_now(app)
        assert [state for _, state in rows(app)] == ["quarantined"]
        assert (mailbox(app).failing_since, mailbox(app).failures) == (None, 0)
        server.fault = lambda _asked: None
        with clock.at(utc_now() + timedelta(minutes=2)):
            poll_now(app)
    assert rows(app) == [("Question 1", "processed")]


def test_a_known_mail_at_which_the_server_falls_silent_later_stops_no_new_one(make_sqlite_app: MakeApp) -> None:
    is_over = Silence()
    with FaultyImap(mails(1, 2, 3)) as server:
        app = make_sqlite_app(**server.settings(**TIMEOUT))
        poll_now(app)
        server.mails, server.fault = mails(1, 2, 3, 4), silent(is_over, 3, part=b"")
        poll_now(app)
        is_over.set()
    assert counts(app) == [4, 4, 4]
