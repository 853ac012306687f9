"""Where a severity word raised a priority, the ticket and the proposal say so; examples are linked."""

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from tests.app_fixtures import MakeApp, add_user, signed_in
from tests.services.gemini import GeminiServer
from tests.web.browsing import words_of
from tests.web.opened import opened
from ticketapp.actions import bulk_samples, classification
from ticketapp.clock import utc_now
from ticketapp.outside import outside
from ticketapp.queries import bulk_trials
from ticketapp.queries import classification as queries

TEXT = "We have an OUTAGE in the hall. gemini:answer=technical/low"
SENTENCE = "Raised from low, because the text says “outage”."


@pytest.fixture
def ai_app(make_sqlite_app: MakeApp, gemini: GeminiServer) -> APIFlask:
    return make_sqlite_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url)


@pytest.fixture
def client(ai_app: APIFlask) -> FlaskClient:
    return signed_in(ai_app, add_user(ai_app, "ada@example.com", "Ada Admin", "admin"))


def work(app: APIFlask) -> None:
    with app.app_context():
        for run_id in queries.due(utc_now(), limit=100):
            classification.classify(run_id, outside().classifier, deadline_seconds=5)


def test_the_tickets_runs_say_what_raised_it_how_sure_the_model_was_and_what_was_given(
    ai_app: APIFlask, client: FlaskClient
) -> None:
    example = opened(
        ai_app, description="There was an outage in the hall last week", category="technical", priority="low"
    )
    ticket_id = opened(ai_app, title="Hall", description=TEXT)
    work(ai_app)
    page = client.get(f"/tickets/{ticket_id}")
    assert SENTENCE in words_of(page)
    assert "83% sure" in words_of(page)
    assert f'Given as an example: <a href="/tickets/{example}">#{example}</a>' in page.text


def test_it_stands_beside_the_value_that_waits_to_be_confirmed(ai_app: APIFlask, client: FlaskClient) -> None:
    ticket_id = opened(ai_app, title="Hall", description=TEXT)
    work(ai_app)
    url = f"/tickets/{ticket_id}"
    facts, _, _ = words_of(client.get(url)).partition("Classification runs")
    shown, button, _ = facts.partition("Confirm technical, high")
    assert button
    assert "Category and priority: " in shown
    assert "83% sure, run 1" in shown
    assert SENTENCE in shown
    client.post(f"{url}/confirmation", data={"field": "priority"})
    facts, _, _ = words_of(client.get(url)).partition("Classification runs")
    assert "Category: " in facts
    assert SENTENCE not in facts


def test_it_stands_beside_what_is_proposed_against_a_persons_choice(ai_app: APIFlask, client: FlaskClient) -> None:
    ticket_id = opened(ai_app, title="Hall", description=TEXT, category="account", priority="medium")
    client.post(f"/tickets/{ticket_id}/classification")
    work(ai_app)
    facts, _, _ = words_of(client.get(f"/tickets/{ticket_id}")).partition("Classification runs")
    assert SENTENCE in facts.partition("Proposal of run")[2]


def test_a_trial_says_it_too(ai_app: APIFlask, client: FlaskClient) -> None:
    opened(ai_app, title="Hall", description=TEXT)
    client.post("/tickets/reclassification/trials")
    with ai_app.app_context():
        (sample_id,) = bulk_trials.due_samples(utc_now(), limit=10)
        bulk_samples.read_sample(sample_id, outside().classifier, deadline_seconds=5)
    page = words_of(client.get("/tickets/reclassification/1"))
    assert SENTENCE in page
    assert "83% sure" in page


def test_the_proposal_in_the_form_says_it_and_the_ticket_made_of_it_too(
    ai_app: APIFlask, client: FlaskClient
) -> None:
    form = {"title": "Hall", "description": TEXT, "category": "", "priority": ""}
    proposed = client.post("/tickets", data={**form, "propose": "1"})
    assert "Proposed: technical, high." in words_of(proposed)
    assert SENTENCE in words_of(proposed)
    seal = proposed.text.partition('name="proposal" value="')[2].partition('"')[0]
    client.post(
        "/tickets",
        data={**form, "category": "technical", "priority": "high", "priority_proposed": "high", "proposal": seal}
        | {"category_proposed": "technical"},
    )
    assert SENTENCE in words_of(client.get("/tickets/1"))
