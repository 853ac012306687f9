"""flask classify --pending: due runs done in the foreground, against a server that speaks Gemini's protocol."""

from datetime import timedelta

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from tests.app_fixtures import MakeApp
from tests.cli.running import run
from tests.services.gemini import GeminiServer
from tests.slow_start import START_MS, slow_start
from ticketapp.actions import claims
from ticketapp.actions.tickets import NewTicket, open_ticket
from ticketapp.clock import at, utc_now
from ticketapp.db import db
from ticketapp.models import ChosenBy, ClassificationRun, RunState, Source, Ticket


def app_asking(make: MakeApp, gemini: GeminiServer) -> APIFlask:
    return make(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url)


def open_tickets(app: APIFlask, *texts: str) -> None:
    with app.app_context():
        for text in texts:
            open_ticket(NewTicket(title=text[:50], description=text, source=Source.WEB), by=None)


def states(app: APIFlask) -> list[RunState]:
    with app.app_context():
        return list(db.session.scalars(select(ClassificationRun.state).order_by(ClassificationRun.id)))


def test_every_due_ticket_is_classified(make_app: MakeApp, gemini: GeminiServer) -> None:
    app = app_asking(make_app, gemini)
    open_tickets(app, "gemini:answer=billing/high", "gemini:answer=technical/low", "gemini:answer=account/critical")
    done = run(app, "classify", "--pending")
    assert (done.exit_code, done.stdout) == (0, "3 classified, 0 failed.\n")
    with app.app_context():
        found = db.session.scalars(select(Ticket).order_by(Ticket.id)).all()
        assert [(ticket.category, ticket.priority) for ticket in found] == [
            ("billing", "high"),
            ("technical", "low"),
            ("account", "critical"),
        ]
        assert {ticket.category_by for ticket in found} == {ChosenBy.MACHINE}
    assert run(app, "classify", "--pending").stdout == "0 classified, 0 failed.\n"
    assert len(gemini.requests) == 3


def test_the_start_of_the_process_is_no_latency(
    make_sqlite_app: MakeApp, gemini: GeminiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_start(monkeypatch)
    app = app_asking(make_sqlite_app, gemini)
    open_tickets(app, "One")
    run(app, "classify", "--pending")
    with app.app_context():
        assert db.session.scalars(select(ClassificationRun.latency_ms)).one() < START_MS


def test_a_limit_is_kept(make_sqlite_app: MakeApp, gemini: GeminiServer) -> None:
    app = app_asking(make_sqlite_app, gemini)
    open_tickets(app, *(f"Ticket {number}" for number in range(5)))
    assert run(app, "classify", "--pending", "--limit", "2").stdout == "2 classified, 0 failed.\n"
    assert states(app) == [RunState.SUCCEEDED] * 2 + [RunState.QUEUED] * 3


def test_what_is_not_due_yet_waits(make_sqlite_app: MakeApp, gemini: GeminiServer) -> None:
    app = app_asking(make_sqlite_app, gemini)
    with at(utc_now() + timedelta(hours=1)):
        open_tickets(app, "In an hour")
    done = run(app, "classify", "--pending")
    assert done.stdout == "0 classified, 0 failed.\n"
    assert "Not due yet: 1. The next try comes by itself" in done.stderr
    assert gemini.requests == []


def test_what_a_worker_asks_about_is_left_to_it_and_waits_for_no_later_try(
    make_app: MakeApp, gemini: GeminiServer
) -> None:
    app = app_asking(make_app, gemini)
    open_tickets(app, "One", "Two")
    with app.app_context():
        assert claims.claim(1, lease_seconds=60)
    done = run(app, "classify", "--pending")
    assert done.stdout == "1 classified, 0 failed.\n"
    assert done.stderr == "Left to the worker that asks about it at this moment: 1.\n"
    with at(utc_now() + timedelta(seconds=61)):
        done = run(app, "classify", "--pending")
    assert (done.stdout, done.stderr) == ("1 classified, 0 failed.\n", ""), "whoever had it never came back"


def test_failures_are_counted_by_cause_and_wait_for_their_next_try(
    make_sqlite_app: MakeApp, gemini: GeminiServer
) -> None:
    app = app_asking(make_sqlite_app, gemini)
    open_tickets(app, "gemini:503", "fine", "gemini:503")
    done = run(app, "classify", "--pending")
    assert (done.exit_code, done.stdout) == (1, "1 classified, 2 failed.\n")
    assert "2 times: Gemini is having trouble at the moment." in done.stderr
    assert sorted(states(app)) == ["failed", "failed", "queued", "queued", "succeeded"]


def test_a_refused_key_ends_it_before_other_tickets_are_asked_about(
    make_sqlite_app: MakeApp, gemini: GeminiServer
) -> None:
    app = make_sqlite_app(gemini_api_key="wrong", gemini_base_url=gemini.url)
    open_tickets(app, "One", "Two", "Three")
    done = run(app, "classify", "--pending")
    assert (done.exit_code, done.stdout) == (1, "0 classified, 1 failed.\n")
    assert "refused the API key" in done.stderr
    assert "The rest stays queued" in done.stderr
    assert states(app) == [RunState.GAVE_UP, RunState.QUEUED, RunState.QUEUED, RunState.QUEUED]
    assert len(gemini.requests) == 1


def test_it_has_not_succeeded_where_something_due_could_not_be_asked_about(
    make_sqlite_app: MakeApp, gemini: GeminiServer
) -> None:
    app = app_asking(make_sqlite_app, gemini)
    open_tickets(app, "One", "Two")
    gemini.next("429", retry_after=600)
    run(app, "classify", "--pending", "--limit", "1")
    done = run(app, "classify", "--pending")
    assert (done.exit_code, done.stdout) == (1, "0 classified, 0 failed.\n")
    assert "The rest stays queued: Gemini is limiting" in done.stderr
    assert len(gemini.requests) == 1


def test_a_pause_in_which_nothing_is_due_is_no_failure(make_sqlite_app: MakeApp, gemini: GeminiServer) -> None:
    app = app_asking(make_sqlite_app, gemini)
    open_tickets(app, "One")
    gemini.next("429", retry_after=600)
    run(app, "classify", "--pending")
    done = run(app, "classify", "--pending")
    assert (done.exit_code, done.stdout) == (0, "0 classified, 0 failed.\n")


def test_the_pace_that_is_set_is_kept(make_sqlite_app: MakeApp, gemini: GeminiServer) -> None:
    app = make_sqlite_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url, gemini_requests_per_minute=120)
    open_tickets(app, "One", "Two", "Three", "Four", "Five")
    assert run(app, "classify", "--pending").stdout == "5 classified, 0 failed.\n"
    first, *_, last = (asked.received_at for asked in gemini.requests)
    assert last - first > 0.9


def test_without_a_key_it_says_so_and_leaves_everything_queued(app: APIFlask) -> None:
    open_tickets(app, "One")
    done = run(app, "classify", "--pending")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == (
        "Error: No Gemini API key is set, so tickets are not classified. Set GEMINI_API_KEY and try again.\n"
    )
    assert states(app) == [RunState.QUEUED]


def test_it_wants_to_be_told_which_tickets(app: APIFlask) -> None:
    done = run(app, "classify")
    assert done.exit_code == 2
    assert "--pending" in done.stderr
