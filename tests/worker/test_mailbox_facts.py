"""What is known of a mailbox: how many mails lie in it, how many the ledger has, and that a pause is kept."""

from collections.abc import Callable
from pathlib import Path

import pytest
from apiflask import APIFlask

from tests.app_fixtures import MakeApp
from tests.letters import letter
from tests.worker.conftest import Account, poll
from ticketapp.actions import ledger, rereading
from ticketapp.actions.users import create_user
from ticketapp.errors import NotFound
from ticketapp.models import Mailbox
from ticketapp.queries import ledger as ledger_queries
from ticketapp.queries import mails
from ticketapp.queries.mails import MailFilter
from worker import tasks
from worker.imap_connection import MailboxError
from worker.maildir import deliver

Polled = Callable[..., APIFlask]


def mailbox_of(app: APIFlask) -> Mailbox:
    with app.app_context():
        (mailbox,) = ledger_queries.mailboxes()
        return mailbox


def test_server_and_ledger_are_counted(polled: Polled, account: Account) -> None:
    app, twice = polled(), letter("Twice")
    account.receive(twice, twice, letter("Once"))
    poll(app)
    account.receive(twice)
    poll(app)

    mailbox = mailbox_of(app)

    assert (mailbox.server_count, mailbox.ledger_count) == (4, 2)


def test_a_maildir_is_counted_too(make_sqlite_app: MakeApp, tmp_path: Path) -> None:
    app = make_sqlite_app(maildir=tmp_path / "box")
    for number in range(3):
        deliver(tmp_path / "box", letter(f"Mail {number}"))
    poll(app)

    mailbox = mailbox_of(app)

    assert (mailbox.server_count, mailbox.ledger_count) == (3, 3)


def test_what_was_counted_stays_while_the_server_is_away(polled: Polled, account: Account) -> None:
    app = polled()
    account.receive(letter())
    poll(app)
    broken = polled(imap_password="wrong")
    with pytest.raises(MailboxError):
        poll(broken)

    assert mailbox_of(broken).server_count == 1


def test_a_paused_mailbox_is_not_read_until_it_is_resumed(polled: Polled, account: Account) -> None:
    app = polled()
    poll(app)
    with app.app_context():
        ledger.pause(mailbox_of(app).id)
    account.receive(letter())

    assert poll(app) is None
    assert mailbox_of(app).ledger_count == 0

    with app.app_context():
        ledger.resume(mailbox_of(app).id)
    assert poll(app) is not None
    assert mailbox_of(app).ledger_count == 1


def test_resuming_does_not_wait_for_what_failed_before(polled: Polled, account: Account) -> None:
    broken, app = polled(imap_password="wrong"), polled()
    with pytest.raises(MailboxError):
        poll(broken)
    assert poll(app) is None

    with app.app_context():
        ledger.pause(mailbox_of(app).id)
        ledger.resume(mailbox_of(app).id)

    assert poll(app) is not None


def test_only_a_mailbox_that_exists_can_be_paused(each_app: APIFlask) -> None:
    with pytest.raises(NotFound, match="no mailbox 7"):
        ledger.pause(7)


def test_the_worker_reads_the_mails_of_a_job_again_to_its_end(polled: Polled, account: Account) -> None:
    app = polled()
    account.receive(*(letter(f"Mail {number}") for number in range(30)))
    poll(app)
    with app.app_context():
        ada = create_user("ada@example.com", name="Ada", role="admin", password="correct horse battery")
        job = rereading.start(MailFilter(), by=ada)

        tasks.read_mails_again.run()

        assert mails.reading(job.id).finished_at is not None
        assert mails.reading(job.id).done == 30
        assert mails.unfinished_readings() == []
