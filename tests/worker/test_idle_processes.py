"""Worker and schedule as processes, the schedule listening: a mail is a ticket soon after, whatever breaks."""

import signal
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from apiflask import APIFlask
from sqlalchemy import select

from tests.app_fixtures import MakeApp
from tests.letters import letter
from tests.services.breaking_proxy import BreakingProxy
from tests.services.redis import RedisServer
from tests.worker.conftest import Account
from tests.worker.processes import BEAT, WORKER, CeleryProcess, environment, wait_until
from ticketapp.db import db
from ticketapp.models import Ticket

MAILS = 40
RARELY = "3600"


@pytest.fixture
def proxy(account: Account) -> Iterator[BreakingProxy]:
    with BreakingProxy(account.server.imap_port) as proxy:
        yield proxy


@pytest.fixture
def app(make_postgres_app: MakeApp) -> APIFlask:
    return make_postgres_app()


@pytest.fixture
def worker(app: APIFlask, account: Account, redis_server: RedisServer, tmp_path: Path) -> Iterator[CeleryProcess]:
    """A worker that is never told by the clock within a test."""
    redis_server.flush()
    settings = environment(app, account, redis_server, POLL_SECONDS=RARELY, SWEEP_SECONDS=RARELY)
    with CeleryProcess(WORKER, settings, tmp_path / "worker.log") as worker:
        yield worker


@pytest.fixture
def beat(
    app: APIFlask,
    account: Account,
    redis_server: RedisServer,
    proxy: BreakingProxy,
    worker: CeleryProcess,
    tmp_path: Path,
) -> Iterator[CeleryProcess]:
    """The schedule, which polls an hour from now and listens through the proxy."""
    settings = environment(app, account, redis_server, POLL_SECONDS=RARELY, SWEEP_SECONDS=RARELY)
    settings |= {"IMAP_PORT": str(proxy.port), "IMAP_TIMEOUT_SECONDS": "1"}
    with CeleryProcess(BEAT, settings, tmp_path / "beat.log") as beat:
        yield beat


def opened_at(app: APIFlask, title: str) -> datetime | None:
    with app.app_context():
        return db.session.scalar(select(Ticket.created_at).where(Ticket.title == title))


def is_there(app: APIFlask, title: str) -> bool:
    return opened_at(app, title) is not None


def wait_for_ears(app: APIFlask, account: Account, proxy: BreakingProxy) -> None:
    """Until a mail came through by IDLE: everything has started, and what is done once is done."""
    wait_until(lambda: proxy.open_connections == 1, seconds=30, what="the schedule listens")
    account.server.deliver(account.user, letter("The first"))
    wait_until(lambda: is_there(app, "The first"), seconds=30, what="the first ticket")


def test_mails_are_tickets_an_hour_before_the_poll_and_most_within_a_second(
    app: APIFlask, account: Account, proxy: BreakingProxy, beat: CeleryProcess
) -> None:
    wait_for_ears(app, account, proxy)
    seconds = []
    for number in range(MAILS):
        title = f"Question {number}"
        sent_at = datetime.now(UTC)
        account.server.deliver(account.user, letter(title))
        wait_until(lambda title=title: is_there(app, title), seconds=10, what=title, every=0.02)
        seconds.append((datetime.now(UTC) - sent_at).total_seconds())
    print(f"median {statistics.median(seconds):.2f} s, p95 {statistics.quantiles(seconds, n=20)[-1]:.2f} s")
    assert statistics.median(seconds) < 1.0


def test_mail_comes_by_idle_again_after_the_connection_was_cut(
    app: APIFlask, account: Account, proxy: BreakingProxy, beat: CeleryProcess
) -> None:
    wait_for_ears(app, account, proxy)
    proxy.refuse()
    account.server.deliver(account.user, letter("While it was cut"))
    time.sleep(0.5)
    proxy.restore()
    wait_until(lambda: is_there(app, "While it was cut"), seconds=15, what="a ticket after connecting again")
    account.server.deliver(account.user, letter("By IDLE again"))
    wait_until(lambda: is_there(app, "By IDLE again"), seconds=5, what="a ticket by IDLE again")


def test_the_schedule_ends_at_once_while_it_listens_and_leaves_nothing(
    app: APIFlask, account: Account, proxy: BreakingProxy, beat: CeleryProcess
) -> None:
    wait_for_ears(app, account, proxy)
    family = [beat.pid, *(child.pid for child in psutil.Process(beat.pid).children(recursive=True))]
    began = time.monotonic()
    assert beat.end(signal.SIGTERM, seconds=10) == 0
    assert time.monotonic() - began < 5
    assert [pid for pid in family if psutil.pid_exists(pid)] == []
    wait_until(lambda: proxy.open_connections == 0, seconds=2, what="the connection is closed")
