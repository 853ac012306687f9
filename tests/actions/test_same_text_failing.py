"""What becomes of the other tickets with a text that could not be classified a moment ago."""

from datetime import timedelta

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from tests.actions.test_same_text import classified, classifier, newest_run, opened
from tests.app_fixtures import MakeApp, add_user, signed_in
from tests.services.gemini import GeminiServer
from tests.web.browsing import words_of
from ticketapp.actions import classification, same_text
from ticketapp.actions.tickets import change_ticket
from ticketapp.ai import GeminiClassifier
from ticketapp.clock import at, utc_now
from ticketapp.db import db
from ticketapp.models import ClassificationRun, RunState, Ticket

__all__ = ["classifier"]


def ended_run(ticket: Ticket) -> ClassificationRun:
    statement = select(ClassificationRun).where(
        ClassificationRun.ticket_id == ticket.id, ClassificationRun.finished_at.is_not(None)
    )
    return db.session.scalars(statement, execution_options={"populate_existing": True}).one()


@pytest.mark.parametrize("behaviour", ["malformed", "wrong-word", "empty-candidates"])
def test_what_fails_by_its_text_is_not_asked_about_again_at_once_for_others(
    each_app: APIFlask, gemini: GeminiServer, classifier: GeminiClassifier, behaviour: str
) -> None:
    """A hundred alerts would fail one after another, each in its time."""
    gemini.always(behaviour)
    first, second, third = opened(), opened(), opened()
    for ticket in (first, second):
        classification.classify(newest_run(ticket).id, classifier, deadline_seconds=20)
    asked, copied = ended_run(first), ended_run(second)
    assert len(gemini.requests) == 1
    assert (copied.state, copied.error, copied.error_kind) == (RunState.FAILED, asked.error, asked.error_kind)
    assert (copied.copied_from_id, copied.latency_ms, copied.tokens_in) == (asked.id, 0, None)
    assert (newest_run(second).state, newest_run(second).attempt) == (RunState.QUEUED, 2)
    gemini.always(None)
    with at(utc_now() + same_text.FAILED_FOR):
        assert classified(third, classifier).copied_from_id is None
    with at(utc_now() + timedelta(minutes=1)):
        assert classified(second, classifier).copied_from_id == newest_run(third).id
    assert len(gemini.requests) == 2


def test_a_copied_failure_is_no_reason_for_further_copies(
    each_app: APIFlask, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    gemini.next("malformed")
    first, second, third = opened(), opened(), opened()
    began = utc_now()
    for ticket, seconds in ((first, 0), (second, 7), (third, 14)):
        with at(began + timedelta(seconds=seconds)):
            classification.classify(newest_run(ticket).id, classifier, deadline_seconds=20)
    assert ended_run(second).copied_from_id == ended_run(first).id
    assert ended_run(third).state == RunState.SUCCEEDED
    assert len(gemini.requests) == 2


def test_who_asks_for_a_fresh_look_gets_one_also_where_the_text_just_failed(
    each_app: APIFlask, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    ada = add_user(each_app, "ada@example.com", "Ada", "admin")
    gemini.next("malformed")
    first, second = opened(), opened()
    classification.classify(newest_run(first).id, classifier, deadline_seconds=20)
    classification.reclassify(second.id, by=ada)
    assert classified(second, classifier).copied_from_id is None
    assert len(gemini.requests) == 2


def test_a_failure_is_not_copied_where_an_answer_came_since_that_was_corrected(
    each_app: APIFlask, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    first, second = opened(), opened()
    gemini.next("malformed")
    classification.classify(newest_run(first).id, classifier, deadline_seconds=20)
    ada = add_user(each_app, "ada@example.com", "Ada", "admin")
    classification.reclassify(second.id, by=ada)
    classified(second, classifier)
    change_ticket(second.id, {"category": "account"}, by=ada)
    third = classified(opened(), classifier)
    assert (third.state, third.copied_from_id, len(gemini.requests)) == (RunState.SUCCEEDED, None, 3)


def test_a_copy_waits_as_long_as_the_provider_asked_for_and_as_the_ticket_that_asked(
    each_app: APIFlask, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    error = {"code": 504, "status": "DEADLINE_EXCEEDED", "message": "Too late."}
    gemini.next("told", status=504, body={"error": error}, headers={"Retry-After": "3600"})
    first, second = opened(), opened()
    asked, copied = classified(first, classifier), classified(second, classifier)
    assert ended_run(second).copied_from_id == ended_run(first).id
    assert asked.due_at <= copied.due_at + timedelta(seconds=1)
    assert copied.due_at < utc_now() + timedelta(hours=2)


def test_the_last_try_of_a_ticket_is_made_and_not_copied(
    each_app: APIFlask, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    gemini.always("malformed")
    patient = opened()
    for _ in range(19):
        with at(newest_run(patient).due_at):
            classified(patient, classifier)
    last, began = newest_run(patient), newest_run(patient).due_at
    with at(began):
        classified(opened(), classifier)
        assert classification.classify(last.id, classifier, deadline_seconds=20) is None, "nothing came of it yet"
    waiting = newest_run(patient)
    assert (waiting.id, waiting.state) == (last.id, RunState.QUEUED)
    assert (waiting.copied_from_id, waiting.claims) == (None, 0)
    assert waiting.due_at >= began + same_text.FAILED_FOR
    assert len(gemini.requests) == 20

    with at(waiting.due_at):
        assert classified(patient, classifier).state == RunState.GAVE_UP
    assert len(gemini.requests) == 21


def test_one_question_that_is_not_accepted_gives_up_no_ticket_that_was_not_asked_about(
    each_app: APIFlask, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    gemini.next("bad-request")
    first, second = opened(), opened()
    classified(first, classifier)
    assert classified(second, classifier).state == RunState.QUEUED
    with at(utc_now() + timedelta(minutes=1)):
        assert classified(second, classifier).state == RunState.SUCCEEDED


def test_the_page_says_what_was_copied(make_app: MakeApp, gemini: GeminiServer, classifier: GeminiClassifier) -> None:
    app = make_app()
    gemini.next("malformed")
    with app.app_context():
        first, second = opened(), opened()
        for ticket in (first, second):
            classified(ticket, classifier)
        address, run_id = f"/tickets/{second.id}", ended_run(first).id
    agent = signed_in(app, add_user(app, "gil@example.com", "Gil", "agent"))
    said = f"Copied from run {run_id}: the same text had failed so a moment before."
    assert said in words_of(agent.get(address))


def test_what_the_provider_failed_at_is_not_copied(
    each_app: APIFlask, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    gemini.next("503")
    first = opened()
    classification.classify(newest_run(first).id, classifier, deadline_seconds=20)
    assert classified(opened(), classifier).copied_from_id is None
    assert len(gemini.requests) == 2
