"""What a waiting ticket says of its next try: alike in its facts and beside its run, whatever it waits for."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import update

from tests.app_fixtures import MakeApp, add_user, signed_in
from tests.services.gemini import GeminiServer
from tests.web.opened import opened
from ticketapp.actions import bulk, classification
from ticketapp.clock import utc_now
from ticketapp.db import transaction
from ticketapp.models import ClassificationRun, RunState, User
from ticketapp.outside import outside
from ticketapp.queries import classification as runs
from ticketapp.queries.ticket_filter import TicketFilter

LIMITING = "Gemini is limiting how often we may ask at the moment."
IN_TROUBLE = "Gemini is having trouble at the moment."
AS_SOON_AS = "It is tried again as soon as Gemini answers."
REFUSED = "Gemini refused the API key; an admin needs to check it. What waits is classified by itself then."


@pytest.fixture
def ai_app(make_sqlite_app: MakeApp, gemini: GeminiServer, monkeypatch: pytest.MonkeyPatch) -> APIFlask:
    monkeypatch.setattr("ticketapp.web.banners.ASKED_EVERY_SECONDS", 0.0)
    return make_sqlite_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url)


def asked(app: APIFlask) -> None:
    """Do what is due, as the worker does it."""
    with app.app_context():
        for run_id in runs.due(utc_now(), limit=10):
            classification.classify(run_id, outside().classifier, deadline_seconds=20)


def due_in(app: APIFlask, **gap: float) -> None:
    with app.app_context(), transaction() as session:
        waiting = update(ClassificationRun).where(ClassificationRun.state == RunState.QUEUED)
        session.execute(waiting.values(due_at=datetime.now(UTC) + timedelta(**gap)))


def plain(markup: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", markup))).strip()


def told(client: FlaskClient, ticket_id: int = 1) -> tuple[str, str]:
    """What the facts say about the machine, and what the newest run says of itself."""
    page = client.get(f"/tickets/{ticket_id}").text
    facts = re.search(r"<dt>Machine</dt><dd>(.*?)</dd>", page, re.DOTALL)
    run = re.search(r'<tr id="run-\d+">.*?<th scope="row">(.*?)</th>', page, re.DOTALL)
    assert facts
    assert run
    return plain(facts[1]).removeprefix("unclassified "), plain(run[1])


def listed(app: APIFlask, admin: User | None = None) -> str:
    """What the list of runs says of the newest."""
    page = signed_in(app, admin or add_user(app, "ada@example.com", "Ada", "admin")).get("/admin/runs").text
    state = re.search(r'<td data-label="State">(.*?)</td>', page, re.DOTALL)
    assert state
    return plain(state[1])


def agent_of(app: APIFlask) -> FlaskClient:
    return signed_in(app, add_user(app, "gil@example.com", "Gil", "agent"))


def test_a_pause_the_provider_asked_for_is_no_time_that_just_was(ai_app: APIFlask, gemini: GeminiServer) -> None:
    opened(ai_app)
    gemini.next("429", retry_after=30)
    asked(ai_app)
    then = "Next try at the earliest: within a minute."
    assert told(agent_of(ai_app)) == (f"{LIMITING} {then}", f"Waiting. {then}")
    due_in(ai_app, seconds=-5)
    assert listed(ai_app) == "Queued, try 2, due within a minute"


def test_a_try_later_than_the_pause_is_at_its_own_time(ai_app: APIFlask, gemini: GeminiServer) -> None:
    opened(ai_app)
    gemini.next("429", retry_after=30)
    asked(ai_app)
    due_in(ai_app, minutes=10, seconds=30)
    then = "Next try at the earliest: in 10 min."
    assert told(agent_of(ai_app)) == (f"{LIMITING} {then}", f"Waiting. {then}")


def test_a_pause_longer_than_the_retry_puts_the_retry_off(ai_app: APIFlask, gemini: GeminiServer) -> None:
    opened(ai_app)
    gemini.next("429", retry_after=600)
    asked(ai_app)
    due_in(ai_app, seconds=20)
    facts, run = told(agent_of(ai_app))
    assert re.fullmatch(rf"{LIMITING} Next try at the earliest: in 1[0-2] min\.", facts)
    assert run == facts.replace(LIMITING, "Waiting.")


def test_without_a_pause_it_is_tried_when_it_is_due(ai_app: APIFlask, gemini: GeminiServer) -> None:
    opened(ai_app)
    gemini.next("503")
    asked(ai_app)
    agent = agent_of(ai_app)
    due_in(ai_app, seconds=40)
    assert told(agent) == (f"{IN_TROUBLE} Next try: within a minute.", "Waiting. Next try: within a minute.")
    due_in(ai_app, minutes=-4)
    assert told(agent)[1] == "Waiting. Next try: when its turn comes."


def test_in_an_outage_no_try_is_told_as_past(ai_app: APIFlask, gemini: GeminiServer) -> None:
    for number in range(6):
        opened(ai_app, description=f"A text of its own {number}")
        gemini.next("503")
    asked(ai_app)
    due_in(ai_app, minutes=-4)
    agent = agent_of(ai_app)
    unread = next(number for number in range(1, 7) if not told(agent, number)[0].startswith(f"{IN_TROUBLE} N"))
    waits = f"{IN_TROUBLE} It is asked again by itself, and what waits is classified then."
    assert told(agent, unread) == (waits, f"Waiting. {waits}")
    with ai_app.app_context():
        until = outside().classifier.availability(outside().classifier.model).until or 0.0
    failed = next(number for number in range(1, 7) if number != unread)
    then = "Next try at the earliest: within a minute." if until > utc_now().timestamp() else AS_SOON_AS
    assert told(agent, failed) == (f"{IN_TROUBLE} {then}", f"Waiting. {then}")


def test_a_refused_key_and_none_are_what_the_run_waits_for(
    make_sqlite_app: MakeApp, gemini: GeminiServer, app: APIFlask, agent_client: FlaskClient
) -> None:
    opened(app)
    facts, run = told(agent_client)
    assert facts.startswith("No Gemini API key is set")
    assert run == f"Waiting. {facts}"
    wrong = make_sqlite_app(gemini_api_key="wrong", gemini_base_url=gemini.url)
    opened(wrong)
    asked(wrong)
    assert told(agent_of(wrong)) == (REFUSED, f"Waiting. {REFUSED}")
    assert listed(wrong) == "Queued, try 1, waits: key refused"


def test_what_a_paused_job_holds_has_no_next_try(ai_app: APIFlask, gemini: GeminiServer) -> None:
    opened(ai_app)
    ada = add_user(ai_app, "ada@example.com", "Ada", "admin")
    asked(ai_app)
    with ai_app.app_context():
        job_id = bulk.draft_bulk(TicketFilter(), by=ada).id
        bulk.start(job_id)
        bulk.queue_bulk_page(job_id)
    gemini.next("503")
    asked(ai_app)
    with ai_app.app_context():
        bulk.pause(job_id)
    held = f"It waits until bulk job {job_id}, which is paused, goes on."
    assert told(signed_in(ai_app, ada))[1] == f"Waiting. {held}"
    assert listed(ai_app, ada) == "Queued, try 2, waits: bulk job paused"
