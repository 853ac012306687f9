"""Reclassifying what is unclassified on a filtered list, and watching it from a page that works without script."""

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.app_fixtures import MakeApp, add_user, signed_in
from tests.services.gemini import GeminiServer
from tests.web.opened import FailingClassifier, opened, proposal, ticket_of
from ticketapp.actions import bulk, classification
from ticketapp.ai import FailureKind
from ticketapp.clock import utc_now
from ticketapp.models import ChosenBy
from ticketapp.outside import outside
from ticketapp.queries import classification as queries
from ticketapp.queries import conversation

LIVE = {"HX-Request": "true"}
PROGRESS = "/tickets/reclassification/1"


@pytest.fixture
def ai_app(make_app: MakeApp, gemini: GeminiServer) -> APIFlask:
    """On either database: tickets 1 and 2 unclassified, 2 of them critical by hand; 3 classified."""
    app = make_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url)
    opened(app, title="Invoice charged twice")
    opened(app, title="Outage", priority="critical")
    opened(app, proposal=proposal())
    return app


@pytest.fixture
def boss(ai_app: APIFlask) -> FlaskClient:
    return signed_in(ai_app, add_user(ai_app, "ada@example.com", "Ada Admin", "admin"))


def begin(boss: FlaskClient, narrowed: dict[str, str] | None = None) -> TestResponse:
    """Have what is unclassified on a list tried, and start the job without waiting for the sample."""
    drafted = boss.post("/tickets/reclassification", data=narrowed)
    return boss.post(f"{drafted.location}/state", data={"state": "running"})


def work(app: APIFlask) -> None:
    """Do what the worker does: queue the job's tickets and classify whatever is due."""
    with app.app_context():
        for job_id in queries.unfinished_bulk_jobs():
            while bulk.queue_bulk_page(job_id):
                pass
        for run_id in queries.due(utc_now(), limit=100):
            classification.classify(run_id, outside().classifier, deadline_seconds=5)


def fail_all(app: APIFlask, kind: FailureKind) -> None:
    """Queue the jobs' tickets and fail on whatever is due."""
    with app.app_context():
        for job_id in queries.unfinished_bulk_jobs():
            bulk.queue_bulk_page(job_id)
        for run_id in queries.due(utc_now(), limit=100):
            classification.classify(run_id, FailingClassifier(kind), deadline_seconds=5)


def test_a_job_classifies_what_is_unclassified_on_the_list_and_nothing_else(
    ai_app: APIFlask, boss: FlaskClient
) -> None:
    response = begin(boss, {"priority": "critical"})
    assert (response.status_code, response.location) == (303, PROGRESS)
    with ai_app.app_context():
        for job_id in queries.unfinished_bulk_jobs():
            bulk.queue_bulk_page(job_id)
        jobs = {ticket_id: conversation.runs(ticket_id)[0].bulk_job_id for ticket_id in (1, 2, 3)}
    assert jobs == {1: None, 2: 1, 3: None}
    work(ai_app)
    ticket = ticket_of(ai_app, 2)
    assert (ticket.priority, ticket.priority_by, ticket.category_by) == (
        "critical",
        ChosenBy.PERSON,
        ChosenBy.MACHINE,
    )


def test_the_page_says_how_far_it_has_got_until_it_is_done(ai_app: APIFlask, boss: FlaskClient) -> None:
    begin(boss, {"search": "invoice"})
    started = boss.get(PROGRESS)
    assert "0 of 1 are classified." in started.text
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in started.text
    assert "Every unclassified ticket: found by “invoice”" in started.text
    assert "Asked for by Ada Admin" in started.text
    work(ai_app)
    done = boss.get(PROGRESS)
    assert "Done: 1 of 1 tickets were classified." in done.text
    assert "http-equiv" not in done.text
    assert "data-live" not in done.text


def test_the_live_part_answers_304_until_something_changes(ai_app: APIFlask, boss: FlaskClient) -> None:
    begin(boss)
    first = boss.get(PROGRESS, headers=LIVE)
    assert "<html" not in first.text
    known = LIVE | {"If-None-Match": first.headers["ETag"]}
    assert boss.get(PROGRESS, headers=known).status_code == 304
    work(ai_app)
    assert "Done: 2 of 2" in boss.get(PROGRESS, headers=known).text


