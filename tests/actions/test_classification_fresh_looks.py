"""Where admins want it, an edit or a first reply has a ticket read again; an answer to old words does not count."""

import dataclasses
import threading
from datetime import timedelta
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import func, select, update

from tests.actions.bulk_work import state_of
from tests.actions.classifying import DEADLINE, classified, classifier, decided, newest_run, opened
from tests.app_fixtures import MakeApp, add_user
from tests.letters import letter
from tests.services.gemini import GeminiServer
from tests.take_in import take_in
from ticketapp.actions import claims, classification
from ticketapp.actions.classification_settings import change_settings
from ticketapp.actions.fresh_looks import ask_after_replies
from ticketapp.actions.tickets import change_ticket
from ticketapp.ai import GeminiClassifier
from ticketapp.clock import at, utc_now
from ticketapp.db import db
from ticketapp.models import (
    AskedFor,
    ClassificationRun,
    ClassificationState,
    Occasion,
    RunState,
    Ticket,
    TicketEvent,
    User,
)
from ticketapp.queries import classification as queries
from ticketapp.queries.classification_settings import Settings

__all__ = ["classifier"]


def write(text: str, name: str, *, to: str = "", **headers: str) -> int:
    """Take in a mail called ``name``, as an answer to the one called ``to`` where given; the ticket it landed on."""
    answered = {"In_Reply_To": f"<{to}@shop.example>"} if to else {}
    return take_in(letter("Help", text, message_id=f"<{name}@shop.example>", **answered, **headers))


@pytest.fixture
def ada(each_app: APIFlask) -> User:
    return add_user(each_app, "ada@example.com", "Ada", "admin")


def switch_on(by: User, **settings: bool) -> None:
    change_settings(dataclasses.replace(Settings(), **settings), by=by)  # type: ignore[arg-type]


def runs() -> int:
    return db.session.scalar(select(func.count(ClassificationRun.id))) or 0


