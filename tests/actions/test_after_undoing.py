"""What a bulk job said counts nowhere once it was undone."""

from datetime import timedelta

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from tests.actions.bulk_work import TEXT, chosen, classified, started, undone
from tests.app_fixtures import add_user
from tests.web.opened import AnsweringClassifier, opened, proposal
from ticketapp.actions import confirming
from ticketapp.clock import at, utc_now
from ticketapp.db import db
from ticketapp.models import ClassificationRun, User


@pytest.fixture
def ada(each_app: APIFlask) -> User:
    return add_user(each_app, "ada@example.com", "Ada", "admin")


def test_a_verdict_that_was_undone_is_not_taken_for_the_same_words_of_another(each_app: APIFlask, ada: User) -> None:
    with at(utc_now() - timedelta(hours=2)):
        opened(each_app, title="Invoice", description=TEXT, proposal=proposal("technical", "low"))
    job_id = started(ada)
    classified(AnsweringClassifier("billing", "high"))
    undone(job_id, ada)
    later, asked_anew = opened(each_app, title="Invoice", description=TEXT), AnsweringClassifier("account", "medium")
    classified(asked_anew)
    assert (asked_anew.asked, chosen(each_app, later)) == (1, ("account", "machine", "medium", "machine"))


@pytest.mark.parametrize("is_accepted", [True, False])
def test_a_proposal_from_before_the_undone_job_can_be_answered(
    each_app: APIFlask, ada: User, is_accepted: bool
) -> None:
    ticket_id = opened(each_app, title="Invoice", description=TEXT, category="general")
    classified(AnsweringClassifier("billing", "high"))
    before = newest_verdict(ticket_id)
    job_id = started(ada)
    classified(AnsweringClassifier("technical", "low"))
    undone(job_id, ada)
    answer = confirming.accept if is_accepted else confirming.decline
    answer(ticket_id, before, ("category",), by=ada)
    assert chosen(each_app, ticket_id)[:2] == ("billing" if is_accepted else "general", "person")


def newest_verdict(ticket_id: int) -> int:
    newest = select(ClassificationRun.id).where(ClassificationRun.ticket_id == ticket_id)
    return db.session.scalars(newest.order_by(ClassificationRun.id.desc())).first() or 0
