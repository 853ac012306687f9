"""What the pages of bulk jobs say while nobody is asked: in an outage, and with a key that is refused."""

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from tests.app_fixtures import MakeApp, add_user, signed_in
from tests.services.gemini import GeminiServer
from tests.web.browsing import words_of
from tests.web.opened import opened
from ticketapp.actions import bulk, bulk_samples, classification
from ticketapp.clock import utc_now
from ticketapp.outside import outside
from ticketapp.queries import bulk_trials
from ticketapp.queries import classification as queries

JOB = "/tickets/reclassification/1"
REFUSED = "Gemini refused the API key; an admin needs to check it. Check GEMINI_API_KEY and start the system again."
IN_TROUBLE = "Gemini is having trouble at the moment. It is asked again by itself,"


def client_of(app: APIFlask) -> FlaskClient:
    for number in range(4):
        opened(app, title=f"Number {number}", description=f"A text of its own, {number}")
    return signed_in(app, add_user(app, "ada@example.com", "Ada Admin", "admin"))


@pytest.fixture(autouse=True)
def every_look_is_new(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ticketapp.web.banners.ASKED_EVERY_SECONDS", 0.0)


def read(app: APIFlask) -> None:
    """Read what is due of the sample, as the worker does."""
    with app.app_context():
        for sample_id in bulk_trials.due_samples(utc_now(), limit=10):
            bulk_samples.read_sample(sample_id, outside().classifier, deadline_seconds=5)


def asked(app: APIFlask) -> None:
    """Queue and put to the model what is due, as the worker does."""
    with app.app_context():
        for job_id in queries.unfinished_bulk_jobs():
            bulk.queue_bulk_page(job_id)
        for run_id in queries.due(utc_now(), limit=10):
            classification.classify(run_id, outside().classifier, deadline_seconds=5)


def test_with_a_refused_key_neither_trial_nor_job_is_said_to_be_read(
    make_sqlite_app: MakeApp, gemini: GeminiServer
) -> None:
    app = make_sqlite_app(gemini_api_key="wrong", gemini_base_url=gemini.url)
    boss = client_of(app)
    boss.post("/tickets/reclassification/trials")
    read(app)
    waits = "The sample waits, and nothing is applied: 0 of 4 are read, 1 could not be."
    told = words_of(boss.get(JOB))
    assert f"{waits} {REFUSED} The sample is read then." in told
    assert "The machine reads" not in told
    boss.post(f"{JOB}/state", data={"state": "running"})
    asked(app)
    told = words_of(boss.get(JOB))
    assert f"The tickets wait: 0 of 4 are classified. {REFUSED} What waits is classified by itself then." in told
    assert "The machine reads" not in told


def test_in_an_outage_they_wait_and_once_it_is_over_they_are_read(
    make_sqlite_app: MakeApp, gemini: GeminiServer
) -> None:
    app = make_sqlite_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url)
    boss = client_of(app)
    gemini.always("503")
    asked(app)
    opened(app, title="The fifth failure", description="It opens the breaker.")
    asked(app)
    boss.post("/tickets/reclassification/trials")
    waits = f"The sample waits, and nothing is applied: 0 of 5 are read. {IN_TROUBLE} and the sample is read then."
    first = boss.get(JOB, headers={"HX-Request": "true"})
    assert waits in words_of(first)
    boss.post(f"{JOB}/state", data={"state": "running"})
    waits = f"The tickets wait: 0 of 5 are classified. {IN_TROUBLE} and what waits is classified then."
    assert waits in words_of(boss.get(JOB))
    gemini.always(None)
    boss.post("/admin/classification/trial", data={"most_examples": "3"})
    assert "The machine reads the tickets in the background: 0 of 5" in words_of(boss.get(JOB))
