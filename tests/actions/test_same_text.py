"""Identical text within an hour is asked about once, and whose verdict was taken is kept."""

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import Connection, event, select
from sqlalchemy.orm import Session

from tests.app_fixtures import MakeApp, add_user
from tests.services.gemini import GeminiServer
from ticketapp.actions import classification, same_text
from ticketapp.actions.classification_settings import change_settings
from ticketapp.actions.tickets import NewTicket, change_ticket, open_ticket
from ticketapp.ai import FailureKind, GeminiClassifier, Manner, MaskedKind, Verdict, digest
from ticketapp.ai.prompting import ask, load_prompt
from ticketapp.clock import at, utc_now
from ticketapp.db import db, transaction
from ticketapp.models import AskedFor, BulkJob, ClassificationRun, Occasion, RunState, Source, Ticket
from ticketapp.queries.classification_settings import Settings

MANY_DECLINED = f"""
    WITH one AS (
        INSERT INTO ticket (title, description, search_document, category, category_by, priority, priority_by,
            classification_state, status, source, created_at, updated_at)
        VALUES ('T', 'd', 't', 'general', 'default', 'medium', 'default', 'queued', 'open', 'web', now(), now())
        RETURNING id
    )
    INSERT INTO classification_run (ticket_id, asked_for, asked_at, attempt, claims, state, due_at, applied_category,
        applied_priority, finished_at, error, error_kind, question_digest)
    SELECT id, 'opened', now(), 1, 1, 'gave_up', now(), false, false, now(), 'Declined.', '{FailureKind.BLOCKED}',
        md5(number::text) || md5(number::text)
    FROM one, generate_series(1, 5000) AS number
"""
TEXT = "My invoice was charged twice, there is an outage"
FACTS = {"newest_reply": "", "manner": Manner(), "model": "gemini-test", "prompt_version": "v2"}


@pytest.fixture
def classifier(gemini: GeminiServer) -> GeminiClassifier:
    ready = GeminiClassifier(gemini.good_key, "gemini-test", gemini.url)
    ready.warm_up()
    return ready


class Ending:
    """Asks the same as another classifier and ends its worker."""

    def __init__(self, other: GeminiClassifier) -> None:
        self.model, self.prompt_version, self.is_configured = other.model, other.prompt_version, True

    def classify(self, **_: object) -> Verdict:
        raise KeyboardInterrupt

    def warm_up(self) -> None:
        pass


def opened(text: str = TEXT, title: str = "Charged") -> Ticket:
    return open_ticket(NewTicket(title=title, description=text, source=Source.WEB), by=None)


def newest_run(ticket: Ticket) -> ClassificationRun:
    statement = select(ClassificationRun).where(ClassificationRun.ticket_id == ticket.id)
    newest = statement.order_by(ClassificationRun.id.desc()).limit(1)
    return db.session.scalars(newest, execution_options={"populate_existing": True}).one()


def classified(ticket: Ticket, classifier: GeminiClassifier) -> ClassificationRun:
    classification.classify(newest_run(ticket).id, classifier, deadline_seconds=20)
    return newest_run(ticket)


