"""A bulk reclassification from the pages: tried on a sample, started, paused, undone, all without script."""

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import update

from tests.app_fixtures import MakeApp, add_user, signed_in
from tests.services.gemini import GeminiServer
from tests.web.opened import AnsweringClassifier, opened, proposal, ticket_of
from ticketapp.actions import bulk, bulk_samples, bulk_undo, classification
from ticketapp.actions.users import deactivate
from ticketapp.clock import utc_now
from ticketapp.db import transaction
from ticketapp.models import BulkJob
from ticketapp.queries import bulk_trials
from ticketapp.queries import classification as queries

LIVE = {"HX-Request": "true"}
JOB = "/tickets/reclassification/1"
TEXT = "The invoice is wrong."


@pytest.fixture
def ai_app(make_app: MakeApp, gemini: GeminiServer) -> APIFlask:
    """Tickets 1 and 2 the machine's technical and low, 2 with an account by hand; 3 wholly decided by hand."""
    app = make_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url, gemini_model=AnsweringClassifier.model)
    opened(app, title="One", description=TEXT, proposal=proposal("technical", "low"))
    opened(app, title="Two", description=TEXT, category="account", proposal=proposal("technical", "low"))
    opened(app, title="Three", description=TEXT, category="account", priority="low")
    return app


@pytest.fixture
def boss(ai_app: APIFlask) -> FlaskClient:
    return signed_in(ai_app, add_user(ai_app, "ada@example.com", "Ada Admin", "admin"))


def read(app: APIFlask, number: int = 100) -> None:
    """Read so many tickets of the trial, as the worker does."""
    with app.app_context():
        for sample_id in bulk_trials.due_samples(utc_now(), limit=number):
            bulk_samples.read_sample(sample_id, AnsweringClassifier(), deadline_seconds=1)


def work(app: APIFlask) -> None:
    """Queue, classify and undo, as the worker does."""
    with app.app_context():
        for job_id in queries.unfinished_bulk_jobs():
            while bulk.queue_bulk_page(job_id):
                pass
        for run_id in queries.due(utc_now(), limit=100):
            classification.classify(run_id, AnsweringClassifier(), deadline_seconds=1)
        for job_id in bulk_trials.unfinished_undoings():
            while bulk_undo.undo_page(job_id):
                pass


def test_a_trial_shows_what_is_and_what_would_be(ai_app: APIFlask, boss: FlaskClient) -> None:
    assert 'formaction="/tickets/reclassification/trials"' in boss.get("/tickets").text
    response = boss.post("/tickets/reclassification/trials")
    assert (response.status_code, response.location) == (303, JOB)
    started = boss.get(JOB)
    assert "The machine reads a sample and applies nothing: 0 of 2 are read." in started.text
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in started.text
    read(ai_app)
    tried = boss.get(JOB).text
    assert "Of 2 sampled, 2 would change and 0 would stay as they are." in tried
    assert "On 1 a person chose otherwise, and that stays." in tried
    assert "The category stays: a person chose account." in tried
    assert "<strong>Category and priority</strong> change." in tried
    assert "Reclassify 2 tickets" in tried
    assert "http-equiv" not in tried
    assert ticket_of(ai_app, 1).category == "technical"


def test_reclassifying_what_is_unclassified_is_tried_first_too(ai_app: APIFlask, boss: FlaskClient) -> None:
    opened(ai_app, title="Four", description=TEXT)
    response = boss.post("/tickets/reclassification")
    assert (response.status_code, response.location) == (303, JOB)
    read(ai_app)
    tried = boss.get(JOB).text
    assert "Of 1 sampled, 1 would change and 0 would stay as they are." in tried
    assert ">Reclassify 1 ticket<" in tried
    assert "not read yet" not in tried
    with ai_app.app_context():
        assert queries.unfinished_bulk_jobs() == []


