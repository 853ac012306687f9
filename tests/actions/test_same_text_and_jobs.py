"""Identical text is asked about once also where the pages of a bulk job come to the same runs."""

import time
from datetime import timedelta

import pytest
from apiflask import APIFlask
from sqlalchemy import update

from tests.actions.bulk_work import started
from tests.actions.test_same_text import classified, classifier, newest_run, opened
from tests.app_fixtures import add_user
from tests.services.gemini import GeminiServer
from ticketapp.actions import claims, same_text
from ticketapp.ai import GeminiClassifier
from ticketapp.clock import utc_now
from ticketapp.db import db, transaction
from ticketapp.models import ClassificationRun

__all__ = ["classifier"]


def test_a_run_that_a_page_of_a_job_has_is_not_waited_for(
    postgres_app: APIFlask, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    with postgres_app.app_context():
        first, second = opened(), opened()
        mine, theirs = (claims.claim(newest_run(ticket).id, lease_seconds=60) for ticket in (second, first))
        assert mine is not None
        assert theirs is not None
        same_text.earlier(theirs.run_id, theirs.lease_until, "same")
        db.session.commit()
        with db.engine.begin() as page:
            its_run = ClassificationRun.id == theirs.run_id
            page.execute(update(ClassificationRun).where(its_run).values(attempt=ClassificationRun.attempt))
            began = time.monotonic()
            with pytest.raises(same_text.BeingAsked):
                same_text.earlier(mine.run_id, mine.lease_until, "same")
            assert time.monotonic() - began < 5


def test_all_pages_of_a_bulk_job_share_what_was_said_since_it_began(
    each_app: APIFlask, gemini: GeminiServer, classifier: GeminiClassifier
) -> None:
    ada = add_user(each_app, "ada@example.com", "Ada", "admin")
    tickets = [opened() for _ in range(2)]
    for ticket in tickets:
        classified(ticket, classifier)
    job_id = started(ada)
    assert classified(tickets[0], classifier).copied_from_id is None
    with transaction() as session:
        later = utc_now() + timedelta(seconds=1)
        session.execute(update(ClassificationRun).where(ClassificationRun.state == "queued").values(asked_at=later))
    copy = classified(tickets[1], classifier)
    assert copy.bulk_job_id == job_id
    assert (copy.copied_from_id is not None, len(gemini.requests)) == (True, 2)