def test_the_second_ticket_takes_the_firsts_verdict_and_says_whose(
    each_app: APIFlask, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    first, second = classified(opened(), classifier), classified(opened(), classifier)

    assert len(gemini.requests) == 1
    assert (second.state, second.copied_from_id) == (RunState.SUCCEEDED, first.id)
    for fact in ("category", "priority", "reason", "confidence", "model", "prompt_version", "floor_word"):
        assert getattr(second, fact) == getattr(first, fact), fact
    assert (second.latency_ms, second.tokens_in, second.applied_category) == (0, None, True)
    third = classified(opened(), classifier)
    assert third.copied_from_id == first.id


def test_another_text_or_title_is_another_question(
    each_app: APIFlask, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    for ticket in (opened(), opened(f"{TEXT}!"), opened(title="Charged again")):
        assert classified(ticket, classifier).copied_from_id is None
    assert len(gemini.requests) == 3


def test_after_an_hour_it_is_asked_again(
    each_app: APIFlask, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    with at(utc_now() - timedelta(minutes=61)):
        classified(opened(), classifier)
    assert classified(opened(), classifier).copied_from_id is None
    assert len(gemini.requests) == 2


def test_what_a_person_confirmed_is_taken_and_what_was_corrected_is_not(
    each_app: APIFlask, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    ada = add_user(each_app, "ada@example.com", "Ada", "admin")
    ticket = opened()
    first = classified(ticket, classifier)
    change_ticket(ticket.id, {"category": first.category, "priority": first.priority}, by=ada)
    assert classified(opened(), classifier).copied_from_id == first.id
    change_ticket(ticket.id, {"category": "general"}, by=ada)
    assert classified(opened(), classifier).copied_from_id is None
    assert len(gemini.requests) == 2


def test_a_text_that_was_blocked_is_not_asked_about_again(
    each_app: APIFlask, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    gemini.next("blocked")
    first, second = classified(opened(), classifier), classified(opened(), classifier)
    assert len(gemini.requests) == 1
    assert (second.state, second.copied_from_id, second.error) == (RunState.GAVE_UP, first.id, first.error)
    assert second.error_kind == first.error_kind == FailureKind.BLOCKED


def test_who_asks_for_a_fresh_look_gets_one(
    each_app: APIFlask, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    ada = add_user(each_app, "ada@example.com", "Ada", "admin")
    first, second = opened(), opened()
    classified(first, classifier)
    classified(second, classifier)
    for ticket in (first, second):
        classification.reclassify(ticket.id, by=ada)
        assert classified(ticket, classifier).copied_from_id is None
    assert len(gemini.requests) == 3


def test_a_verdict_that_a_person_corrected_is_not_copied(
    each_app: APIFlask, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    ticket = opened()
    classified(ticket, classifier)
    change_ticket(ticket.id, {"category": "account"}, by=None)
    assert classified(opened(), classifier).copied_from_id is None
    assert len(gemini.requests) == 2


@pytest.mark.parametrize("corrected", [{"category": "account"}, {"priority": "low"}])
def test_a_verdict_that_a_person_corrected_on_a_copy_is_not_copied_again(
    each_app: APIFlask, gemini: GeminiServer, classifier: GeminiClassifier, corrected: dict[str, str]
) -> None:
    classified(opened(), classifier)
    second = opened()
    assert classified(second, classifier).copied_from_id is not None
    change_ticket(second.id, corrected, by=None)
    assert classified(opened(), classifier).copied_from_id is None
    assert len(gemini.requests) == 2


def test_two_at_the_same_moment_make_one_call(
    make_app: MakeApp, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    app = make_app()
    with app.app_context():
        tickets = [opened() for _ in range(5)]
        run_ids = [newest_run(ticket).id for ticket in tickets]
    gemini.next("hold")

    def classify(run_id: int) -> None:
        with app.app_context():
            classification.classify(run_id, classifier, deadline_seconds=20)

    threads = [threading.Thread(target=classify, args=(run_id,)) for run_id in run_ids]
    for thread in threads:
        thread.start()
    gemini.wait_for_requests(1)
    time.sleep(0.5)  # all are there now, and the one that asks is held
    gemini.release()
    for thread in threads:
        thread.join()
    with at(utc_now() + timedelta(seconds=5)):
        for run_id in run_ids:
            classify(run_id)
    with app.app_context():
        done = [newest_run(ticket) for ticket in tickets]
        assert {(run.state, run.attempt) for run in done} == {(RunState.SUCCEEDED, 1)}
        assert len([run for run in done if run.copied_from_id is None]) == 1
    assert len(gemini.requests) == 1


def test_what_is_masked_and_how_lines_end_make_no_difference_and_the_model_does() -> None:
    def of(text: str, **facts: object) -> str:
        return digest(**({"title": "Hello", "description": text} | FACTS | facts))  # type: ignore[arg-type]

    card = "My card is 4111 1111 1111 1111.\nThanks"
    assert of(card) == of("My card is 5500 0000 0000 0004.\r\nThanks")
    assert of(card) != of("My card is none.\nThanks")
    assert of(card) != of(card, model="gemini-other")
    assert of(card) != of(card, manner=Manner(model="gemini-other"))
    assert of(card) != of(card, prompt_version="v1")
    assert of(card) != of(card, manner=Manner(masked=frozenset({MaskedKind.SECRET})))
    assert of(card) != of(card, newest_reply="And?")
    assert of(card) == of(card, title="  Hello\n")


def test_what_is_cut_away_makes_no_difference_beside_a_reply_either() -> None:
    def sent_and_digest(left_out: str, newest_reply: str) -> tuple[str, str]:
        text = {"title": "Hello", "description": "a" * 6000 + left_out * 1000 + "z" * 4000}
        question = ask(load_prompt(), **text, newest_reply=newest_reply, draw=lambda: "b" * 32)
        return question.data, digest(**text, **(FACTS | {"newest_reply": newest_reply}))  # type: ignore[arg-type]

    one, other = sent_and_digest("x", "And?"), sent_and_digest("y", "And?")
    assert one[0] == other[0]
    assert one[1] == other[1]
    assert sent_and_digest("x", "")[1] != sent_and_digest("y", "")[1]


def test_a_run_that_a_dead_worker_left_to_a_paused_job_blocks_no_other_ticket(
    each_app: APIFlask, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    ada = add_user(each_app, "ada@example.com", "Ada", "admin")
    left, other = opened(), opened()
    with pytest.raises(KeyboardInterrupt):
        classification.classify(newest_run(left).id, Ending(classifier), deadline_seconds=1)
    db.session.rollback()
    assert classified(other, classifier).state == RunState.QUEUED
    with transaction() as session:
        job = BulkJob(asked_by_id=ada.id, filter_query="", total=1, created_at=utc_now(), started_at=utc_now())
        job.paused_at = utc_now()
        session.add(job)
        session.flush()
        run = session.get_one(ClassificationRun, newest_run(left).id)
        run.asked_for, run.bulk_job_id = AskedFor.BULK, job.id
    with at(utc_now() + timedelta(minutes=1)):
        assert classified(other, classifier).state == RunState.SUCCEEDED
    assert len(gemini.requests) == 1


def test_a_claim_that_is_lost_before_the_question_is_put_costs_no_call(
    each_app: APIFlask, gemini: GeminiServer, classifier: GeminiClassifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = opened()
    ada = add_user(each_app, "ada@example.com", "Ada", "admin")
    change_settings(Settings(asks_after_edit=True), by=ada)
    earlier = same_text.earlier

    def after_an_edit(*claimed: Any) -> same_text.Earlier:
        monkeypatch.setattr(same_text, "earlier", earlier)
        change_ticket(ticket.id, {"description": "Entirely other words."}, by=ada)
        return earlier(*claimed)

    monkeypatch.setattr(same_text, "earlier", after_an_edit)
    assert classification.classify(newest_run(ticket).id, classifier, deadline_seconds=20) is None
    assert gemini.requests == []
    assert classified(ticket, classifier).occasion == Occasion.EDIT


def test_an_earlier_verdict_is_found_by_an_index_also_where_it_was_blocked(postgres_app: APIFlask) -> None:
    with postgres_app.app_context(), db.engine.connect() as connection:
        plans: list[str] = []

        def explain(other: Connection, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
            if "JOIN ticket" in statement and not statement.startswith("EXPLAIN"):
                plans.extend(row[0] for row in other.exec_driver_sql(f"EXPLAIN {statement}", parameters))

        connection.exec_driver_sql(MANY_DECLINED)
        connection.exec_driver_sql("ANALYZE classification_run")
        event.listen(connection, "before_cursor_execute", explain)
        session = Session(connection)
        run = ClassificationRun(ticket_id=0, asked_for=AskedFor.OPENED, asked_at=utc_now())
        assert same_text._earlier(session, run, "0" * 64) == same_text.Earlier(is_new=True)
    assert any("ix_run_question" in line for line in plans), plans
    assert not any("ix_run_state" in line or "Seq Scan on classification_run" in line for line in plans), plans