def test_a_job_started_before_its_sample_was_read_says_so_and_reads_no_more_of_it(
    ai_app: APIFlask, boss: FlaskClient
) -> None:
    boss.post("/tickets/reclassification/trials")
    read(ai_app, 1)
    page = boss.get(JOB).text
    assert "The sample is not read yet" in page
    assert ">Reclassify 2 tickets unseen<" in page
    boss.post(f"{JOB}/state", data={"state": "running"})
    with ai_app.app_context():
        assert bulk_trials.due_samples(utc_now(), limit=10) == []
        assert [sample.error for sample in bulk_trials.trial(1).samples if sample.error] == [bulk.STARTED_BEFORE]


def test_the_live_part_changes_with_each_ticket_read(ai_app: APIFlask, boss: FlaskClient) -> None:
    boss.post("/tickets/reclassification/trials")
    first = boss.get(JOB, headers=LIVE)
    known = LIVE | {"If-None-Match": first.headers["ETag"]}
    assert boss.get(JOB, headers=known).status_code == 304
    read(ai_app, 1)
    second = boss.get(JOB, headers=known)
    assert "1 of 2 are read." in second.text
    assert "<html" not in second.text


def test_a_job_is_started_paused_continued_and_undone(ai_app: APIFlask, boss: FlaskClient) -> None:
    boss.post("/tickets/reclassification/trials", data={"search": "one"})
    read(ai_app)
    running = boss.post(f"{JOB}/state", data={"state": "running"}, follow_redirects=True).text
    assert "The machine reads the tickets in the background: 0 of 1 are classified." in running
    paused = boss.post(f"{JOB}/state", data={"state": "paused"}, follow_redirects=True).text
    assert "Paused: 0 of 1 tickets are classified" in paused
    work(ai_app)
    assert ticket_of(ai_app, 1).category == "technical"
    boss.post(f"{JOB}/state", data={"state": "running"})
    work(ai_app)
    assert ticket_of(ai_app, 1).category == "billing"
    assert "Done: 1 of 1 tickets were classified." in boss.get(JOB).text
    undoing = boss.post(f"{JOB}/state", data={"state": "undone"}, follow_redirects=True).text
    assert "What the job changed is being taken back: 0 tickets so far." in undoing
    assert "is being undone: 1 classified" in boss.get("/admin/runs").text
    work(ai_app)
    assert "is undone: 1 classified" in boss.get("/admin/runs").text
    undone = boss.get(JOB).text
    assert "Undone: 1 ticket got back what it had before." in undone
    assert "<progress" not in undoing + undone, "a bar would show how far the reading had got"
    page = boss.get("/tickets/1").text
    assert "undid a bulk reclassification: the category is technical again" in page
    assert "Set category and priority. Undone" in page
    assert ticket_of(ai_app, 1).category == "technical"


def test_undoing_is_asked_on_a_page_that_nothing_reloads(ai_app: APIFlask, boss: FlaskClient) -> None:
    boss.post("/tickets/reclassification/trials", data={"search": "one"})
    assert "/undoing" not in boss.get(JOB).text
    assert boss.get(f"{JOB}/undoing").location == JOB
    boss.post(f"{JOB}/state", data={"state": "running"})
    assert f'<a href="{JOB}/undoing">Undo this job</a>' in boss.get(JOB).text
    asked = boss.get(f"{JOB}/undoing").text
    assert "The machine reads the tickets in the background: 0 of 1 are classified." in asked
    assert 'value="undone">Undo what it changed' in asked
    assert "http-equiv" not in asked
    assert "data-live" not in asked
    boss.post(f"{JOB}/state", data={"state": "undone"})
    assert boss.get(f"{JOB}/undoing").location == JOB
    assert boss.get("/tickets/reclassification/9/undoing").status_code == 404


def test_what_cannot_be_done_is_said(ai_app: APIFlask, boss: FlaskClient) -> None:
    boss.post("/tickets/reclassification/trials")
    response = boss.post(f"{JOB}/state", data={"state": "undone"}, follow_redirects=True)
    assert "This job was not started, so there is nothing to undo." in response.text
    assert boss.post(f"{JOB}/state", data={"state": "lost"}).status_code == 422
    assert boss.post("/tickets/reclassification/9/state", data={"state": "running"}).status_code == 404


