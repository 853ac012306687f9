"""Standing notices: who sees which, and what they cost."""

import time
from datetime import timedelta

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.app_fixtures import MakeApp, add_user, signed_in
from tests.services.gemini import GeminiServer
from tests.web.browsing import words_of
from tests.web.opened import opened
from ticketapp import clock
from ticketapp.actions import classification, classification_settings
from ticketapp.actions.ledger import end_poll, lease_mailbox, pause, register_mailbox, resume
from ticketapp.actions.tickets import NewTicket, open_ticket
from ticketapp.ai import FailureKind
from ticketapp.clock import utc_now
from ticketapp.db import transaction
from ticketapp.models import Mailbox, Source
from ticketapp.outside import outside
from ticketapp.queries import classification as runs
from ticketapp.queries import classification_settings as queried_settings
from ticketapp.web import banners

NO_KEY = "Tickets are not classified: no Gemini API key is set."
NO_MAIL = "New mail does not arrive"


def break_mailbox(app: APIFlask, *, minutes_ago: int) -> None:
    """A mailbox that has failed since then."""
    with app.app_context():
        mailbox_id = register_mailbox("support@imap.example.com/INBOX")
        end_poll(mailbox_id, error="The mail server refused the password.")
        with transaction() as session:
            mailbox = session.scalars(select(Mailbox)).one()
            mailbox.failing_since = utc_now() - timedelta(minutes=minutes_ago)


def test_without_a_key_admins_are_told_once_and_agents_are_not(
    admin_client: FlaskClient, agent_client: FlaskClient
) -> None:
    assert words_of(admin_client.get("/account")).count(NO_KEY) == 1
    assert NO_KEY not in agent_client.get("/account").text


def test_with_a_key_nothing_is_said(make_sqlite_app: MakeApp) -> None:
    app = make_sqlite_app(gemini_api_key="a-key")
    ada = add_user(app, "ada@example.com", "Ada", "admin")

    assert "banner" not in signed_in(app, ada).get("/account").text


def test_nobody_outside_learns_what_is_wrong(app: APIFlask) -> None:
    break_mailbox(app, minutes_ago=30)

    assert "banner" not in app.test_client().get("/session/new").text


def test_a_mailbox_failing_for_five_minutes_is_told_to_everybody(
    app: APIFlask, admin_client: FlaskClient, agent_client: FlaskClient
) -> None:
    break_mailbox(app, minutes_ago=6)

    told = words_of(agent_client.get("/account"))
    assert NO_MAIL in told
    assert "refused the password" not in told
    assert "The mail server refused the password." in words_of(admin_client.get("/account"))


def test_a_mailbox_failing_for_less_is_nobodys_concern_yet(app: APIFlask, agent_client: FlaskClient) -> None:
    break_mailbox(app, minutes_ago=4)

    assert NO_MAIL not in agent_client.get("/account").text


@pytest.mark.parametrize("minutes", [0, 4, 6])
def test_a_mailbox_that_nobody_polls_is_told_to_everybody_after_five_minutes(
    app: APIFlask, agent_client: FlaskClient, minutes: int
) -> None:
    with app.app_context(), clock.at(utc_now() - timedelta(minutes=minutes)):
        end_poll(register_mailbox("support@imap.example.com/INBOX"))

    told = words_of(agent_client.get("/account"))

    assert ("has not been read since" in told) is (minutes > 5)
    assert ("Does the worker run?" in told) is (minutes > 5)


def test_a_new_mailbox_has_five_minutes_grace_too(app: APIFlask, admin_client: FlaskClient) -> None:
    with app.app_context(), clock.at(utc_now() - timedelta(minutes=4)):
        register_mailbox("support@imap.example.com/INBOX")
    assert NO_MAIL not in admin_client.get("/account").text

    with app.app_context(), clock.at(utc_now() - timedelta(minutes=6)):
        register_mailbox("sales@imap.example.com/INBOX")
    mailboxes = words_of(admin_client.get("/admin/mailboxes"))
    assert mailboxes.count("not read . Does the worker run?") == 1
    assert "not read . Does the worker run?" in words_of(admin_client.get("/admin/mailboxes/2"))
    assert "not read . Does the worker run?" in words_of(admin_client.get("/admin/mail"))


def test_a_worker_that_reads_other_mailboxes_is_not_doubted(app: APIFlask, admin_client: FlaskClient) -> None:
    with app.app_context():
        with clock.at(utc_now() - timedelta(minutes=6)):
            register_mailbox("sales@imap.example.com/INBOX")
        end_poll(register_mailbox("support@imap.example.com/INBOX"))
    for path in ("/account", "/admin/mail", "/admin/mailboxes", "/admin/mailboxes/1"):
        words = words_of(admin_client.get(path))
        assert "Others are read; this one should be tested." in words
        assert "Does the worker run?" not in words
    assert "Lag not known" in words_of(admin_client.get("/admin/mailboxes/1"))


def test_the_mails_come_before_the_mailboxes_which_say_how_many_are_not_in_order(
    app: APIFlask, admin_client: FlaskClient
) -> None:
    with app.app_context():
        end_poll(register_mailbox("support@imap.example.com/INBOX"))
    assert '<summary class="panel-title">1 mailbox, in order</summary>' in admin_client.get("/admin/mail").text
    with app.app_context():
        pause(register_mailbox("sales@imap.example.com/INBOX"))
    page = admin_client.get("/admin/mail").text
    assert '<details class="panel fold"><summary class="panel-title">2 mailboxes, 1 not in order</summary>' in page