def test_failures_are_told_apart_from_what_is_still_to_come(ai_app: APIFlask, boss: FlaskClient) -> None:
    begin(boss)
    with ai_app.app_context():
        bulk.queue_bulk_page(1)
        classification.classify(
            queries.outstanding(1) or 0, FailingClassifier(FailureKind.BLOCKED), deadline_seconds=1
        )
        assert (queries.progress(1).done, queries.progress(1).failed, queries.progress(1).is_finished) == (
            0,
            1,
            False,
        )
    work(ai_app)
    assert "Done: 1 of 2 tickets were classified. 1 failed" in boss.get(PROGRESS).text


def test_a_retry_taken_over_by_the_job_has_not_failed(ai_app: APIFlask, boss: FlaskClient) -> None:
    with ai_app.app_context():
        waiting = queries.outstanding(1) or 0
        classification.classify(waiting, FailingClassifier(FailureKind.TIMED_OUT), deadline_seconds=1)
    begin(boss)
    with ai_app.app_context():
        bulk.queue_bulk_page(1)
        assert queries.progress(1).failed == 0


def test_a_job_with_tickets_to_be_tried_again_goes_on_and_can_be_paused(ai_app: APIFlask, boss: FlaskClient) -> None:
    begin(boss)
    fail_all(ai_app, FailureKind.UNAVAILABLE)
    going_on = boss.get(PROGRESS).text
    assert "0 of 2 are classified. 2 failed and are tried again by themselves." in going_on
    assert "Done:" not in going_on
    boss.post(f"{PROGRESS}/state", data={"state": "paused"})
    paused = boss.get(PROGRESS).text
    assert "Paused: 0 of 2 tickets are classified; what only the job asked for waits until it goes on." in paused
    assert "Go on" in paused
    assert "is paused: 0 classified, 0 failed, 2 waiting to be tried again" in boss.get("/admin/runs").text


@pytest.mark.parametrize("is_tried", [False, True])
def test_what_two_jobs_came_to_is_counted_by_the_first_and_has_not_failed(
    ai_app: APIFlask, boss: FlaskClient, is_tried: bool
) -> None:
    begin(boss)
    with ai_app.app_context():
        bulk.queue_bulk_page(1)
    if is_tried:
        fail_all(ai_app, FailureKind.UNAVAILABLE)
    begin(boss)
    work(ai_app)
    second = boss.get(PROGRESS.replace("1", "2")).text
    assert "Done: 0 of 2 tickets were classified. 2 are not its own: another job has them" in second
    assert "failed" not in second
    assert "Done: 2 of 2 tickets were classified." in boss.get(PROGRESS).text


def test_what_people_decided_before_it_was_read_has_not_failed(ai_app: APIFlask, boss: FlaskClient) -> None:
    begin(boss)
    with ai_app.app_context():
        bulk.queue_bulk_page(1)
    boss.post("/tickets/1/category", data={"category": "account"})
    boss.post("/tickets/1/priority", data={"priority": "low"})
    work(ai_app)
    assert (
        "Done: 1 of 2 tickets were classified. 1 is not its own: another job has it, or people decided"
        in boss.get(PROGRESS).text
    )


def test_nothing_to_do_is_said_and_leads_back_to_the_list(boss: FlaskClient) -> None:
    response = boss.post("/tickets/reclassification", data={"status": "closed"}, follow_redirects=True)
    assert response.request.path == "/tickets"
    assert "No unclassified ticket is on this list." in response.text


def test_without_a_key_the_page_says_that_the_sample_waits(app: APIFlask, admin_client: FlaskClient) -> None:
    opened(app)
    admin_client.post("/tickets/reclassification")
    assert "No Gemini API key is set, so the sample waits" in admin_client.get(PROGRESS).text
    begin(admin_client)
    assert "No Gemini API key is set, so the tickets wait" in admin_client.get(PROGRESS).text


def test_reclassifying_all_is_for_admins(app: APIFlask, agent_client: FlaskClient) -> None:
    opened(app)
    assert agent_client.post("/tickets/reclassification").status_code == 403
    assert agent_client.get(PROGRESS).status_code == 403


def test_a_job_that_is_not_there_is_404(admin_client: FlaskClient) -> None:
    assert admin_client.get(PROGRESS).status_code == 404


def test_a_filter_that_cannot_be_read_starts_nothing(app: APIFlask, admin_client: FlaskClient) -> None:
    opened(app)
    response = admin_client.post("/tickets/reclassification", data={"status": "lost"})
    assert response.status_code == 422
    assert "status must be one of" in response.text
    with app.app_context():
        assert queries.recent_bulk_jobs() == []
