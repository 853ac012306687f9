"""Starting a job from the page of its trial: only by who knows what it goes by, and never over another's pause."""

import re

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from tests.actions import bulk_work
from tests.actions.bulk_work import TEXT
from tests.app_fixtures import MakeApp, add_user, signed_in
from tests.web.opened import AnsweringClassifier, opened, proposal
from ticketapp.actions import bulk
from ticketapp.actions.classification_settings import change_settings
from ticketapp.ai import GatedClassifier
from ticketapp.models import User
from ticketapp.queries import classification as queries
from ticketapp.queries.classification_settings import Settings

LIVE = {"HX-Request": "true"}
JOB = "/tickets/reclassification/1"


@pytest.fixture
def ai_app(make_app: MakeApp) -> APIFlask:
    """Tickets 1 and 2 as the machine set them, technical and low."""
    app = make_app(gemini_api_key="a-key", gemini_model=AnsweringClassifier.model)
    for title in ("One", "Two"):
        opened(app, title=title, description=TEXT, proposal=proposal("technical", "low"))
    return app


@pytest.fixture
def ada(ai_app: APIFlask) -> User:
    return add_user(ai_app, "ada@example.com", "Ada Admin", "admin")


@pytest.fixture
def boss(ai_app: APIFlask, ada: User) -> FlaskClient:
    return signed_in(ai_app, ada)


def read(app: APIFlask) -> None:
    with app.app_context():
        bulk_work.read(1, AnsweringClassifier())


def start_form(page: str) -> dict[str, str]:
    """What the form that starts the job sends."""
    (seen,) = re.findall(r'name="seen" value="([^"]+)"', page)
    return {"state": "running", "seen": seen}


def test_a_trial_says_that_the_settings_are_others_by_now(ai_app: APIFlask, boss: FlaskClient) -> None:
    boss.post("/tickets/reclassification/trials")
    read(ai_app)
    said = "The settings were changed since this sample was drawn."
    zoe = add_user(ai_app, "zoe@example.com", "Zoë", "admin")
    with ai_app.app_context():
        change_settings(Settings(asks_after_edit=True), by=zoe)
    assert said not in boss.get(JOB).text
    with ai_app.app_context():
        change_settings(Settings(asks_after_edit=True, severity_words="high: printer"), by=zoe)
    page = boss.get(JOB).text
    assert said in page
    assert 'class="button button-main" type="submit" name="state" value="running"' not in page


def test_a_job_is_not_started_by_who_does_not_know_that_the_settings_are_others(
    ai_app: APIFlask, boss: FlaskClient
) -> None:
    boss.post("/tickets/reclassification/trials")
    read(ai_app)
    zoe = add_user(ai_app, "zoe@example.com", "Zoë", "admin")
    old = start_form(boss.get(JOB).text)
    with ai_app.app_context():
        change_settings(Settings(severity_words="high: printer"), by=zoe)
    refused = boss.post(f"{JOB}/state", data=old, follow_redirects=True).text
    assert "Settings were changed since you opened this page: nothing was started." in refused
    assert "The settings were changed since this sample was drawn." in refused
    with ai_app.app_context():
        assert queries.unfinished_bulk_jobs() == []
        change_settings(Settings(severity_words="high: printer", asks_after_edit=True), by=zoe)
    started = boss.post(f"{JOB}/state", data=start_form(refused), follow_redirects=True).text
    assert "The machine reads the tickets in the background" in started
    again = boss.post(f"{JOB}/state", data=old, follow_redirects=True).text
    assert "The machine reads the tickets in the background" in again
    assert "nothing was started" not in again


def test_a_trial_that_was_left_open_lets_no_job_go_on_that_somebody_paused(
    ai_app: APIFlask, boss: FlaskClient
) -> None:
    boss.post("/tickets/reclassification/trials")
    read(ai_app)
    old = start_form(boss.get(JOB).text)
    boss.post(f"{JOB}/state", data=old)
    boss.post(f"{JOB}/state", data={"state": "paused"})
    refused = boss.post(f"{JOB}/state", data=old, follow_redirects=True).text
    assert bulk.PAUSED_SINCE in refused
    assert "Paused: 0 of" in refused
    with ai_app.app_context():
        assert queries.unfinished_bulk_jobs() == []
    assert "in the background" in boss.post(f"{JOB}/state", data={"state": "running"}, follow_redirects=True).text


def test_a_trial_that_is_watched_says_that_the_settings_are_others_by_itself(
    ai_app: APIFlask, boss: FlaskClient
) -> None:
    boss.post("/tickets/reclassification/trials")
    first = boss.get(JOB, headers=LIVE)
    with ai_app.app_context():
        change_settings(Settings(severity_words="high: printer"), by=add_user(ai_app, "zoe@x.org", "Zoë", "admin"))
    second = boss.get(JOB, headers=LIVE | {"If-None-Match": first.headers["ETag"]})
    assert "The settings were changed since this sample was drawn." in second.text
    assert start_form(second.text)["seen"] != start_form(first.text)["seen"]


def test_a_trial_says_that_another_model_is_set_in_the_environment_since_and_starts_nothing_unseen(
    make_app: MakeApp, ai_app: APIFlask, ada: User, boss: FlaskClient
) -> None:
    boss.post("/tickets/reclassification/trials")
    read(ai_app)
    old = start_form(boss.get(JOB).text)
    later = make_app(gemini_api_key="a-key", gemini_model="gemini-later")
    boss = signed_in(later, ada)
    said = "The settings were changed since this sample was read: gemini-test was asked, now gemini-later is."
    page = boss.get(JOB).text
    assert said in page
    assert 'class="button button-main" type="submit" name="state" value="running"' not in page
    refused = boss.post(f"{JOB}/state", data=old, follow_redirects=True).text
    assert bulk.SETTINGS_CHANGED in refused
    assert "in the background" in boss.post(f"{JOB}/state", data=start_form(refused), follow_redirects=True).text


def test_a_trial_starts_nothing_where_the_question_is_another_one_unseen(
    ai_app: APIFlask, boss: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    boss.post("/tickets/reclassification/trials")
    old = start_form(boss.get(JOB).text)
    monkeypatch.setattr(GatedClassifier, "prompt_version", "v99")
    assert bulk.SETTINGS_CHANGED in boss.post(f"{JOB}/state", data=old, follow_redirects=True).text
