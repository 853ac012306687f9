"""Outages around intake: mails wait, none is blamed for them, and what they say is told to nobody."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from apiflask import APIFlask
from sqlalchemy import func, select, update

from tests.actions.test_threading import take_in
from tests.app_fixtures import MakeApp
from tests.letters import letter, letter_with_file
from tests.worker.conftest import Account
from ticketapp.actions import attempts, intake
from ticketapp.clock import utc_now
from ticketapp.db import db
from ticketapp.models import InboundMail, Mailbox, MailState, Ticket
from ticketapp.outside import outside
from worker import polling
from worker.imap_connection import MailboxError
from worker.mailbox import ImapMailbox


def poll_now() -> None:
    polling.poll(outside(), asked=lambda _run_id: None, now=True)


def sweep() -> None:
    left = list(db.session.scalars(select(InboundMail.id).where(InboundMail.state == MailState.RECEIVED)))
    polling.process(left, outside(), polling.Polled(), asked=lambda _run_id: None, again=True)


def state_of_mails() -> dict[str, int]:
    counted = select(InboundMail.state, func.count()).group_by(InboundMail.state)
    return {str(state): number for state, number in db.session.execute(counted)}


def mailbox() -> Mailbox:
    return db.session.scalars(select(Mailbox).execution_options(populate_existing=True)).one()


@pytest.fixture
def app(make_app: MakeApp, account: Account) -> APIFlask:
    return make_app(**account.settings())


def test_mails_outlast_a_store_that_is_away_and_those_without_files_do_not_wait_for_it(
    app: APIFlask, account: Account, tmp_path: Path
) -> None:
    account.receive(*(letter_with_file(f"File {n}".encode()) for n in range(4)), letter("No file"))
    with app.app_context():
        folder = Path(outside().config.attachments_url.removeprefix("file://"))
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.write_text("a file where a folder should be")
        with pytest.raises(OSError):  # noqa: PT011 - whatever the store raises
            poll_now()
        for again in [poll_now, sweep] * 5:
            with pytest.raises(OSError):  # noqa: PT011 - whatever the store raises
                again()
        assert state_of_mails() == {"received": 4, "processed": 1}
        assert mailbox().last_error is not None
        assert mailbox().last_error.startswith("The attachment store failed: ")  # type: ignore[union-attr]  # not None
        folder.unlink()
        sweep()
        assert state_of_mails() == {"processed": 5}


def test_a_slow_try_is_not_counted_again_by_those_who_come_meanwhile(app: APIFlask, account: Account) -> None:
    account.receive(letter())
    with app.app_context():
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(intake, "process_many", lambda *_, **__: [])  # a worker that died before it landed
            poll_now()
        (mail_id,) = db.session.scalars(select(InboundMail.id))
        assert attempts.begin_again(mail_id, seconds=30)
        for _ in range(10):
            sweep()
        assert state_of_mails() == {"received": 1}


def test_a_mail_that_goes_on_ending_its_worker_is_quarantined_after_three_tries(
    app: APIFlask, account: Account
) -> None:
    account.receive(letter())
    with app.app_context():
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(intake, "process_many", lambda *_, **__: [])
            poll_now()
        (mail_id,) = db.session.scalars(select(InboundMail.id))
        for _ in range(3):
            assert attempts.begin_again(mail_id, seconds=30)
            db.session.execute(update(InboundMail).values(trying_until=utc_now() - timedelta(seconds=1)))
            db.session.commit()
        assert not attempts.begin_again(mail_id, seconds=30)
        assert state_of_mails() == {"quarantined": 1}


def test_an_error_of_the_database_tells_nobody_what_a_customer_wrote(
    make_postgres_app: MakeApp, account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    app = make_postgres_app(**account.settings())
    account.receive(letter("Between us", "My secret illness"))
    with app.app_context():
        db.session.execute(db.text("ALTER TABLE message ADD CONSTRAINT none_today CHECK (text = '')"))
        db.session.commit()
        poll_now()
        mail = db.session.scalars(select(InboundMail)).one()
        assert mail.state == MailState.QUARANTINED
        assert "IntegrityError" in mail.reason
        assert "secret illness" not in mail.reason + caplog.text


def test_a_folder_that_mails_cannot_be_moved_to_delays_no_ticket_and_is_told(
    make_app: MakeApp, account: Account
) -> None:
    app = make_app(**account.settings(after_recording="move", after_recording_folder="Done", mail_batch=2))
    account.receive(*(letter(f"Mail {n}") for n in range(5)))

    def refuse(*_: object) -> None:
        raise MailboxError("imap.example.com refused a command: no such folder")

    with app.app_context(), pytest.MonkeyPatch.context() as patched:
        patched.setattr(ImapMailbox, "_move", refuse)
        poll_now()
        assert db.session.scalar(select(func.count()).select_from(Ticket)) == 5
        assert mailbox().last_error == "imap.example.com refused a command: no such folder"


def test_a_customer_who_writes_to_two_mailboxes_at_once_is_acknowledged_without_a_deadlock(
    make_postgres_app: MakeApp,
) -> None:
    app = make_postgres_app(acknowledge=True, acknowledge_per_hour=100)
    with app.app_context():
        take_in(letter("The first, which makes the requester known"))
    failed: list[BaseException] = []

    def write(start: int) -> None:
        with app.app_context():
            for number in range(12):
                try:
                    take_in(letter(f"{start} {number}"), uid=start + number)
                except Exception as error:  # noqa: BLE001 - whatever it is, the test tells it
                    failed.append(error)

    writers = [threading.Thread(target=write, args=(start,)) for start in (100, 200, 300)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failed == []
