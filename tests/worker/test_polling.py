"""From the mailbox to tickets: nothing is lost, nothing is doubled, one bad mail stops no other."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import func, select

from tests.app_fixtures import MakeApp
from tests.letters import letter
from tests.worker.conftest import Account, poll
from ticketapp.actions import attempts, intake, ledger
from ticketapp.db import db
from ticketapp.models import InboundMail, Mailbox, MailSighting, MailState, Message, Ticket
from ticketapp.outside import EXTENSION
from worker.commands import add_to
from worker.imap_connection import MailboxError

Polled = Callable[..., APIFlask]


def counted(app: APIFlask, model: type = Ticket) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def states(app: APIFlask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(InboundMail.state).order_by(InboundMail.id)))


def test_each_mail_becomes_one_ticket_however_often_it_is_polled(polled: Polled, account: Account) -> None:
    app = polled()
    account.receive(*(letter(f"Question {n}") for n in range(60)))
    poll(app)
    poll(app)
    assert counted(app) == counted(app, Message) == counted(app, InboundMail) == 60


def test_a_mail_that_another_client_has_read_is_taken_all_the_same(polled: Polled, account: Account) -> None:
    account.receive(letter())
    with account.server.connect(account.user) as client:
        client.select_folder("INBOX")
        client.add_flags(client.search(), [b"\\Seen"])
    app = polled()
    poll(app)
    assert counted(app) == 1


def test_same_bytes_twice_make_one_ticket(polled: Polled, account: Account) -> None:
    app, mail = polled(), letter()
    account.receive(mail, mail, letter())
    poll(app)
    account.receive(mail)
    poll(app)
    assert counted(app) == 2
    assert counted(app, MailSighting) == 4


def test_same_message_id_with_other_bytes_is_a_new_message(polled: Polled, account: Account) -> None:
    app = polled()
    account.receive(letter("One", message_id="<same@x.example>"), letter("Two", message_id="<same@x.example>"))
    poll(app)
    assert counted(app, Message) == 2


def test_a_changed_uidvalidity_rescans_and_doubles_nothing(polled: Polled, account: Account) -> None:
    app = polled(imap_folder="Box")
    mails = [letter(f"Question {n}") for n in range(3)]
    with account.server.connect(account.user) as client:
        client.create_folder("Box")
        for mail in mails:
            client.append("Box", mail)
        poll(app)
        client.delete_folder("Box")
        client.create_folder("Box")
        for mail in [*mails, letter("New one")]:
            client.append("Box", mail)
    poll(app)
    assert counted(app) == 4


def test_uids_given_anew_after_a_restore_lose_no_mail(polled: Polled, account: Account) -> None:
    app = polled()
    account.receive(letter("Old 1"))
    poll(app)
    with app.app_context():  # as if UIDs up to 50 had been recorded before the server was restored to 1
        sighting = db.session.scalars(select(MailSighting)).one()
        ahead = MailSighting(
            mailbox_id=sighting.mailbox_id, uidvalidity=sighting.uidvalidity, uid=50, mail_id=sighting.mail_id
        )
        db.session.add(ahead)
        db.session.commit()
    account.receive(letter("After the restore"))
    poll(app)
    assert counted(app) == 2


@pytest.mark.parametrize("after", ["leave", "seen", "move"])
def test_the_servers_copy_is_treated_as_set(polled: Polled, account: Account, after: str) -> None:
    app = polled(after_recording=after, after_recording_folder="Done" if after == "move" else "")
    account.receive(letter())
    poll(app)
    with account.server.connect(account.user) as client:
        client.select_folder("INBOX")
        left, seen = client.search(), client.search("SEEN")
    assert (len(left), len(seen)) == {"leave": (1, 0), "seen": (1, 1), "move": (0, 0)}[after]
    if after == "move":
        assert len(account.server.messages(account.user, "Done")) == 1
    assert counted(app) == 1


def test_a_mail_over_the_limit_is_quarantined_from_its_header_and_blocks_nothing(
    polled: Polled, account: Account
) -> None:
    app = polled(mail_max_bytes=20_000)
    account.receive(letter("Before"), letter("Huge", text="x" * 70 + "\n" + "y" * 60_000), letter("After"))
    poll(app)
    assert counted(app) == 2
    with app.app_context():
        mail = db.session.scalars(select(InboundMail).where(InboundMail.state == MailState.QUARANTINED)).one()
        assert "20,000" in mail.reason
        assert mail.header is not None
        assert b"Subject: Huge" in mail.header
        assert mail.raw is None


def test_a_mail_that_cannot_be_processed_is_quarantined_with_its_cause_and_the_rest_go_on(
    polled: Polled, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, real = polled(), intake.parse

    def parse(raw: bytes) -> object:
        if b"Poison" in raw:
            raise ValueError("a defect in the reader")
        return real(raw)

    account.receive(letter("One"), letter("Poison"), letter("Three"))
    with monkeypatch.context() as patched:
        patched.setattr(intake, "parse", parse)
        poll(app)
    assert states(app) == ["processed", "quarantined", "processed"]
    with app.app_context():
        mail = db.session.scalars(select(InboundMail).where(InboundMail.state == MailState.QUARANTINED)).one()
        assert mail.reason == "ValueError: a defect in the reader"
        attempts.retry(mail.id)
    poll(app)
    assert states(app) == ["processed"] * 3


def test_a_worker_killed_between_ledger_and_ticket_loses_nothing(
    polled: Polled, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = polled()
    account.receive(*(letter(f"Question {n}") for n in range(5)))
    with monkeypatch.context() as patched:
        patched.setattr(intake, "parse", lambda _raw: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            poll(app)
    assert states(app) == ["received"] * 5
    with app.app_context():
        db.session.execute(db.update(Mailbox).values(lease_until=None))  # as it runs out by itself
        db.session.commit()
    poll(app)
    assert counted(app) == 5


def test_a_mail_that_ends_its_worker_again_and_again_is_quarantined(
    polled: Polled, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = polled(mailbox_lease_seconds=0.0)
    account.receive(letter())
    with monkeypatch.context() as patched:
        patched.setattr(intake, "parse", lambda _raw: (_ for _ in ()).throw(KeyboardInterrupt))
        for _ in range(4):
            with pytest.raises(KeyboardInterrupt):
                poll(app)
    poll(app)
    assert states(app) == ["quarantined"]


def test_a_store_out_of_reach_quarantines_nothing_and_counts_no_attempt(
    polled: Polled, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = polled()
    account.receive(letter())
    with monkeypatch.context() as patched:
        patched.setattr(intake, "parse", lambda _raw: (_ for _ in ()).throw(OSError("disk full")))
        for _ in range(5):
            with pytest.raises(OSError, match="disk full"):
                poll(app)
            with app.app_context():
                db.session.execute(db.update(Mailbox).values(poll_due_at=None))
                db.session.commit()
    assert states(app) == ["received"]
    poll(app)
    assert states(app) == ["processed"]


def test_two_polls_at_once_double_nothing(make_postgres_app: MakeApp, account: Account) -> None:
    apps = [make_postgres_app(**account.settings(mailbox_lease_seconds=0.0)) for _ in range(2)]
    account.receive(*(letter(f"Question {n}") for n in range(80)))
    threads = [threading.Thread(target=poll, args=(app,)) for app in apps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    poll(apps[0])
    assert counted(apps[0]) == counted(apps[0], Message) == 80


def test_mail_that_comes_while_a_poll_runs_is_taken_by_that_poll(
    polled: Polled, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is told of it meanwhile cannot poll: the mailbox is taken."""
    app, record, late = polled(), ledger.record, [letter("During the poll"), letter("During its second look")]

    def record_while_more_comes(*arguments: Any, **named: Any) -> list[int]:
        if late:
            account.receive(late.pop())
        return record(*arguments, **named)

    account.receive(letter("Before the poll"))
    monkeypatch.setattr(ledger, "record", record_while_more_comes)
    poll(app)
    assert counted(app) == 3


