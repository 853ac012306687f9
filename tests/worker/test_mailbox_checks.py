"""The test of a mailbox: each step fails against something real, and says what to do."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import func, select

from tests.app_fixtures import MakeApp, add_user
from tests.letters import letter
from tests.services.dovecot import DovecotServer
from tests.services.imap import ImapServer
from tests.services.ports import free_port
from tests.services.smtp import Answer, SmtpServer
from tests.worker.conftest import Account
from ticketapp.actions import mailbox_checks
from ticketapp.actions import mailboxes as actions
from ticketapp.actions.mailbox_settings import MailboxSettings
from ticketapp.clock import utc_now
from ticketapp.db import db
from ticketapp.models import AfterRecording, InboundMail, MailKind, MailState, Message, Security, SignIn, Ticket, User
from ticketapp.outside import outside
from ticketapp.queries import mailboxes
from ticketapp.vault import Vault
from worker import mailbox_checks as checks
from worker import polling, round_trip, tasks

STEPS = ("dns", "connection", "sign_in", "folder", "round_trip")


@pytest.fixture
def app(make_sqlite_app: MakeApp, smtp_server: SmtpServer) -> APIFlask:
    """An application that sends through the private SMTP server."""
    return make_sqlite_app(
        smtp_host=smtp_server.host, smtp_port=smtp_server.port, smtp_security="none", outbox_dir=None
    )


@pytest.fixture
def checked(app: APIFlask, account: Account) -> Iterator[Any]:
    """Adds a mailbox, changed where said, tests it, and gives what came of each step."""
    with app.app_context():
        admin = add_user(app, "ada@example.com", "Ada", "admin")

        def check(**changes: Any) -> dict[str, tuple[str, str]]:
            mailbox_id = actions.add(settings_for(account, **changes), vault=outside().vault, environment=None).id
            return done(mailbox_id, admin)

        yield check


def settings_for(account: Account, **changes: Any) -> MailboxSettings:
    return MailboxSettings(
        **{
            "host": account.server.host,
            "port": account.server.imap_port,
            "security": Security.NONE,
            "username": account.user,
            "folder": "INBOX",
            "after": AfterRecording.LEAVE,
            "sign_in": SignIn.PASSWORD,
            "password": account.server.users[account.user],
            **changes,
        }
    )


def done(mailbox_id: int, by: User) -> dict[str, tuple[str, str]]:
    check = mailbox_checks.ask(mailbox_id, by=by)
    checks.run(check.id, outside())
    found = mailboxes.check(check.id)
    assert found.finished_at is not None
    assert [step.step for step in found.steps] == list(STEPS)
    for step in found.steps:
        assert (step.took_ms is not None) == (step.outcome in ("ok", "failed"))
    return {step.step: (step.outcome, step.note) for step in found.steps}


def outcomes(found: dict[str, tuple[str, str]]) -> list[str]:
    return [outcome for outcome, _ in found.values()]


def deliver_what_is_sent(smtp: SmtpServer, account: Account) -> threading.Thread:
    """Let the next mail that the SMTP server takes arrive in the mailbox."""

    def carry() -> None:
        (mail,) = smtp.wait_for(1)
        assert mail.recipients == (account.user,)
        account.receive(mail.raw)

    thread = threading.Thread(target=carry)
    thread.start()
    return thread


def test_everything_in_order_ends_with_a_mail_that_is_set_aside(
    app: APIFlask, checked: Any, smtp_server: SmtpServer, account: Account
) -> None:
    carrier = deliver_what_is_sent(smtp_server, account)

    found = checked()

    carrier.join()
    assert outcomes(found) == ["ok"] * 5
    assert found["round_trip"][1].startswith(f"A mail to {account.user} came back after")
    polling.poll(outside(), asked=lambda _run_id: None, mailbox_id=1)
    mail = db.session.scalars(select(InboundMail)).one()
    assert (mail.state, mail.kind) == (MailState.SET_ASIDE, MailKind.OWN)
    assert [db.session.scalar(select(func.count()).select_from(model)) for model in (Ticket, Message)] == [0, 0]
    assert len(smtp_server.messages) == 1


def test_a_name_that_leads_nowhere(checked: Any) -> None:
    found = checked(host="imap.no-such-name.invalid")
    assert outcomes(found) == ["failed", *["not_tried"] * 4]
    assert "imap.no-such-name.invalid leads to no address" in found["dns"][1]


def test_a_port_where_nothing_listens(checked: Any) -> None:
    port = free_port()
    found = checked(port=port)
    assert outcomes(found) == ["ok", "failed", *["not_tried"] * 3]
    assert f"Nothing listens at 127.0.0.1 port {port}: check the port; 143 is usual" in found["connection"][1]


def test_a_server_without_tls_where_tls_is_expected(checked: Any) -> None:
    found = checked(security=Security.TLS)
    assert outcomes(found)[:2] == ["ok", "failed"]
    assert "does not speak TLS as expected" in found["connection"][1]


def test_a_certificate_that_nobody_vouches_for(checked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with DovecotServer({"support@example.org": "secret"}, tls=True) as server:
        box = {
            "port": server.imaps_port,
            "security": Security.TLS,
            "username": "support@example.org",
            "password": "secret",
        }
        found = checked(**box)
        assert outcomes(found)[:3] == ["ok", "failed", "not_tried"]
        assert "The certificate of 127.0.0.1 port" in found["connection"][1]
        monkeypatch.setenv("SSL_CERT_FILE", str(server.ca_file))
        monkeypatch.setattr(round_trip, "ARRIVES_WITHIN_SECONDS", 0.1)
        assert outcomes(checked(**box, host="localhost"))[:4] == ["ok"] * 4
        assert outcomes(checked(**{**box, "port": server.imap_port}, folder="Sent"))[1] == "failed"


def test_a_refused_sign_in(checked: Any) -> None:
    found = checked(password="wrong-hunter2")
    assert outcomes(found) == ["ok", "ok", "failed", "not_tried", "not_tried"]
    assert "refused the sign-in" in found["sign_in"][1]
    assert "app password" in found["sign_in"][1]
    assert "hunter2" not in found["sign_in"][1]


def test_a_missing_folder_and_those_that_are_there(checked: Any) -> None:
    found = checked(folder="Support")
    assert outcomes(found) == ["ok", "ok", "ok", "failed", "not_tried"]
    assert found["folder"][1] == "There is no folder Support. There are: INBOX."


def test_a_missing_folder_to_move_to_is_made(checked: Any, account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(round_trip, "ARRIVES_WITHIN_SECONDS", 0.1)
    found = checked(after=AfterRecording.MOVE, after_folder="Done")
    assert found["folder"] == ("ok", "INBOX holds 0 mails. The folder Done was missing and has been made.")
    with account.server.connect(account.user) as client:
        assert client.folder_exists("Done")


def test_a_mail_that_a_poll_moved_away_meanwhile_is_found_too(
    app: APIFlask, checked: Any, smtp_server: SmtpServer, account: Account
) -> None:
    def carry() -> None:
        (mail,) = smtp_server.wait_for(1)
        account.server.append(account.user, mail.raw, "Done")

    carrier = threading.Thread(target=carry)
    carrier.start()
    found = checked(after=AfterRecording.MOVE, after_folder="Done")
    carrier.join()
    assert found["round_trip"][0] == "ok"


def test_a_mail_that_never_arrives(checked: Any, smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(round_trip, "ARRIVES_WITHIN_SECONDS", 1.5)
    found = checked()
    assert outcomes(found) == ["ok"] * 4 + ["failed"]
    assert "did not arrive in INBOX" in found["round_trip"][1]
    assert len(smtp_server.messages) == 1


def test_a_mail_that_is_not_taken(checked: Any, smtp_server: SmtpServer) -> None:
    smtp_server.answer = Answer.REFUSE
    found = checked()
    assert found["round_trip"][0] == "failed"
    assert "The mail could not be sent: 127.0.0.1 said: 5.7.1 not wanted here" in found["round_trip"][1]


def test_without_a_mail_server_the_last_step_is_not_tried(make_sqlite_app: MakeApp, account: Account) -> None:
    app = make_sqlite_app()
    admin = add_user(app, "ada@example.com", "Ada", "admin")
    with app.app_context():
        mailbox_id = actions.add(settings_for(account), vault=outside().vault, environment=None).id
        found = done(mailbox_id, admin)
    assert outcomes(found) == ["ok"] * 4 + ["not_tried"]
    assert "set SMTP_HOST first" in found["round_trip"][1]


def test_the_mailbox_of_the_environment_can_be_tested_too(make_sqlite_app: MakeApp, account: Account) -> None:
    app = make_sqlite_app(**account.settings())
    admin = add_user(app, "ada@example.com", "Ada", "admin")
    account.receive(letter())
    with app.app_context():
        polling.poll(outside(), asked=lambda _run_id: None)
        assert outcomes(done(1, admin))[:4] == ["ok"] * 4


def test_a_secret_sealed_with_a_lost_key_is_told(app: APIFlask, account: Account) -> None:
    admin = add_user(app, "ada@example.com", "Ada", "admin")
    with app.app_context():
        mailbox_id = actions.add(settings_for(account), vault=Vault(["x" * 32]), environment=None).id
        found = done(mailbox_id, admin)
    assert "CREDENTIALS_KEY does not hold any more" in found["sign_in"][1]
    assert outcomes(found) == ["not_tried", "not_tried", "failed", "not_tried", "not_tried"]


def test_a_test_whose_hint_was_lost_is_found_by_the_sweep(
    app: APIFlask, dovecot: ImapServer, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    hints: list[tuple[Any, ...]] = []
    monkeypatch.setattr(tasks, "nudge", lambda *hint, **_: hints.append(hint))
    admin = add_user(app, "ada@example.com", "Ada", "admin")
    with app.app_context():
        mailbox_id = actions.add(settings_for(account), vault=outside().vault, environment=None).id
        check = mailbox_checks.ask(mailbox_id, by=admin)
        assert mailbox_checks.ask(mailbox_id, by=admin).id == check.id

        tasks.sweep.run()

        assert ("check_mailbox", check.id) in hints


def test_a_test_is_done_by_one_worker_and_ended_after_two_that_died(each_app: APIFlask, account: Account) -> None:
    admin = add_user(each_app, "ada@example.com", "Ada", "admin")
    mailbox_id = actions.add(settings_for(account), vault=outside().vault, environment=None).id
    check = mailbox_checks.ask(mailbox_id, by=admin)

    assert mailbox_checks.claim(check.id, seconds=60) == mailbox_id
    assert mailbox_checks.claim(check.id, seconds=60) is None
    assert mailboxes.unfinished_checks(utc_now()) == []

    for attempt in range(2):
        db.session.execute(db.text("UPDATE mailbox_check SET lease_until = NULL"))
        db.session.commit()
        assert mailbox_checks.claim(check.id, seconds=60) == (mailbox_id if attempt == 0 else None)
    found = mailboxes.check(check.id)
    assert found.finished_at is not None
    assert [step.outcome for step in found.steps] == ["failed", *["not_tried"] * 4]
    assert found.steps[0].note == mailbox_checks.CUT_OFF
