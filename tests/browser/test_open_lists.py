"""A proposal that comes while the list of a select is open: it changes nothing under the hand that chooses."""

import pytest
from apiflask import APIFlask
from playwright.sync_api import Page, expect

from tests.app_fixtures import MakeApp
from tests.browser.conftest import OpenAs
from tests.browser.test_new_ticket import describe, origin, submit
from tests.services.gemini import GeminiServer
from tests.web.opened import ticket_of
from ticketapp.models import ChosenBy, User


@pytest.fixture
def app(make_sqlite_app: MakeApp, gemini: GeminiServer) -> APIFlask:
    """An application whose classifier asks the test's Gemini."""
    return make_sqlite_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url, propose_timeout_seconds=8.0)


@pytest.fixture
def page(app: APIFlask, agent: User, open_as: OpenAs, gemini: GeminiServer) -> Page:
    """The form, its description written and asked about; the answer is held back."""
    gemini.next("hold")
    page = open_as(app, agent, "/tickets/new")
    describe(page)
    gemini.wait_for_requests(1)
    return page


def open_list(page: Page, way: str) -> None:
    """Open the list of the categories by mouse or by key."""
    select = page.get_by_label("Category", exact=True)
    if way == "mouse":
        select.click()
    else:
        select.focus()
        page.keyboard.press(way)
    page.wait_for_function("document.querySelector('[name=category]').matches(':open')")


def be_answered(page: Page, gemini: GeminiServer) -> None:
    """Let the answer come, and whatever it does be done."""
    with page.expect_response("**/tickets/suggestion"):
        gemini.release()
    page.wait_for_timeout(600)


@pytest.mark.parametrize("way", ["mouse", "Alt+ArrowDown"])
def test_what_is_chosen_from_an_open_list_is_the_hands(
    app: APIFlask, page: Page, gemini: GeminiServer, way: str
) -> None:
    """The machine's value, put in meanwhile, would be chosen without a change that anybody is told of."""
    open_list(page, way)
    be_answered(page, gemini)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Category", exact=True)).to_have_value("billing")
    expect(page.get_by_label("Priority", exact=True)).to_have_value("high")
    assert (origin(page, "category"), origin(page, "priority")) == ("person", "machine")
    submit(page)
    ticket = ticket_of(app, 1)
    assert (ticket.category, ticket.category_by) == ("billing", ChosenBy.PERSON)


def test_a_list_that_is_closed_without_a_choice_takes_the_proposal(page: Page, gemini: GeminiServer) -> None:
    open_list(page, "mouse")
    be_answered(page, gemini)
    expect(page.get_by_label("Category", exact=True)).to_have_value("")
    page.keyboard.press("Escape")
    expect(page.get_by_label("Category", exact=True)).to_have_value("billing")
    assert origin(page, "category") == "machine"
