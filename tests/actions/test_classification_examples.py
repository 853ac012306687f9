"""Decided tickets that are alike are given to the model, without personal data; the run says which."""

import dataclasses

from apiflask import APIFlask

from tests.actions.classifying import classified, classifier, decided, opened
from tests.app_fixtures import add_user
from tests.services.gemini import GeminiServer
from ticketapp.actions import classification
from ticketapp.actions.classification_settings import change_settings
from ticketapp.ai import GeminiClassifier
from ticketapp.queries.classification_settings import Settings

__all__ = ["classifier"]
TEXT = "The printer in the hall shows error E42 and prints nothing"
ALIKE = "The printer in the hall shows error E17 and prints nothing since Monday"


def test_the_most_similar_decisions_are_given_and_written_down(
    each_app: APIFlask, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    alike = decided(ALIKE, title="Printer in the hall", category="technical", priority="medium")
    for number in range(5):
        decided(f"Please change the address on invoice {number} to Graz", title="Invoice")
    opened("The printer in the hall shows error E17, nobody decided on this one", title="Printer in the hall")
    ticket = opened(TEXT, title="Printer in the hall")
    run = classified(ticket, classifier)
    assert run.example_ids is not None
    assert run.example_ids[0] == alike.id
    assert len(run.example_ids) <= 3
    asked = gemini.requests[-1].text
    assert "EXAMPLE 1: technical, medium-----\nPrinter in the hall\n" + ALIKE in asked
    assert "nobody decided" not in asked


def test_no_more_than_the_set_number_and_none_when_it_is_switched_off(
    app: APIFlask, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    admin = add_user(app, "ada@example.com", "Ada", "admin")
    with app.app_context():
        for number in range(6):
            decided(f"{ALIKE} {number}")
        for most in (1, 5):
            change_settings(dataclasses.replace(Settings(), most_examples=most), by=admin)
            assert len(classified(opened(f"{TEXT} {most}"), classifier).example_ids or []) == most
        change_settings(dataclasses.replace(Settings(), gives_examples=False), by=admin)
        assert classified(opened(TEXT), classifier).example_ids is None
        assert "EXAMPLE" not in gemini.requests[-1].text


def test_another_requesters_personal_data_never_leaves_with_an_example(
    each_app: APIFlask, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    admin = add_user(each_app, "ada@example.com", "Ada", "admin")
    change_settings(dataclasses.replace(Settings(), masked=frozenset()), by=admin)
    secrets = "password: hunter2-secret jo@example.com, +49 30 1234567, DE89 3704 0044 0532 0130 00"
    decided(f"{ALIKE}. {secrets}")
    run = classified(opened(TEXT), classifier)
    assert run.example_ids
    asked = gemini.requests[-1].text
    assert "[secret] [email address], [phone number], [IBAN]" in asked
    assert "hunter2" not in asked


def test_a_ticket_is_no_example_for_itself(
    each_app: APIFlask, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    admin = add_user(each_app, "ada@example.com", "Ada", "admin")
    ticket = decided(TEXT)
    classification.reclassify(ticket.id, by=admin)
    assert classified(ticket, classifier).example_ids is None


def test_a_failed_run_says_too_what_was_given(
    app: APIFlask, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    with app.app_context():
        alike = decided(ALIKE)
        ticket = opened(TEXT)
        gemini.next("blocked")
        assert classified(ticket, classifier).example_ids == [alike.id]
