"""What becomes of a proposal that a writer had in view: let stand, or corrected in one field or both."""

from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.app_fixtures import add_user, signed_in
from tests.services.gemini import GeminiServer
from tests.web.opened import ticket_of
from tests.web.test_tickets_new import WRITTEN, ai_app, client, hidden, runs_of, writer
from ticketapp.clock import utc_now
from ticketapp.db import db
from ticketapp.models import ChosenBy, ClassificationState, ModelCall, RunState
from ticketapp.queries.accuracy import Judged, accuracy
from ticketapp.queries.accuracy_filter import AccuracyFilter

__all__ = ["ai_app", "client", "writer"]


def test_an_untouched_proposal_is_the_machines_and_names_its_run(ai_app: APIFlask, client: FlaskClient) -> None:
    seal = hidden(client.post("/tickets/suggestion", data=WRITTEN), "proposal")
    offered = {"category": "billing", "category_proposed": "billing", "priority": "high", "priority_proposed": "high"}
    client.post("/tickets", data=WRITTEN | offered | {"proposal": seal})
    ticket, (run,) = ticket_of(ai_app, 1), runs_of(ai_app, 1)
    assert (ticket.category, ticket.category_by) == ("billing", ChosenBy.MACHINE)
    assert (ticket.priority, ticket.priority_by) == ("high", ChosenBy.MACHINE)
    assert (run.state, run.model, run.tokens_in) == (RunState.SUCCEEDED, "gemini-3.5-flash-lite", 900)
    assert run.reason == "Reads like billing, and the stated harm is high."


def test_the_same_words_are_proposed_for_once_an_hour_and_their_run_says_that_nobody_was_asked_again(
    ai_app: APIFlask, client: FlaskClient, gemini: GeminiServer
) -> None:
    offered = {"category": "billing", "category_proposed": "billing", "priority": "high", "priority_proposed": "high"}
    colleague = signed_in(ai_app, add_user(ai_app, "zoe@example.com", "Zoë", "agent"))
    for each in (client, colleague):
        seal = hidden(each.post("/tickets/suggestion", data=WRITTEN), "proposal")
        each.post("/tickets", data=WRITTEN | offered | {"proposal": seal})
    assert len(gemini.requests) == 1
    with ai_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(ModelCall)) == 1
    (first,), (second,) = runs_of(ai_app, 1), runs_of(ai_app, 2)
    assert (second.reason, second.confidence, second.model) == (first.reason, first.confidence, first.model)
    assert (second.latency_ms, second.tokens_in, second.applied_category) == (0, None, True)
    assert [first.is_remembered, second.is_remembered] == [False, True]
    said = "nobody was asked again"
    assert [said in client.get(f"/tickets/{number}").text for number in (1, 2)] == [False, True]


def test_a_touched_select_is_a_persons_and_the_other_stays_the_machines(
    ai_app: APIFlask, client: FlaskClient
) -> None:
    seal = hidden(client.post("/tickets/suggestion", data=WRITTEN), "proposal")
    kept = {"category": "account", "category_chosen": "1", "priority": "high", "priority_proposed": "high"}
    client.post("/tickets", data=WRITTEN | kept | {"proposal": seal})
    ticket = ticket_of(ai_app, 1)
    assert (ticket.category, ticket.category_by) == ("account", ChosenBy.PERSON)
    assert (ticket.priority, ticket.priority_by) == ("high", ChosenBy.MACHINE)


def test_a_proposal_that_was_corrected_in_both_fields_leaves_its_run_and_is_answered(
    ai_app: APIFlask, client: FlaskClient
) -> None:
    seal = hidden(client.post("/tickets/suggestion", data=WRITTEN), "proposal")
    chosen = {"category": "account", "category_chosen": "1", "priority": "low", "priority_chosen": "1"}
    client.post("/tickets", data=WRITTEN | chosen | {"proposal": seal})
    ticket, (run,) = ticket_of(ai_app, 1), runs_of(ai_app, 1)
    assert (ticket.category, ticket.category_by, ticket.priority, ticket.priority_by) == (
        "account",
        ChosenBy.PERSON,
        "low",
        ChosenBy.PERSON,
    )
    assert ticket.classification_state == ClassificationState.DONE
    assert (run.state, run.category, run.priority) == (RunState.SUCCEEDED, "billing", "high")
    assert (run.applied_category, run.applied_priority, run.tokens_in) == (False, False, 900)
    page = client.get("/tickets/1").text
    assert "There is no run" not in page
    assert "Proposal of" not in page
    assert "corrected the category from billing to account (<a" in page
    assert "corrected the priority from high to low (<a" in page
    assert "confirmed the" not in page
    with ai_app.app_context():
        figures = accuracy(AccuracyFilter(), utc_now())
    assert figures.category == figures.priority == Judged(verdicts=1, confirmed=0, corrected=1)


def test_a_proposal_that_was_corrected_in_one_field_and_chosen_in_the_other_says_so(
    ai_app: APIFlask, client: FlaskClient
) -> None:
    seal = hidden(client.post("/tickets/suggestion", data=WRITTEN), "proposal")
    chosen = {"category": "account", "category_chosen": "1", "priority": "high", "priority_chosen": "1"}
    client.post("/tickets", data=WRITTEN | chosen | {"proposal": seal})
    page = client.get("/tickets/1").text
    assert "corrected the category from billing to account (<a" in page
    assert "confirmed the priority high (<a" in page


def test_the_proposed_value_chosen_by_hand_is_a_persons(ai_app: APIFlask, client: FlaskClient) -> None:
    seal = hidden(client.post("/tickets/suggestion", data=WRITTEN), "proposal")
    kept = {"category": "billing", "category_proposed": "billing", "category_chosen": "1"}
    client.post("/tickets", data=WRITTEN | kept | {"proposal": seal})
    assert ticket_of(ai_app, 1).category_by == ChosenBy.PERSON
