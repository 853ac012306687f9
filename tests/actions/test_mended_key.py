"""A refused key or account, and what becomes of the tickets that waited for it to be mended."""

import time
from datetime import timedelta

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from tests.actions.bulk_work import classified, started
from tests.app_fixtures import MakeApp, add_user
from tests.services.gemini import GeminiServer
from tests.web.opened import FailingClassifier
from ticketapp.actions import classification
from ticketapp.actions.tickets import NewTicket, open_ticket
from ticketapp.ai import FailureKind, breaker
from ticketapp.clock import at, utc_now
from ticketapp.db import db
from ticketapp.models import ClassificationRun, ClassificationState, RunState, Source, Ticket
from ticketapp.outside import outside
from ticketapp.queries import classification as runs


def do_what_is_due(app: APIFlask) -> None:
    with app.app_context():
        for run_id in runs.due(utc_now(), limit=10):
            classification.classify(run_id, outside().classifier, deadline_seconds=20)


@pytest.mark.usefixtures("long_pause")
def test_a_refused_key_is_asked_with_once_and_gives_up_the_run_but_no_ticket(
    make_app: MakeApp, gemini: GeminiServer
) -> None:
    refused = make_app(gemini_api_key="wrong", gemini_base_url=gemini.url)
    with refused.app_context():
        for number in range(4):
            open_ticket(NewTicket(title=f"Ticket {number}", description="Hi", source=Source.API), by=None)

    do_what_is_due(refused)

    assert len(gemini.requests) == 1
    with refused.app_context():
        found = db.session.scalars(select(ClassificationRun).order_by(ClassificationRun.state.desc())).all()
        assert [run.state for run in found] == [*4 * [RunState.QUEUED], RunState.GAVE_UP]
        assert {run.attempt for run in found} == {1}
        assert found[-1].error == FailureKind.REFUSED_KEY.sentence
        states = db.session.scalars(select(Ticket.classification_state)).all()
        assert set(states) == {ClassificationState.QUEUED}


def test_a_refused_key_costs_no_try_however_often_it_is_refused(make_app: MakeApp, gemini: GeminiServer) -> None:
    refused = make_app(gemini_api_key="wrong", gemini_base_url=gemini.url)
    now = utc_now()
    with refused.app_context():
        ticket = open_ticket(NewTicket(title="One", description="Hi", source=Source.API), by=None)
        for hour in range(30):
            with at(now + timedelta(hours=hour)):
                failing = FailingClassifier(FailureKind.REFUSED_KEY)
                classification.classify(runs.outstanding(ticket.id) or 0, failing, deadline_seconds=1)
        with at(now + timedelta(hours=31)):
            failing = FailingClassifier(FailureKind.UNREADABLE)
            classification.classify(runs.outstanding(ticket.id) or 0, failing, deadline_seconds=1)
        assert db.session.get_one(ClassificationRun, runs.outstanding(ticket.id) or 0).attempt == 2


def test_a_job_waits_for_what_a_refused_key_gave_up(make_app: MakeApp, gemini: GeminiServer) -> None:
    app = make_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url)
    ada = add_user(app, "ada@example.com", "Ada", "admin")
    with app.app_context():
        open_ticket(NewTicket(title="One", description="Hi", source=Source.API), by=None)
        job_id = started(ada)
        classified(FailingClassifier(FailureKind.REFUSED_KEY))
        progress = runs.progress(job_id)
        assert (progress.failed, progress.settled, progress.is_finished) == (0, 0, False)


@pytest.mark.parametrize(
    ("code", "status", "message", "kind"),
    [
        (402, "RESOURCE_EXHAUSTED", "Your Prepay credit balance is depleted.", FailureKind.BILLING),
        (400, "FAILED_PRECONDITION", "Please enable billing on your project.", FailureKind.BILLING),
        (400, "FAILED_PRECONDITION", "User location is not supported.", FailureKind.REFUSED_ACCOUNT),
    ],
)
def test_what_is_wrong_with_the_account_is_found_out_once_and_costs_no_ticket(
    make_app: MakeApp, gemini: GeminiServer, code: int, status: str, message: str, kind: FailureKind
) -> None:
    app = make_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url)
    gemini.always("told", status=code, body={"error": {"code": code, "status": status, "message": message}})
    with app.app_context():
        for number in range(4):
            open_ticket(NewTicket(title=f"Ticket {number}", description="Hi", source=Source.API), by=None)
    do_what_is_due(app)

    assert len(gemini.requests) == 1
    with app.app_context():
        assert outside().classifier.availability().kind is kind
        assert set(db.session.scalars(select(Ticket.classification_state))) == {ClassificationState.QUEUED}
        assert set(db.session.scalars(select(ClassificationRun.attempt))) == {1}

    gemini.always(None)
    time.sleep(2.5)  # the first pause is over then
    with at(utc_now() + timedelta(minutes=1)):
        do_what_is_due(app)
    with app.app_context():
        assert set(db.session.scalars(select(Ticket.category_by))) == {"machine"}


def test_with_the_key_mended_all_that_waited_is_classified(
    make_app: MakeApp, gemini: GeminiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breaker, "FIRST_PAUSE_SECONDS", 6.0)  # with what it is spread by, less than 11
    refused = make_app(gemini_api_key="wrong", gemini_base_url=gemini.url)
    with refused.app_context():
        for number in range(4):
            open_ticket(NewTicket(title=f"Ticket {number}", description="Hi", source=Source.API), by=None)
    do_what_is_due(refused)
    mended = make_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url)

    with at(utc_now() + timedelta(seconds=15)):
        do_what_is_due(mended)
    with mended.app_context():
        by = db.session.scalars(select(Ticket.category_by).order_by(Ticket.id)).all()
        assert sorted(by) == ["default", "machine", "machine", "machine"]

    with at(utc_now() + timedelta(seconds=45)):
        do_what_is_due(mended)
    with mended.app_context():
        assert set(db.session.scalars(select(Ticket.category_by)).all()) == {"machine"}