def test_one_poll_at_a_time_holds_the_mailbox(polled: Polled, account: Account) -> None:
    app = polled()
    poll(app)
    with app.app_context():
        db.session.execute(db.update(Mailbox).values(lease_until=db.func.datetime("now", "+20 seconds")))
        db.session.commit()
    account.receive(letter())
    assert poll(app) is None
    assert counted(app) == 0


def test_a_refused_sign_in_is_kept_in_plain_words_and_the_next_poll_waits(polled: Polled) -> None:
    app = polled(imap_password="wrong")
    with pytest.raises(MailboxError, match="refused the sign-in"):
        poll(app)
    with app.app_context():
        mailbox = db.session.scalars(select(Mailbox)).one()
        assert mailbox.failing_since is not None
        assert mailbox.poll_due_at is not None
        assert "wrong" not in (mailbox.last_error or "")
    assert poll(app) is None


def test_a_server_that_is_down_is_kept_in_plain_words(polled: Polled) -> None:
    app = polled(imap_port=1)
    with pytest.raises(MailboxError, match=r"connection to 127\.0\.0\.1 failed"):
        poll(app)


def test_a_poll_by_hand_needs_no_broker_and_does_not_wait_for_a_pause(polled: Polled, account: Account) -> None:
    app = polled(redis_url="redis://127.0.0.1:1/0")
    add_to(app)
    account.receive(letter(), letter())
    with app.app_context():
        ledger.end_poll(ledger.register_mailbox(app.extensions[EXTENSION].config.mailbox_name), error="It was down.")
    result = app.test_cli_runner().invoke(args=["mail", "poll"])
    assert result.exit_code == 0, result.output
    assert result.output.endswith("2 new; 2 processed.\n")
    assert counted(app) == 2
