"""Each question that was put to the model leaves one row, whatever it was for and whatever became of the answer."""

import threading
import time

import pytest
from apiflask import APIFlask
from sqlalchemy import select, text

from tests.actions.bulk_work import TEXT, read
from tests.actions.classifying import DEADLINE, MODEL, classified, classifier, newest_run, opened
from tests.app_fixtures import MakeApp, add_user
from tests.services.gemini import GeminiServer
from ticketapp.actions import bulk, classification
from ticketapp.actions.classification_settings import change_settings, try_out
from ticketapp.actions.evaluation import verdict_on
from ticketapp.actions.tickets import change_ticket
from ticketapp.ai import (
    Caller,
    Failure,
    FailureKind,
    Gate,
    GatedClassifier,
    GeminiClassifier,
    Pace,
    ProcessMemory,
    Verdict,
)
from ticketapp.db import db
from ticketapp.measuring import LabelledTicket
from ticketapp.models import ModelCall, Purpose, RunState, User
from ticketapp.queries.classification_settings import Settings
from ticketapp.queries.ticket_filter import TicketFilter

__all__ = ["classifier"]


@pytest.fixture
def ada(each_app: APIFlask) -> User:
    return add_user(each_app, "ada@example.com", "Ada", "admin")


def calls() -> list[ModelCall]:
    """Every row there is, the oldest first."""
    return list(db.session.scalars(select(ModelCall).order_by(ModelCall.id)))


def test_every_purpose_leaves_a_row(
    each_app: APIFlask, ada: User, classifier: GeminiClassifier, gemini: GeminiServer
) -> None:
    run = classified(opened(TEXT), classifier)
    classification.propose("", "Other words", classifier, deadline_seconds=DEADLINE)
    read(bulk.draft_bulk(TicketFilter(), by=ada).id, classifier)  # type: ignore[arg-type]
    try_out(Settings(), classifier, deadline_seconds=DEADLINE)
    labelled = LabelledTicket(id="1", title="A", description="B", category="billing", priority="low")
    verdict_on(labelled, classifier, model="other", gives_examples=False, deadline_seconds=DEADLINE)
    found = calls()
    assert [call.purpose for call in found] == list(Purpose)
    assert len(gemini.requests) == len(found)
    assert [call.run_id for call in found] == [run.id, None, None, None, None]
    assert [call.model for call in found] == [MODEL, MODEL, MODEL, MODEL, "other"]
    assert found[0].tokens_in == run.tokens_in
    assert all(call.tokens_in and call.tokens_out and call.error_kind is None for call in found)


def test_a_failure_is_written_down_with_its_kind(
    each_app: APIFlask, classifier: GeminiClassifier, gemini: GeminiServer
) -> None:
    gemini.next("503")
    classified(opened(TEXT), classifier)
    assert [call.error_kind for call in calls()] == [FailureKind.UNAVAILABLE]


def test_each_request_that_the_model_refused_is_a_row_beside_the_one_it_answered(
    each_app: APIFlask, classifier: GeminiClassifier, gemini: GeminiServer
) -> None:
    gate = Gate(ProcessMemory(), provider="an address and a key", pace=Pace())
    gemini.always("thinking-400")
    run = classified(opened(TEXT), GatedClassifier(classifier, gate, caller=Caller.WORKER))
    found = calls()
    assert len(found) == len(gemini.requests) > 1
    assert [call.error_kind for call in found] == [FailureKind.BAD_REQUEST] * (len(found) - 1) + [None]
    assert {call.run_id for call in found} == {run.id}
    assert sum(call.latency_ms for call in found) <= (run.latency_ms or 0) + len(found)


def test_a_refused_request_is_a_row_also_where_the_next_one_had_to_wait(
    each_app: APIFlask, classifier: GeminiClassifier, gemini: GeminiServer
) -> None:
    gate = Gate(ProcessMemory(), provider="an address and a key", pace=Pace(requests_per_minute=6))
    gemini.always("thinking-400")
    adviser = GatedClassifier(classifier, gate, caller=Caller.FORM)
    verdict = classification.propose("", "Words", adviser, deadline_seconds=DEADLINE)
    assert verdict.failure is not None
    assert verdict.failure.kind is FailureKind.PACED
    assert len(calls()) == len(gemini.requests) == 1


class RefusingClassifier:
    """Never asks anybody."""

    model, prompt_version, is_configured = MODEL, "v2", True

    def classify(self, **_: object) -> Verdict:
        return Verdict(None, Failure.of(FailureKind.PACED), MODEL, "v2", 0)

    def warm_up(self) -> None:
        """Nothing."""


def test_what_was_never_asked_and_what_was_copied_is_no_call(
    each_app: APIFlask, classifier: GeminiClassifier
) -> None:
    classified(opened(TEXT), classifier)
    assert classified(opened(TEXT), classifier).copied_from_id is not None
    classification.propose("", "Words", RefusingClassifier(), deadline_seconds=DEADLINE)
    assert len(calls()) == 1


def test_a_call_whose_answer_came_after_an_edit_is_written_down_too(
    make_app: MakeApp, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    app = make_app()
    admin = add_user(app, "ada@example.com", "Ada", "admin")
    with app.app_context():
        change_settings(Settings(asks_after_edit=True), by=admin)
        ticket = opened("My invoice is wrong")
        run_id = newest_run(ticket).id
    gemini.next("hold")

    def classify() -> None:
        with app.app_context():
            classification.classify(run_id, classifier, deadline_seconds=DEADLINE)

    thread = threading.Thread(target=classify)
    thread.start()
    gemini.wait_for_requests(1)
    with app.app_context():
        change_ticket(ticket.id, {"description": "Other words"}, by=admin)
    gemini.release()
    thread.join()
    with app.app_context():
        classified(ticket, classifier)
        assert [call.run_id for call in calls()] == [run_id, run_id]
        assert all(call.tokens_in for call in calls())


def test_a_row_that_cannot_be_written_neither_fails_nor_loses_the_answer(
    each_app: APIFlask, classifier: GeminiClassifier
) -> None:
    ticket = opened(TEXT)
    db.session.execute(text("ALTER TABLE model_call RENAME TO gone"))
    db.session.commit()
    assert classified(ticket, classifier).state == RunState.SUCCEEDED
    db.session.execute(text("ALTER TABLE gone RENAME TO model_call"))
    db.session.commit()
    assert calls() == []


def test_a_row_waits_for_a_locked_table_a_second_at_most(each_app: APIFlask, classifier: GeminiClassifier) -> None:
    with db.engine.connect() as other:
        if other.dialect.name == "postgresql":
            other.execute(text("LOCK TABLE model_call"))
        else:
            other.connection.cursor().execute("BEGIN IMMEDIATE")
        started = time.monotonic()
        verdict = classification.propose("", "Words", classifier, deadline_seconds=DEADLINE)
        waited = time.monotonic() - started
        other.connection.rollback()
    assert verdict.suggestion is not None
    assert 0.9 < waited < 3
    assert calls() == []
