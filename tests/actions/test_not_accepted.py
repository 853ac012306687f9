"""Questions that Gemini does not accept: one may be at fault itself, all of them are not."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.app_fixtures import MakeApp
from tests.services.gemini import GeminiServer
from ticketapp.actions import classification
from ticketapp.actions.tickets import NewTicket, open_ticket
from ticketapp.ai import FailureKind
from ticketapp.clock import at, utc_now
from ticketapp.db import db
from ticketapp.models import ChosenBy, ClassificationState, Source, Ticket
from ticketapp.outside import outside
from ticketapp.queries import classification as runs


def do_what_is_due() -> None:
    for run_id in runs.due(utc_now(), limit=20):
        classification.classify(run_id, outside().classifier, deadline_seconds=20)


@pytest.mark.usefixtures("long_pause")
def test_where_none_is_accepted_any_more_no_ticket_is_given_up(make_app: MakeApp, gemini: GeminiServer) -> None:
    app = make_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url)
    gemini.always("bad-request")
    with app.app_context():
        for number in range(12):
            open_ticket(NewTicket(title=f"Ticket {number}", description="Hi", source=Source.API), by=None)
        do_what_is_due()
        assert len(gemini.requests) == 5
        assert outside().classifier.availability().kind is FailureKind.BAD_REQUEST
        states = set(db.session.scalars(select(Ticket.classification_state)))
        assert states == {ClassificationState.QUEUED, ClassificationState.FAILED}

    gemini.always(None)
    mended = make_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url, gemini_model="gemini-newer")
    with mended.app_context(), at(utc_now() + timedelta(minutes=2)):
        do_what_is_due()
        assert set(db.session.scalars(select(Ticket.category_by))) == {ChosenBy.MACHINE}