def test_a_long_poll_and_a_mailbox_just_resumed_are_no_alarm(app: APIFlask, agent_client: FlaskClient) -> None:
    with app.app_context():
        with clock.at(utc_now() - timedelta(hours=1)):
            polled, resumed = (register_mailbox(f"{name}@imap.example.com/INBOX") for name in ("a", "b"))
            end_poll(polled)
            pause(resumed)
        assert lease_mailbox(polled, seconds=30)
        resume(resumed)

    assert NO_MAIL not in agent_client.get("/account").text


def test_a_slow_pace_of_polling_is_no_alarm(make_sqlite_app: MakeApp) -> None:
    app = make_sqlite_app(poll_seconds=3600.0)
    with app.app_context(), clock.at(utc_now() - timedelta(hours=2)):
        end_poll(register_mailbox("support@imap.example.com/INBOX"))

    assert NO_MAIL not in signed_in(app, add_user(app, "gil@example.com", "Gil", "agent")).get("/account").text


def test_a_refused_key_is_told_to_admins_until_an_answer_comes(
    make_sqlite_app: MakeApp, gemini: GeminiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(banners, "ASKED_EVERY_SECONDS", 0)
    app = make_sqlite_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url)
    admin = signed_in(app, add_user(app, "ada@example.com", "Ada", "admin"))
    agent = signed_in(app, add_user(app, "gil@example.com", "Gil", "agent"))
    gemini.next("400")

    _open_and_classify(app)

    assert "Gemini refused the API key. Check GEMINI_API_KEY." in words_of(admin.get("/account"))
    assert "refused" not in agent.get("/account").text
    time.sleep(2.5)  # the first pause is over then
    _open_and_classify(app)
    assert "refused" not in admin.get("/account").text


def test_what_the_account_lacks_is_an_alarm_for_admins_that_names_it(
    make_sqlite_app: MakeApp, gemini: GeminiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(banners, "ASKED_EVERY_SECONDS", 0)
    app = make_sqlite_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url)
    admin = signed_in(app, add_user(app, "ada@example.com", "Ada", "admin"))
    error = {"code": 402, "status": "RESOURCE_EXHAUSTED", "message": "Your Prepay credit balance is depleted."}
    gemini.always("told", status=402, body={"error": error})

    _open_and_classify(app)

    page = admin.get("/account")
    assert FailureKind.BILLING.sentence in words_of(page)
    assert 'class="banner" data-kind="alarm"' in page.text


@pytest.mark.parametrize("behaviour", ["503", "400"])
def test_agents_are_told_since_when_the_machine_is_left_alone_where_they_wait_for_it(
    make_sqlite_app: MakeApp, gemini: GeminiServer, monkeypatch: pytest.MonkeyPatch, behaviour: str
) -> None:
    monkeypatch.setattr(banners, "ASKED_EVERY_SECONDS", 0)
    app = make_sqlite_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url)
    agent = signed_in(app, add_user(app, "gil@example.com", "Gil", "agent"))
    gemini.always(behaviour)
    for _ in range(5):
        _open_and_classify(app)

    for url in ("/tickets/1", "/tickets/new"):
        words = words_of(agent.get(url))
        assert "Tickets wait to be classified: Gemini has been left alone since" in words
        assert "/admin" not in agent.get(url).text
    assert "have been waiting" not in agent.get("/account").text


def test_a_provider_that_does_not_answer_is_told_to_admins(
    make_sqlite_app: MakeApp, gemini: GeminiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(banners, "ASKED_EVERY_SECONDS", 0)
    app = make_sqlite_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url)
    admin = signed_in(app, add_user(app, "ada@example.com", "Ada", "admin"))
    gemini.always("503")
    for _ in range(4):
        _open_and_classify(app)
    assert "have been waiting" not in admin.get("/account").text

    _open_and_classify(app)

    words = words_of(admin.get("/account"))
    assert "Tickets wait to be classified: Gemini has been left alone since" in words
    assert "Gemini is having trouble at the moment. It is asked again by itself" in words


@pytest.mark.parametrize("endpoint", ["/account", "/tickets/new"])
def test_no_ticket_is_said_to_wait_where_none_does(
    make_sqlite_app: MakeApp, gemini: GeminiServer, monkeypatch: pytest.MonkeyPatch, endpoint: str
) -> None:
    monkeypatch.setattr(banners, "ASKED_EVERY_SECONDS", 0)
    app = make_sqlite_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url)
    ada = add_user(app, "ada@example.com", "Ada", "admin")
    admin = signed_in(app, ada)
    gemini.next("429", retry_after=300)
    with app.app_context():
        settings = queried_settings.current()
        classification_settings.try_out(settings, outside().classifier, deadline_seconds=5)

    words = words_of(admin.get(endpoint))
    assert "Gemini has been left alone since" in words
    assert "The next question after the pause tries it again." in words
    assert "Tickets wait" not in words
    assert "what waits is classified then" not in words
    with clock.at(utc_now() + timedelta(minutes=11)):
        assert "left alone" not in words_of(admin.get(endpoint))
        opened(app)
        assert "Tickets wait to be classified: Gemini has been left alone since" in words_of(admin.get(endpoint))


def _open_and_classify(app: APIFlask) -> None:
    with app.app_context():
        open_ticket(NewTicket(title="Fire", description="It burns.", source=Source.API), by=None)
        for run_id in runs.due(utc_now(), limit=10):
            classification.classify(run_id, outside().classifier, deadline_seconds=5)


def test_the_database_is_asked_once_for_many_pages(
    app: APIFlask, agent_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    ask = banners._troubles_now
    monkeypatch.setattr(banners, "_troubles_now", lambda now: asked.append(now) or ask(now))

    for _ in range(3):
        agent_client.get("/account")

    assert len(asked) == 1