def test_an_edited_description_is_read_again_with_its_new_words(
    ada: User, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    switch_on(ada, asks_after_edit=True)
    ticket = opened("gemini:answer=billing/low")
    classified(ticket, classifier)
    change_ticket(ticket.id, {"description": "gemini:answer=technical/high now", "priority": "critical"}, by=ada)
    run = classified(ticket, classifier)
    assert (run.occasion, run.asked_by_id, run.state) == (Occasion.EDIT, ada.id, RunState.SUCCEEDED)
    now = db.session.get_one(Ticket, ticket.id, populate_existing=True)
    assert (now.category, now.priority, now.priority_by) == ("technical", "critical", "person")
    assert (run.priority, run.applied_priority) == ("high", False)


def test_without_the_setting_or_without_an_edit_nothing_is_asked(ada: User, classifier: GeminiClassifier) -> None:
    ticket = opened("gemini:answer=billing/low")
    classified(ticket, classifier)
    change_ticket(ticket.id, {"description": "Other words"}, by=ada)
    change_ticket(ticket.id, {"title": "Another title"}, by=ada)
    switch_on(ada, asks_after_edit=True)
    change_ticket(ticket.id, {"description": "Other words", "title": "Another title", "status": "closed"}, by=ada)
    assert runs() == 1


def test_an_edited_title_alone_is_read_again_with_its_new_words(
    ada: User, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    switch_on(ada, asks_after_edit=True)
    ticket = opened("It does not work any more")
    classified(ticket, classifier)
    change_ticket(ticket.id, {"title": "gemini:answer=technical/high"}, by=ada)
    run = classified(ticket, classifier)
    assert (run.occasion, run.category, run.priority) == (Occasion.EDIT, "technical", "high")
    assert "gemini:answer=technical/high" in gemini.requests[-1].text
    change_ticket(ticket.id, {"title": "gemini:answer=technical/high"}, by=ada)
    assert runs() == 2


def test_an_answer_to_the_words_before_the_edit_does_not_count(
    make_app: MakeApp, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    app = make_app()
    admin = add_user(app, "ada@example.com", "Ada", "admin")
    with app.app_context():
        switch_on(admin, asks_after_edit=True)
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
        change_ticket(ticket.id, {"description": "gemini:answer=account/high"}, by=admin)
    gemini.release()
    thread.join()
    with app.app_context():
        assert newest_run(ticket).state == RunState.QUEUED
        run = classified(ticket, classifier)
        assert (run.id, run.category, run.occasion) == (run_id, "account", Occasion.EDIT)


def test_the_first_reply_is_read_with_the_ticket_and_only_the_first(
    ada: User, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    switch_on(ada, asks_after_reply=True)
    ticket = db.session.get_one(Ticket, write("It is slow", "first"))
    classified(ticket, classifier)
    assert ask_after_replies() == []
    write("Now nobody of us can work at all", "second", to="first")
    (run_id,) = ask_after_replies()
    assert ask_after_replies() == []
    run = classified(ticket, classifier)
    assert (run.id, run.occasion, run.asked_by_id) == (run_id, Occasion.REPLY, None)
    assert "NEWEST REPLY-----\nNow nobody of us can work at all" in gemini.requests[-1].text
    write("And once more", "third", to="first")
    assert ask_after_replies() == []


def test_automatic_replies_old_ones_and_those_from_before_the_setting_ask_nobody(ada: User) -> None:
    write("It is slow", "first")
    write("Before the setting", "second", to="first")
    assert ask_after_replies() == []
    switch_on(ada, asks_after_reply=True)
    assert ask_after_replies() == []
    write("It is loud", "a")
    write("I am out of office", "b", to="a", Auto_Submitted="auto-replied")
    assert ask_after_replies() == []
    write("It is dark", "c")
    write("Still", "d", to="c")
    db.session.execute(update(TicketEvent).values(at=utc_now() - timedelta(hours=2)))
    db.session.commit()
    assert ask_after_replies() == []


def test_a_note_of_absence_is_not_the_first_reply(ada: User) -> None:
    switch_on(ada, asks_after_reply=True)
    with at(utc_now() - timedelta(hours=3)):
        ticket_id = write("It is slow", "first")
        write("I am out of office", "second", to="first", Auto_Submitted="auto-replied")
        assert ask_after_replies() == []
    write("Now nobody of us can work at all", "third", to="first")
    (run_id,) = ask_after_replies()
    assert db.session.get_one(ClassificationRun, run_id).ticket_id == ticket_id
    assert ask_after_replies() == []


def tried_again(ticket: Ticket, classifier: GeminiClassifier) -> ClassificationRun:
    """The next try of a run that failed, done when it is due."""
    with at(newest_run(ticket).due_at + timedelta(seconds=1)):
        return classified(ticket, classifier)


def test_a_fresh_look_at_what_people_decided_outlives_a_hiccup(
    ada: User, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    ticket = decided("gemini:answer=technical/low")
    classification.reclassify(ticket.id, by=ada)
    asked_at = newest_run(ticket).asked_at
    gemini.next("503")
    classified(ticket, classifier)
    run = tried_again(ticket, classifier)
    assert (run.state, run.attempt, run.category) == (RunState.SUCCEEDED, 2, "technical")
    assert (run.asked_for, run.asked_by_id, run.asked_at) == (AskedFor.RECLASSIFY, ada.id, asked_at)
    assert ticket.category == "billing"


def test_a_fresh_look_after_an_edit_keeps_its_occasion_over_a_hiccup(
    ada: User, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    switch_on(ada, asks_after_edit=True)
    ticket = decided("It is slow")
    change_ticket(ticket.id, {"description": "gemini:answer=technical/low"}, by=ada)
    gemini.next("503")
    classified(ticket, classifier)
    run = tried_again(ticket, classifier)
    assert (run.state, run.occasion, run.asked_by_id) == (RunState.SUCCEEDED, Occasion.EDIT, ada.id)


def test_a_fresh_look_takes_no_older_verdict_on_the_same_text_after_a_hiccup(
    ada: User, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    first, second = opened("The same words"), opened("The same words")
    classified(first, classifier)
    assert classified(second, classifier).copied_from_id is not None
    classification.reclassify(second.id, by=ada)
    gemini.next("503")
    classified(second, classifier)
    assert tried_again(second, classifier).copied_from_id is None


def test_new_words_have_tries_of_their_own_and_did_not_fail(
    ada: User, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    switch_on(ada, asks_after_edit=True)
    ticket = opened("The old words.")
    gemini.next("503")
    classified(ticket, classifier)
    assert (newest_run(ticket).attempt, state_of(ticket.id)) == (2, ClassificationState.FAILED)
    change_ticket(ticket.id, {"description": "Entirely other words."}, by=ada)
    run = newest_run(ticket)
    assert (run.occasion, run.attempt) == (Occasion.EDIT, 1)
    assert state_of(ticket.id) == ClassificationState.QUEUED


def test_words_that_are_edited_while_the_model_is_asked_wait_for_their_first_try(
    ada: User, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    switch_on(ada, asks_after_edit=True)
    ticket = opened("The old words.")
    gemini.next("503")
    classified(ticket, classifier)
    run_id = newest_run(ticket).id
    with at(newest_run(ticket).due_at + timedelta(seconds=1)):
        assert claims.claim(run_id, lease_seconds=20) is not None
    change_ticket(ticket.id, {"description": "Entirely other words."}, by=ada)
    assert (newest_run(ticket).state, state_of(ticket.id)) == (RunState.QUEUED, ClassificationState.QUEUED)


def replied(classifier: GeminiClassifier) -> Ticket:
    """A ticket that was read before its first reply came."""
    ticket = db.session.get_one(Ticket, write("It is slow", "first"))
    classified(ticket, classifier)
    write("Now nobody of us can work at all", "second", to="first")
    return ticket


def test_two_sweeps_at_once_read_a_first_reply_once(
    ada: User, classifier: GeminiClassifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch_on(ada, asks_after_reply=True)
    ticket, first_replies = replied(classifier), queries.first_replies

    def seen_by_both(**since: Any) -> list[int]:
        found = first_replies(**since)
        monkeypatch.setattr(queries, "first_replies", first_replies)
        assert len(ask_after_replies()) == 1
        classified(ticket, classifier)
        return found

    monkeypatch.setattr(queries, "first_replies", seen_by_both)
    assert ask_after_replies() == []
    assert runs() == 2


def test_a_first_reply_is_not_read_again_where_an_edit_came_before_it_was(
    ada: User, classifier: GeminiClassifier
) -> None:
    switch_on(ada, asks_after_reply=True, asks_after_edit=True)
    ticket = replied(classifier)
    (run_id,) = ask_after_replies()
    change_ticket(ticket.id, {"description": "Other words"}, by=ada)
    assert classified(ticket, classifier).id == run_id
    assert ask_after_replies() == []