@pytest.mark.parametrize(
    ("path", "query", "said"),
    [
        ("/trials", "three", "On this list people decided every ticket; the machine could change none."),
        ("/trials", "nowhere", "No ticket is on this list."),
        ("", "three", "No unclassified ticket is on this list."),
    ],
)
def test_a_list_of_which_the_machine_may_change_nothing_is_not_tried(
    ai_app: APIFlask, boss: FlaskClient, path: str, query: str, said: str
) -> None:
    response = boss.post(f"/tickets/reclassification{path}", data={"search": query}, follow_redirects=True)
    assert response.request.path == "/tickets"
    assert said in response.text


def test_the_head_says_of_which_list_the_job_is(ai_app: APIFlask, boss: FlaskClient) -> None:
    gil = add_user(ai_app, "gil@example.com", "Gil Agent", "agent")
    with ai_app.app_context():
        deactivate(gil.id, by=add_user(ai_app, "zoe@example.com", "Zoë", "admin"))
    said = {
        f"assignee={gil.id}&status=in_progress": "Every ticket: status in progress, assigned to Gil Agent",
        "assignee=none&merged=no&search=two": "Every ticket: assigned to nobody, not merged, found by “two”",
        "unclassified=1": "Every unclassified ticket",
        "": "Every ticket",
        "assignee=99&merged=yes": "Every ticket: assigned to number 99, merged into another",
    }
    boss.post("/tickets/reclassification/trials")
    for query, head in said.items():
        with ai_app.app_context(), transaction() as session:
            session.execute(update(BulkJob).values(filter_query=query))
        assert f">{head}<" in boss.get(JOB).text


def test_jobs_are_reached_from_the_runs(ai_app: APIFlask, boss: FlaskClient) -> None:
    boss.post("/tickets/reclassification/trials")
    assert "Open job 1" not in boss.get("/admin/runs").text
    boss.post(f"{JOB}/state", data={"state": "running"})
    assert f'href="{JOB}"' in boss.get("/admin/runs").text


def test_without_a_key_a_trial_says_that_it_waits(app: APIFlask, admin_client: FlaskClient) -> None:
    opened(app)
    admin_client.post("/tickets/reclassification/trials")
    page = admin_client.get(JOB).text
    assert "No Gemini API key is set, so the sample waits; it is read as soon as one is set" in page
    assert "they are classified" not in page
    admin_client.post(f"{JOB}/state", data={"state": "running"})
    assert (
        "No Gemini API key is set, so the tickets wait; they are classified as soon as" in admin_client.get(JOB).text
    )


@pytest.mark.parametrize("path", ["/tickets/reclassification/trials", f"{JOB}/state"])
def test_all_of_it_is_for_admins(app: APIFlask, agent_client: FlaskClient, path: str) -> None:
    opened(app)
    assert agent_client.post(path, data={"state": "running"}).status_code == 403


def test_a_run_that_another_job_took_over_was_called_off(ai_app: APIFlask, boss: FlaskClient) -> None:
    for job in (JOB, JOB.replace("1", "2")):
        boss.post("/tickets/reclassification/trials")
        boss.post(f"{job}/state", data={"state": "running"})
        with ai_app.app_context():
            bulk.queue_bulk_page(int(job[-1]))
    taken = "A later bulk job took this over before the model was asked."
    assert f"<strong>Called off.</strong> {taken}" in boss.get("/tickets/1").text
    page = boss.get("/admin/runs").text
    assert "<strong>Called off</strong>, try 1" in page
    assert "2 left to another job or to people" in page


def test_a_job_whose_list_cannot_be_read_any_more_says_so(ai_app: APIFlask, boss: FlaskClient) -> None:
    boss.post("/tickets/reclassification/trials")
    boss.post(f"{JOB}/state", data={"state": "running"})
    with ai_app.app_context(), transaction() as session:
        session.execute(update(BulkJob).values(filter_query="category=renamed"))
    said = "The list of this job cannot be read any more: category must be one of"
    assert said in boss.get(JOB).text
    assert said in boss.get(JOB, headers=LIVE).text
    boss.post(f"{JOB}/state", data={"state": "undone"})
    work(ai_app)
    assert "Undone: 0 tickets" in boss.get(JOB).text
