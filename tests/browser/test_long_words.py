"""No word is too long for a page, whoever wrote it: the machine, its maker, or a customer."""

from dataclasses import replace

import pytest
from apiflask import APIFlask
from playwright.sync_api import expect

from tests.actions.bulk_work import read
from tests.browser.conftest import OpenAs
from tests.web.opened import AnsweringClassifier, opened, proposal
from ticketapp.actions import bulk, classification
from ticketapp.ai import Failure, FailureKind, Verdict
from ticketapp.models import User
from ticketapp.queries.ticket_filter import TicketFilter

ADDRESS = f"https://shop.example.com/{'a' * 85}"
LONG = "w" * 280
PATHS = [
    "/tickets/1",
    "/tickets/2",
    "/tickets/3",
    "/tickets",
    "/tickets/reclassification/1",
    "/admin/runs",
    "/admin/accuracy/verdicts",
    "/admin/accuracy/calls",
]


class Wordy(AnsweringClassifier):
    """A classifier with a long word to say, or with one that its maker says."""

    def __init__(self, word: str, *, is_failing: bool = False) -> None:
        super().__init__()
        said = self.answer.suggestion
        assert said is not None
        self.answer = replace(self.answer, suggestion=replace(said, reason=f"It names {word}"))
        if is_failing:
            failure = Failure.of(FailureKind.BAD_REQUEST, word * 3)
            self.answer = Verdict(None, failure, word[:90], self.prompt_version, 10_004)


@pytest.fixture
def wordy(app: APIFlask, admin: User) -> APIFlask:
    """Ticket 1 with a proposal against a person's choice, 2 as the machine set it, 3 that it could not read."""
    opened(app, title=LONG[:190], description=LONG, category="account", priority="low")
    opened(app, title="Two", description="Two", proposal=proposal(), requester_email=f"{LONG[:60]}@example.org")
    opened(app, title="Three", description="Three")
    with app.app_context():
        for ticket_id, classifier in ((1, Wordy(ADDRESS)), (2, Wordy(LONG)), (3, Wordy(LONG, is_failing=True))):
            run = classification.reclassify(ticket_id, by=admin)
            classification.classify(run.id, classifier, deadline_seconds=1)
        read(bulk.draft_bulk(TicketFilter(), by=admin).id, Wordy(LONG))
    return app


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("path", PATHS)
def test_no_page_scrolls_sideways(wordy: APIFlask, admin: User, open_as: OpenAs, *, path: str, width: int) -> None:
    page = open_as(wordy, admin, path, width=width)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.evaluate("for (const fold of document.querySelectorAll('details')) if (!fold.name) fold.open = true")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


@pytest.mark.parametrize("path", ["/admin/runs", "/tickets/1"])
def test_short_words_are_not_broken_for_a_long_one(wordy: APIFlask, admin: User, open_as: OpenAs, path: str) -> None:
    page = open_as(wordy, admin, path)
    page.evaluate("for (const fold of document.querySelectorAll('details')) if (!fold.name) fold.open = true")
    assert page.evaluate(
        "[...document.querySelectorAll('tbody strong')].every((each) => each.getClientRects().length === 1)"
    )
