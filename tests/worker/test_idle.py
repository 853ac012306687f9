"""The listener: what it hears becomes a hint, whatever happens to the connection, and it follows the mailboxes."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from apiflask import APIFlask
from imapclient import IMAPClient

from tests.app_fixtures import MakeApp
from tests.letters import letter
from tests.services.breaking_proxy import BreakingProxy, Rule
from tests.worker.conftest import Account
from tests.worker.processes import wait_until
from ticketapp.actions import ledger
from ticketapp.outside import EXTENSION
from worker.idling import Listeners, Patience

PATIENCE = Patience(follow=0.2, round=30.0, first_pause=0.1, longest_pause=0.4, long_pause=5.0, settled=0.5)


class Hints:
    """Keeps the hints that it is given."""

    def __init__(self) -> None:
        self.given: list[tuple[int, bool]] = []

    def __call__(self, mailbox_id: int, *, now: bool) -> None:
        self.given.append((mailbox_id, now))

    def wait_for(self, number: int, *, seconds: float = 3, what: str = "a hint") -> None:
        wait_until(lambda: len(self.given) >= number, seconds=seconds, what=what)


@pytest.fixture
def proxy(account: Account) -> Iterator[BreakingProxy]:
    with BreakingProxy(account.server.imap_port) as proxy:
        yield proxy


@pytest.fixture
def hints() -> Hints:
    return Hints()


@pytest.fixture
def listen(
    make_sqlite_app: MakeApp, account: Account, proxy: BreakingProxy, hints: Hints
) -> Iterator[Callable[..., APIFlask]]:
    """Starts listening at the account through the proxy; fields of the configuration and of patience by name."""
    started: list[Listeners] = []

    def start(*, patience: Patience = PATIENCE, **changes: object) -> APIFlask:
        app = make_sqlite_app(**account.settings(imap_port=proxy.port, imap_timeout_seconds=1.0, **changes))
        started.append(Listeners(app, hint=hints, patience=patience))
        started[-1].start()
        return app

    yield start
    for each in started:
        each.stop()
    wait_until(lambda: not _listening(), seconds=5, what="every listener ends")


def _listening() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("idle")]


def mailbox_id(app: APIFlask) -> int:
    with app.app_context():
        return ledger.register_mailbox(app.extensions[EXTENSION].config.mailbox_name)


def test_it_hints_on_connecting_and_for_each_mail(
    listen: Callable[..., APIFlask], account: Account, hints: Hints
) -> None:
    app = listen()
    hints.wait_for(1)
    for number in range(3):
        before = len(hints.given)
        account.server.deliver(account.user, letter(f"Question {number}"))
        hints.wait_for(before + 1)
    assert hints.given[0] == (mailbox_id(app), True)
    assert set(hints.given[1:]) == {(mailbox_id(app), False)}


def test_mail_that_came_between_two_rounds_is_hinted_at_when_the_next_begins(
    listen: Callable[..., APIFlask], hints: Hints
) -> None:
    """Dovecot does not tell of it."""
    app = listen(patience=replace(PATIENCE, round=0.5))
    hints.wait_for(3)
    assert hints.given[:3] == [(mailbox_id(app), True), (mailbox_id(app), False), (mailbox_id(app), False)]


def test_marking_and_deleting_mail_is_no_news(
    listen: Callable[..., APIFlask], account: Account, hints: Hints
) -> None:
    account.receive(letter(), letter())
    listen()
    hints.wait_for(1)
    with account.server.connect(account.user) as client:
        client.select_folder("INBOX")
        client.add_flags([1], [b"\\Seen"])
        client.delete_messages([2])
        client.expunge()
    time.sleep(1.5)
    assert len(hints.given) == 1


def test_a_connection_that_is_cut_is_made_again_and_what_came_meanwhile_is_hinted_at(
    listen: Callable[..., APIFlask], account: Account, proxy: BreakingProxy, hints: Hints
) -> None:
    app = listen()
    hints.wait_for(1)
    proxy.refuse()
    account.server.deliver(account.user, letter())
    time.sleep(0.5)
    assert len(hints.given) == 1
    proxy.restore()
    hints.wait_for(2, what="a hint on connecting again")
    assert hints.given[1] == (mailbox_id(app), True)
    account.server.deliver(account.user, letter())
    hints.wait_for(3, what="a hint by IDLE again")


def test_a_server_that_falls_silent_is_noticed_within_a_round_and_its_timeout(
    listen: Callable[..., APIFlask], account: Account, proxy: BreakingProxy, hints: Hints
) -> None:
    """The old connection stays a black hole: no reset, no end, no answer."""
    listen(patience=replace(PATIENCE, round=1.0))
    hints.wait_for(1)
    proxy.hang()
    proxy.obey(Rule())
    account.server.deliver(account.user, letter())
    hints.wait_for(2, seconds=1.0 + 1.0 + 2.0, what="a hint over a new connection")


def test_a_server_that_comes_and_goes_is_not_pestered(
    listen: Callable[..., APIFlask], proxy: BreakingProxy, hints: Hints
) -> None:
    listen(patience=Patience(first_pause=0.1, longest_pause=10.0))
    proxy.obey(Rule(700, "cut"))  # so far each sign-in succeeds
    time.sleep(3)
    assert 2 <= proxy.accepted <= 7


def test_a_refused_sign_in_is_not_tried_again_soon(
    listen: Callable[..., APIFlask], proxy: BreakingProxy, hints: Hints
) -> None:
    listen(imap_password="wrong")
    wait_until(lambda: proxy.accepted == 1, seconds=20, what="a first try")
    time.sleep(2)
    assert proxy.accepted == 1
    assert hints.given == []


def test_a_server_without_idle_is_left_to_the_schedule(
    listen: Callable[..., APIFlask], proxy: BreakingProxy, hints: Hints, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(IMAPClient, "has_capability", lambda _self, name: name != "IDLE")
    listen()
    wait_until(lambda: proxy.accepted == 1, seconds=20, what="a first try")
    wait_until(lambda: proxy.open_connections == 0, seconds=20, what="the connection is given up")
    time.sleep(1)
    assert (proxy.accepted, hints.given) == (1, [])


def test_a_paused_mailbox_has_no_connection_until_it_is_resumed(
    listen: Callable[..., APIFlask], proxy: BreakingProxy, hints: Hints
) -> None:
    app = listen()
    hints.wait_for(1)
    with app.app_context():
        ledger.pause(mailbox_id(app))
    wait_until(lambda: proxy.open_connections == 0, seconds=4, what="the connection is closed")
    with app.app_context():
        ledger.resume(mailbox_id(app))
    hints.wait_for(2)


def test_stopping_closes_what_is_open(
    make_sqlite_app: MakeApp, account: Account, proxy: BreakingProxy, hints: Hints
) -> None:
    app = make_sqlite_app(**account.settings(imap_port=proxy.port))
    listeners = Listeners(app, hint=hints, patience=PATIENCE)
    listeners.start()
    hints.wait_for(1)
    listeners.stop()
    wait_until(lambda: proxy.open_connections == 0, seconds=4, what="the connection is closed")
