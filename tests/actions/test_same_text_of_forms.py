"""Forms, programs, tickets and trials that come with the same text within the hour: the model is asked once."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from tests.actions.bulk_work import read
from tests.app_fixtures import PASSWORD, MakeApp
from tests.services.gemini import GeminiServer
from ticketapp.actions import bulk, classification
from ticketapp.actions.classification_settings import change_settings
from ticketapp.actions.tickets import NewTicket, change_ticket, open_ticket
from ticketapp.actions.users import create_user
from ticketapp.ai import FailureKind, Verdict
from ticketapp.db import db
from ticketapp.models import ClassificationRun, ModelCall, RunState, Source, Ticket, User
from ticketapp.outside import Outside, outside
from ticketapp.queries.classification_settings import Settings
from ticketapp.queries.ticket_filter import TicketFilter

TEXT = "My invoice was charged twice"


@pytest.fixture
def world(make_app: MakeApp, gemini: GeminiServer) -> Iterator[Outside]:
    with make_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url).app_context():
        yield outside()


@pytest.fixture
def ada(world: Outside) -> User:
    return create_user("ada@example.com", name="Ada", role="admin", password=PASSWORD)


def opened(text: str = TEXT) -> Ticket:
    return open_ticket(NewTicket(title="Charged", description=text, source=Source.API), by=None)


def classified(world: Outside, ticket: Ticket) -> ClassificationRun:
    newest = select(func.max(ClassificationRun.id)).where(ClassificationRun.ticket_id == ticket.id)
    run_id = db.session.scalars(newest).one()
    classification.classify(run_id, world.classifier, deadline_seconds=20)
    return db.session.get_one(ClassificationRun, run_id, populate_existing=True)


def proposed(world: Outside, text: str = TEXT) -> Verdict:
    return classification.propose("Charged", text, world.adviser, deadline_seconds=20)


def test_a_ticket_takes_what_a_form_was_answered(world: Outside, gemini: GeminiServer) -> None:
    form, run = proposed(world), classified(world, opened())
    assert form.suggestion is not None
    assert (run.state, run.category, run.reason) == (RunState.SUCCEEDED, "billing", form.suggestion.reason)
    assert (run.is_remembered, run.applied_category, run.latency_ms) == (True, True, 0)
    assert len(gemini.requests) == db.session.scalar(select(func.count()).select_from(ModelCall)) == 1


def test_a_form_takes_what_the_model_said_of_a_ticket(world: Outside, gemini: GeminiServer) -> None:
    run, form = classified(world, opened()), proposed(world)
    assert form.suggestion is not None
    assert (form.suggestion.category, form.suggestion.reason) == (run.category, run.reason)
    assert (form.latency_ms, len(gemini.requests)) == (0, 1)


def test_that_a_text_is_declined_is_known_from_either(world: Outside, gemini: GeminiServer) -> None:
    gemini.always("blocked")
    proposed(world, "Bad words")
    assert classified(world, opened("Bad words")).error_kind == FailureKind.BLOCKED
    classified(world, opened("Worse words"))
    failure = proposed(world, "Worse words").failure
    assert failure is not None
    assert failure.kind is FailureKind.BLOCKED
    assert len(gemini.requests) == 2


def test_what_a_form_was_answered_is_taken_rather_than_a_tickets_failure_of_a_moment_ago(
    world: Outside, gemini: GeminiServer
) -> None:
    gemini.next("malformed")
    assert classified(world, opened()).state == RunState.FAILED
    assert proposed(world).suggestion is not None
    second = classified(world, opened())
    assert (second.state, second.is_remembered, len(gemini.requests)) == (RunState.SUCCEEDED, True, 2)


def test_a_fresh_look_asks_rather_than_to_take_a_failure_where_a_form_was_answered(
    world: Outside, gemini: GeminiServer, ada: User
) -> None:
    fresh = opened()
    classification.reclassify(fresh.id, by=ada)
    gemini.next("malformed")
    classified(world, opened())
    proposed(world)
    run = classified(world, fresh)
    assert (run.state, run.is_remembered, len(gemini.requests)) == (RunState.SUCCEEDED, False, 3)


@pytest.mark.parametrize("gives_examples", [True, False])
def test_what_a_person_corrected_is_asked_anew(
    world: Outside, gemini: GeminiServer, ada: User, *, gives_examples: bool
) -> None:
    change_settings(replace(Settings(), gives_examples=gives_examples), by=ada)
    proposed(world)
    ticket = opened()
    classified(world, ticket)
    change_ticket(ticket.id, {"category": "account"}, by=None)
    assert not classified(world, opened()).is_remembered
    assert len(gemini.requests) == 2


@pytest.mark.parametrize("is_chosen_at_once", [True, False])
def test_what_a_person_corrected_of_a_proposal_is_asked_anew(
    world: Outside, gemini: GeminiServer, ada: User, *, is_chosen_at_once: bool
) -> None:
    change_settings(replace(Settings(), gives_examples=False), by=ada)
    chosen = {"category": "account", "priority": "low"}
    new = NewTicket(title="Charged", description=TEXT, source=Source.WEB, proposal=proposed(world))
    ticket = open_ticket(replace(new, **chosen) if is_chosen_at_once else new, by=ada)
    if not is_chosen_at_once:
        change_ticket(ticket.id, chosen, by=ada)
    run = classified(world, opened())
    assert (run.is_remembered, run.copied_from_id, len(gemini.requests)) == (False, None, 2)


def test_what_people_let_stand_of_a_proposal_is_taken(world: Outside, gemini: GeminiServer, ada: User) -> None:
    new = NewTicket(title="Charged", description=TEXT, source=Source.WEB, proposal=proposed(world))
    first = open_ticket(new, by=ada)
    found = classified(world, opened())
    assert found.copied_from_id is not None
    assert db.session.get_one(ClassificationRun, found.copied_from_id).ticket_id == first.id
    assert len(gemini.requests) == 1


@pytest.mark.parametrize("chosen", [{"category": "account"}, {"priority": "low"}])
def test_a_proposal_that_one_writer_let_stand_and_another_corrected_is_no_answer(
    world: Outside, gemini: GeminiServer, ada: User, chosen: dict[str, str]
) -> None:
    change_settings(replace(Settings(), gives_examples=False), by=ada)
    colleague = create_user("zoe@example.com", name="Zoë", role="agent", password=PASSWORD)
    for writer, instead in ((ada, {}), (colleague, chosen)):
        new = NewTicket(title="Charged", description=TEXT, source=Source.WEB, proposal=proposed(world))
        open_ticket(replace(new, **instead), by=writer)
    asked_anew = classified(world, opened())
    assert (asked_anew.is_remembered, asked_anew.copied_from_id, len(gemini.requests)) == (False, None, 2)
    assert classified(world, opened()).copied_from_id == asked_anew.id


def test_what_failed_or_was_not_asked_keeps_no_ticket_from_a_forms_answer(
    world: Outside, gemini: GeminiServer
) -> None:
    gemini.next("503")
    classified(world, opened())
    proposed(world)
    assert classified(world, opened()).is_remembered
    assert len(gemini.requests) == 2


def test_who_asks_for_a_fresh_look_gets_one_though_a_form_was_answered(
    world: Outside, gemini: GeminiServer, ada: User
) -> None:
    proposed(world)
    ticket = opened()
    classification.reclassify(ticket.id, by=ada)
    assert not classified(world, ticket).is_remembered
    assert len(gemini.requests) == 2


def test_a_trial_asks_once_about_a_text_that_many_tickets_have(
    world: Outside, gemini: GeminiServer, ada: User
) -> None:
    for _ in range(5):
        opened()
    trial = read(bulk.draft_bulk(TicketFilter(), by=ada).id, world.classifier)
    assert [sample.category for sample in trial.samples] == ["billing"] * 5
    assert len(gemini.requests) == 1
