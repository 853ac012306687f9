"""A severity word raises what the machine said and says so; it overrules no person and touches no failure."""

import dataclasses

from apiflask import APIFlask

from tests.actions.classifying import DEADLINE, classified, classifier, newest_run, opened
from tests.app_fixtures import add_user
from tests.services.gemini import GeminiServer
from ticketapp.actions import classification
from ticketapp.actions.classification_settings import change_settings
from ticketapp.actions.tickets import NewTicket, change_ticket, open_ticket
from ticketapp.ai import GeminiClassifier
from ticketapp.db import db
from ticketapp.models import Source, Ticket
from ticketapp.queries.classification_settings import Settings

__all__ = ["classifier"]
OUTAGE = "Il y a une PANNE depuis ce matin. gemini:answer=technical/low"


def values(ticket: Ticket) -> tuple[str, str, str, str]:
    now = db.session.get_one(Ticket, ticket.id, populate_existing=True)
    return now.category, now.category_by, now.priority, now.priority_by


def test_a_word_raises_the_priority_and_the_run_says_from_what(
    each_app: APIFlask, classifier: GeminiClassifier
) -> None:
    ticket = opened(OUTAGE)
    run = classified(ticket, classifier)
    assert values(ticket) == ("technical", "machine", "high", "machine")
    assert (run.priority, run.priority_before, run.floor_word) == ("high", "low", "panne")


def test_a_word_never_lowers(app: APIFlask, classifier: GeminiClassifier) -> None:
    with app.app_context():
        ticket = opened("An outage. gemini:answer=technical/critical")
        run = classified(ticket, classifier)
        assert values(ticket)[2] == "critical"
        assert (run.priority_before, run.floor_word) == (None, None)


def test_a_failed_run_leaves_the_defaults_whatever_the_words(
    app: APIFlask, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    with app.app_context():
        ticket = opened("A data breach and an outage")
        gemini.next("blocked")
        run = classified(ticket, classifier)
        assert values(ticket) == ("general", "default", "medium", "default")
        assert (run.error_kind, run.floor_word) == ("blocked", None)


def test_a_persons_priority_stays_below_the_floor(app: APIFlask, classifier: GeminiClassifier) -> None:
    with app.app_context():
        ticket = opened(OUTAGE, priority="low")
        run = classified(ticket, classifier)
        assert values(ticket) == ("technical", "machine", "low", "person")
        assert (run.priority, run.applied_priority) == ("high", False)


def test_the_words_that_admins_wrote_count_at_once(app: APIFlask, classifier: GeminiClassifier) -> None:
    admin = add_user(app, "ada@example.com", "Ada", "admin")
    with app.app_context():
        change_settings(dataclasses.replace(Settings(), severity_words="critical: flamingo"), by=admin)
        assert classified(opened("Our FLAMINGO fell. gemini:answer=general/low"), classifier).priority == "critical"
        assert classified(opened(OUTAGE), classifier).priority == "low"


def test_a_proposal_is_raised_too_and_the_ticket_made_of_it_says_so(
    each_app: APIFlask, classifier: GeminiClassifier
) -> None:
    verdict = classification.propose("Help", OUTAGE, classifier, deadline_seconds=DEADLINE)
    assert verdict.suggestion is not None
    assert verdict.suggestion.priority == "high"
    new = NewTicket(title="Help", description=OUTAGE, source=Source.WEB, proposal=verdict)
    ticket = open_ticket(new, by=None)
    assert (newest_run(ticket).priority_before, newest_run(ticket).floor_word) == ("low", "panne")
    change_ticket(ticket.id, {"priority": "low"}, by=None)
    assert values(ticket)[2:] == ("low", "person")


def test_the_words_of_a_ticket_raise_a_proposal_that_was_made_for_others(
    app: APIFlask, classifier: GeminiClassifier
) -> None:
    with app.app_context():
        verdict = classification.propose("", OUTAGE, classifier, deadline_seconds=DEADLINE)
        new = NewTicket(
            title="Fuite de données : la liste des clients", description=OUTAGE, source=Source.WEB, proposal=verdict
        )
        ticket = open_ticket(new, by=None)
        assert values(ticket) == ("technical", "machine", "critical", "machine")
        assert (newest_run(ticket).priority_before, newest_run(ticket).floor_word) == ("low", "fuite de données")


def test_words_that_changed_count_also_for_a_text_that_was_asked_about_before(
    app: APIFlask, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    admin = add_user(app, "ada@example.com", "Ada", "admin")
    with app.app_context():
        assert classified(opened(OUTAGE), classifier).floor_word == "panne"
        change_settings(dataclasses.replace(Settings(), severity_words="critical: depuis"), by=admin)
        again = classified(opened(OUTAGE), classifier)
        assert (again.priority, again.priority_before, again.floor_word) == ("critical", "low", "depuis")
        assert len(gemini.requests) == 1
