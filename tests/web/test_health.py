"""What a machine learns about the system's health."""

from datetime import timedelta
from pathlib import Path

from apiflask import APIFlask

from tests.app_fixtures import MakeApp
from tests.letters import letter
from tests.services.gemini import GeminiServer
from tests.services.postgres import PostgresServer
from tests.services.redis import RedisServer
from ticketapp import clock
from ticketapp.actions.ledger import SeenMail, end_poll, record, register_mailbox
from ticketapp.actions.tickets import NewTicket, open_ticket
from ticketapp.clock import utc_now
from ticketapp.db import db
from ticketapp.models import Source
from ticketapp.outside import EXTENSION


def test_a_new_system_is_well(app: APIFlask) -> None:
    answer = app.test_client().get("/healthz")

    assert answer.status_code == 200
    assert answer.json == {
        "status": "ok",
        "database": "ok",
        "redis": "not in use",
        "gemini": {"state": "no key"},
        "mailboxes": [],
        "mails_waiting": 0,
        "runs_due": 0,
        "counts_end_at": 1001,
    }
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_waits_is_counted(each_app: APIFlask) -> None:
    mailbox = register_mailbox("box")
    record(mailbox, 1, [SeenMail(uid=1, size=10, arrived_at=utc_now(), raw=letter())])
    open_ticket(NewTicket(title="Fire", description="It burns.", source=Source.API), by=None)

    found = each_app.test_client().get("/healthz").json

    assert found is not None
    assert (found["mails_waiting"], found["runs_due"]) == (1, 1)


def test_a_failing_mailbox_degrades_it_and_names_no_secret(app: APIFlask) -> None:
    with app.app_context():
        mailbox = register_mailbox("support@imap.example.com/INBOX")
        end_poll(mailbox)
        end_poll(mailbox, error="The mail server cannot be reached.")

    answer = app.test_client().get("/healthz")

    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["status"] == "degraded"
    (found,) = answer.json["mailboxes"]
    assert found["last_success_age_seconds"] < 60
    assert found["failing_since"].endswith("+00:00")
    assert found["error"] == "The mail server cannot be reached."
    assert "imap.example.com" not in answer.text


def test_nobody_outside_learns_who_signs_in(app: APIFlask) -> None:
    with app.app_context():
        mailbox = register_mailbox("support@imap.example.com/INBOX")
        end_poll(mailbox, error="imap.example.com refused the sign-in of support: [AUTHENTICATIONFAILED] No.")

    answer = app.test_client().get("/healthz")

    assert answer.get_json()["mailboxes"][0]["error"] == "The mail server refused the sign-in."
    assert "support" not in answer.text


def test_a_mailbox_that_nobody_polls_degrades_it(app: APIFlask) -> None:
    last = utc_now() - timedelta(hours=1)
    with app.app_context(), clock.at(last):
        end_poll(register_mailbox("support@imap.example.com/INBOX"))

    answer = app.test_client().get("/healthz")

    assert (answer.status_code, answer.get_json()["status"]) == (200, "degraded")
    assert [one["unread_since"] for one in answer.get_json()["mailboxes"]] == [last.isoformat()]


def test_redis_is_asked(make_sqlite_app: MakeApp, redis_server: RedisServer) -> None:
    app = make_sqlite_app(redis_url=redis_server.url)

    assert app.test_client().get("/healthz").get_json()["redis"] == "ok"


def test_a_lost_redis_degrades_it(make_sqlite_app: MakeApp) -> None:
    answer = make_sqlite_app(redis_url="redis://127.0.0.1:1/0").test_client().get("/healthz")

    assert answer.status_code == 200
    assert answer.get_json()["redis"] == "unreachable"
    assert answer.get_json()["status"] == "degraded"


def test_a_provider_that_is_left_alone_degrades_it(make_sqlite_app: MakeApp, gemini: GeminiServer) -> None:
    app = make_sqlite_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url)
    client = app.test_client()
    assert client.get("/healthz").get_json()["gemini"] == {"state": "asked"}
    gemini.always("503")
    for _ in range(5):
        app.extensions[EXTENSION].adviser.classify(title="Hi", description="There", deadline_seconds=4)

    found = client.get("/healthz").get_json()

    assert (found["status"], found["gemini"]["state"], found["gemini"]["cause"]) == (
        "degraded",
        "paused",
        "unavailable",
    )
    assert found["gemini"]["since"] < found["gemini"]["until"]
    assert found["gemini"]["until"].endswith("+00:00")


def test_a_broken_database_is_503(app: APIFlask) -> None:
    with app.app_context():
        db.engine.dispose()
        Path(str(db.engine.url.database)).write_bytes(b"this is no database any more" * 100)

    answer = app.test_client().get("/healthz")

    assert answer.status_code == 503
    assert answer.json == {"status": "down", "database": "unreachable", "redis": "not in use"}


def test_a_database_server_that_is_gone_is_503(make_sqlite_app: MakeApp, postgres: PostgresServer) -> None:
    gone = postgres.create_database("gone")
    app = make_sqlite_app(database_url=gone.replace("/gone", "/never_was"))

    assert app.test_client().get("/healthz").status_code == 503
