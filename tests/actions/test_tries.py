"""After how many tries a ticket is given up, and how long it waits in between, where they fail in different ways."""

from datetime import timedelta

import pytest
from apiflask import APIFlask

from tests.actions.classifying import newest_run, opened
from tests.app_fixtures import add_user
from tests.web.opened import FailingClassifier
from ticketapp.actions import classification
from ticketapp.actions.classification_settings import change_settings
from ticketapp.actions.tickets import change_ticket
from ticketapp.ai import FailureKind
from ticketapp.clock import at
from ticketapp.models import RunState, Ticket
from ticketapp.queries.classification_settings import Settings

OUTAGES = (FailureKind.RATE_LIMITED, FailureKind.UNREACHABLE, FailureKind.UNAVAILABLE, FailureKind.TIMED_OUT)


def failed(ticket: Ticket, kind: FailureKind, *, times: int = 1) -> timedelta:
    """Have the newest run fail so as soon as it is due, so often; how long the ticket waits then."""
    for _ in range(times):
        run = newest_run(ticket)
        assert run.state == RunState.QUEUED
        now = run.due_at + timedelta(seconds=1)
        with at(now):
            classification.classify(run.id, FailingClassifier(kind), deadline_seconds=1)
    return newest_run(ticket).due_at - now


@pytest.mark.parametrize("outage", OUTAGES)
def test_an_outage_brings_no_nearer_that_a_ticket_is_given_up_for_its_answers(
    each_app: APIFlask, outage: FailureKind
) -> None:
    ticket = opened("My invoice is wrong")
    failed(ticket, outage, times=25)
    assert failed(ticket, FailureKind.UNREADABLE) < timedelta(seconds=40)
    failed(ticket, FailureKind.EMPTY, times=10)
    failed(ticket, outage, times=5)
    failed(ticket, FailureKind.UNREADABLE, times=8)
    assert newest_run(ticket).attempt == 50
    failed(ticket, FailureKind.CUT_OFF)
    assert (newest_run(ticket).state, newest_run(ticket).error_kind) == (RunState.GAVE_UP, FailureKind.CUT_OFF)


def test_what_lasts_as_long_as_it_lasts_does_not_count_with_errors_that_a_text_may_provoke(
    each_app: APIFlask,
) -> None:
    ticket = opened("My invoice is wrong")
    failed(ticket, FailureKind.UNREACHABLE, times=160)
    failed(ticket, FailureKind.UNAVAILABLE)
    assert newest_run(ticket).state == RunState.QUEUED


def test_each_sort_of_cause_has_a_delay_that_grows_by_itself(each_app: APIFlask) -> None:
    ticket = opened("My invoice is wrong")
    assert failed(ticket, FailureKind.EMPTY, times=4) > timedelta(minutes=20)
    assert failed(ticket, FailureKind.RATE_LIMITED) < timedelta(seconds=40)
    assert failed(ticket, FailureKind.UNREACHABLE) > timedelta(seconds=90)


def test_new_words_begin_the_count_anew(each_app: APIFlask) -> None:
    ada = add_user(each_app, "ada@example.com", "Ada", "admin")
    change_settings(Settings(asks_after_edit=True), by=ada)
    ticket = opened("My invoice is wrong")
    failed(ticket, FailureKind.UNREADABLE, times=15)
    change_ticket(ticket.id, {"description": "It was right after all"}, by=ada)
    assert failed(ticket, FailureKind.UNREADABLE) < timedelta(seconds=40)


def test_the_runs_of_another_ticket_do_not_count(each_app: APIFlask) -> None:
    first, second = opened("My invoice is wrong"), opened("I cannot sign in")
    failed(first, FailureKind.UNREADABLE, times=5)
    assert failed(second, FailureKind.UNREADABLE) < timedelta(seconds=40)
