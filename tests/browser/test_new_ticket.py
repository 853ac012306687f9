"""Writing a ticket in a browser: proposals come by themselves, a hand wins, and nothing holds up submitting."""

import time

import pytest
from apiflask import APIFlask
from playwright.sync_api import FloatRect, Page, expect

from tests.app_fixtures import MakeApp, add_user
from tests.browser.conftest import OpenAs
from tests.services.gemini import GeminiServer
from tests.web.opened import ticket_of
from ticketapp.models import ChosenBy, User

TEXT = "I was charged twice for invoice 2026-1107 and cannot pay."


@pytest.fixture
def app(make_sqlite_app: MakeApp, gemini: GeminiServer) -> APIFlask:
    """An application whose classifier asks the test's Gemini."""
    return make_sqlite_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url, propose_timeout_seconds=8.0)


def describe(page: Page, text: str = TEXT) -> None:
    """Write the description and go on to the title."""
    page.get_by_label("Description").fill(text)
    page.get_by_label("Title", exact=True).focus()


def entitle(page: Page) -> None:
    """Write the title, go on, and wait for what the machine proposes for both."""
    with page.expect_response("**/tickets/suggestion"):
        page.get_by_label("Title", exact=True).fill("Charged twice")
        page.get_by_role("button", name="Propose").focus()
    expect(page.locator("#drafting")).to_be_hidden()


def origin(page: Page, name: str) -> str | None:
    """How a select says its value came about: default, machine or person."""
    return page.locator(f"[data-proposal={name}]").get_attribute("data-by")


def submit(page: Page) -> None:
    page.get_by_label("Title", exact=True).fill("Charged twice")
    page.get_by_role("button", name="Open the ticket").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Charged twice")


def point(page: Page) -> FloatRect:
    """Move the mouse over the button that opens the ticket, once that stands still; where that is."""
    button = page.get_by_role("button", name="Open the ticket")
    button.scroll_into_view_if_needed()
    aim = None
    while aim is None or aim != button.bounding_box():
        aim = button.bounding_box()
        page.wait_for_timeout(200)
    page.mouse.move(aim["x"] + aim["width"] / 2, aim["y"] + aim["height"] / 2)
    return aim


def test_leaving_the_description_brings_a_proposal_that_is_marked(
    app: APIFlask, agent: User, open_as: OpenAs
) -> None:
    page = open_as(app, agent, "/tickets/new")
    describe(page)
    expect(page.locator("#suggestion")).to_contain_text("Proposed: billing, high. Reads like billing")
    expect(page.get_by_label("Category", exact=True)).to_have_value("billing")
    assert (origin(page, "category"), origin(page, "priority")) == ("machine", "machine")
    entitle(page)
    submit(page)
    ticket = ticket_of(app, 1)
    assert (ticket.category, ticket.category_by, ticket.priority_by) == (
        "billing",
        ChosenBy.MACHINE,
        ChosenBy.MACHINE,
    )


def test_a_title_written_later_is_asked_about_and_no_text_twice(
    app: APIFlask, agent: User, open_as: OpenAs, gemini: GeminiServer
) -> None:
    page = open_as(app, agent, "/tickets/new")
    describe(page, "Please call me back, thank you.")
    expect(page.locator("#suggestion")).to_contain_text("Proposed: general, low.")
    page.get_by_label("Title", exact=True).fill("Data breach: the customer list is public")
    page.get_by_role("button", name="Propose").focus()
    expect(page.locator("#suggestion")).to_contain_text("Proposed: general, critical.")
    expect(page.get_by_label("Priority", exact=True)).to_have_value("critical")
    page.get_by_role("button", name="Propose").click()
    page.get_by_label("Title", exact=True).fill("Data breach:  the customer list is public ")
    with page.expect_response("**/tickets/suggestion"):
        describe(page, "Please call me back, thank you. Zoe")
    assert len(gemini.requests) == 3
    assert "Data breach" in gemini.requests[1].text


def test_a_late_answer_leaves_a_select_that_a_hand_touched(
    app: APIFlask, agent: User, open_as: OpenAs, gemini: GeminiServer
) -> None:
    gemini.next("hold")
    page = open_as(app, agent, "/tickets/new")
    describe(page)
    expect(page.locator("#drafting")).to_be_visible()
    gemini.wait_for_requests(1)
    page.get_by_label("Category", exact=True).select_option("account")
    gemini.release()
    expect(page.get_by_label("Priority", exact=True)).to_have_value("high")
    expect(page.locator("#drafting")).to_be_hidden()
    expect(page.get_by_label("Category", exact=True)).to_have_value("account")
    assert (origin(page, "category"), origin(page, "priority")) == ("person", "machine")
    entitle(page)
    submit(page)
    ticket = ticket_of(app, 1)
    assert (ticket.category, ticket.category_by, ticket.priority_by) == ("account", ChosenBy.PERSON, ChosenBy.MACHINE)


def test_a_select_that_a_hand_empties_is_left_to_the_machine_and_says_so(
    app: APIFlask, agent: User, open_as: OpenAs
) -> None:
    page = open_as(app, agent, "/tickets/new")
    category = page.get_by_label("Category", exact=True)
    category.select_option("account")
    expect(category).to_have_accessible_description("Set by a person")
    category.select_option("")
    expect(category).to_have_accessible_description("A default nobody chose")
    describe(page)
    expect(category).to_have_value("billing")
    expect(category).to_have_accessible_description("Proposed by the machine")
    category.select_option("")
    assert origin(page, "category") == "default"
    page.get_by_role("button", name="Propose").click()
    expect(category).to_have_value("billing")
    category.select_option("billing")
    assert origin(page, "category") == "person"
    submit(page)
    assert ticket_of(app, 1).category_by == ChosenBy.PERSON


def test_a_machine_that_hangs_holds_up_nobody(
    app: APIFlask, agent: User, open_as: OpenAs, gemini: GeminiServer
) -> None:
    gemini.always("hang")
    page = open_as(app, agent, "/tickets/new")
    describe(page)
    expect(page.locator("#drafting")).to_be_visible()
    gemini.wait_for_requests(1)
    started = time.monotonic()
    submit(page)
    assert time.monotonic() - started < 4, "less than the machine is waited for"
    assert ticket_of(app, 1).is_unclassified


def test_a_failure_is_told_and_a_proposal_for_other_words_is_withdrawn(
    app: APIFlask, agent: User, open_as: OpenAs, gemini: GeminiServer
) -> None:
    page = open_as(app, agent, "/tickets/new")
    describe(page)
    expect(page.locator("#suggestion")).to_contain_text("Proposed: billing, high.")
    gemini.next("503")
    describe(page, f"{TEXT} Please help.")
    expect(page.locator("#suggestion")).to_contain_text("No proposal. Gemini is having trouble at the moment.")
    expect(page.get_by_label("Category", exact=True)).to_have_value("")
    submit(page)
    assert ticket_of(app, 1).category_by == ChosenBy.DEFAULT


@pytest.mark.parametrize("is_chosen", [False, True])
def test_after_back_the_words_are_there_and_the_marks_are_true(
    app: APIFlask, agent: User, open_as: OpenAs, *, is_chosen: bool
) -> None:
    page = open_as(app, agent, "/tickets/new")
    describe(page)
    entitle(page)
    if is_chosen:
        page.get_by_label("Category", exact=True).select_option("account")
        page.get_by_label("Priority", exact=True).select_option("low")
    page.get_by_label("Requester's address (optional)").fill("zoe@example.org")
    page.get_by_text("Dashboard", exact=True).click()
    page.wait_for_url(lambda url: not url.endswith("/new"))
    page.go_back()
    expect(page.get_by_label("Description")).to_have_value(TEXT)
    expect(page.get_by_label("Title", exact=True)).to_have_value("Charged twice")
    expect(page.get_by_label("Requester's address (optional)")).to_have_value("zoe@example.org")
    expect(page.get_by_label("Category", exact=True)).to_have_value("billing")
    assert (origin(page, "category"), origin(page, "priority")) == ("machine", "machine")
    page.get_by_label("Title", exact=True).fill("Charged again")
    page.get_by_role("button", name="Open the ticket").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Charged again")
    ticket = ticket_of(app, 1)
    assert ChosenBy.PERSON not in (ticket.category_by, ticket.priority_by)


def test_after_back_nothing_is_chosen_where_the_machine_cannot_be_asked(
    app: APIFlask, agent: User, open_as: OpenAs, gemini: GeminiServer
) -> None:
    page = open_as(app, agent, "/tickets/new")
    describe(page)
    expect(page.get_by_label("Category", exact=True)).to_have_value("billing")
    page.get_by_role("link", name="Dashboard").click()
    page.wait_for_url(lambda url: not url.endswith("/new"))
    gemini.always("503")
    page.go_back()
    page.get_by_label("Title", exact=True).fill("Charged twice")
    page.get_by_label("Title", exact=True).blur()
    expect(page.get_by_label("Category", exact=True)).to_have_value("")
    assert (origin(page, "category"), origin(page, "priority")) == ("default", "default")
    page.get_by_role("button", name="Open the ticket").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Charged twice")
    assert ticket_of(app, 1).is_unclassified


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("answer", ["at once", "failing", "never"])
@pytest.mark.parametrize("press_ms", [100, 600])
def test_the_first_press_opens_the_ticket_whatever_was_written_last(
    app: APIFlask, agent: User, open_as: OpenAs, gemini: GeminiServer, *, width: int, answer: str, press_ms: int
) -> None:
    page = open_as(app, agent, "/tickets/new", width=width)
    page.get_by_label("Title", exact=True).fill("Charged twice")
    gemini.always({"at once": None, "failing": "503", "never": "hang"}[answer])
    page.get_by_label("Description").press_sequentially("Charged twice.")
    point(page)
    page.mouse.down()
    page.wait_for_timeout(press_ms)
    page.mouse.up()
    expect(page.get_by_role("heading", level=1)).to_have_text("Charged twice")


def test_an_answer_that_comes_during_a_press_waits_for_it(
    app: APIFlask, agent: User, open_as: OpenAs, gemini: GeminiServer
) -> None:
    gemini.next("hold")
    page = open_as(app, agent, "/tickets/new", width=390)
    describe(page)
    expect(page.locator("#drafting")).to_be_visible()
    gemini.wait_for_requests(1)
    aim = point(page)
    page.mouse.down()
    with page.expect_response("**/tickets/suggestion"):
        gemini.release()
    page.wait_for_timeout(300)
    now = page.get_by_role("button", name="Open the ticket").bounding_box()
    assert now is not None
    assert abs(now["y"] - aim["y"]) < 4, "no more than a button moves that is pressed"
    expect(page.locator("#drafting")).to_be_visible()
    page.mouse.move(2, 2)
    page.mouse.up()
    expect(page.locator("#suggestion")).to_contain_text("Proposed: billing, high.")
    expect(page.locator("#drafting")).to_be_hidden()
    expect(page.get_by_label("Category", exact=True)).to_have_value("billing")


def test_one_tap_opens_the_ticket(app: APIFlask, agent: User, open_as: OpenAs) -> None:
    page = open_as(app, agent, "/tickets/new", width=390, has_touch=True, is_mobile=True)
    page.get_by_label("Title", exact=True).fill("Charged twice")
    page.get_by_label("Description").press_sequentially(TEXT)
    page.get_by_role("button", name="Open the ticket").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Charged twice")


@pytest.mark.parametrize("label", ["Title", "Requester's name (optional)"])
def test_enter_in_a_line_opens_the_ticket(app: APIFlask, agent: User, open_as: OpenAs, label: str) -> None:
    page = open_as(app, agent, "/tickets/new")
    describe(page)
    page.get_by_label("Title", exact=True).fill("Charged twice")
    page.get_by_label(label, exact=True).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Charged twice")


def test_without_script_a_button_asks_for_the_proposal(app: APIFlask, agent: User, open_as: OpenAs) -> None:
    page = open_as(app, agent, "/tickets/new", java_script_enabled=False)
    describe(page)
    page.get_by_label("Title", exact=True).fill("Charged twice")
    page.get_by_label("Requester's address (optional)").fill("zoe@example.org")
    page.get_by_role("button", name="Propose category and priority").click()
    expect(page.get_by_label("Description")).to_have_value(TEXT)
    expect(page.get_by_label("Requester's address (optional)")).to_have_value("zoe@example.org")
    expect(page.get_by_label("Category", exact=True)).to_have_value("billing")
    page.get_by_label("Priority", exact=True).select_option("low")
    submit(page)
    ticket = ticket_of(app, 1)
    assert (ticket.category_by, ticket.priority, ticket.priority_by) == (ChosenBy.MACHINE, "low", ChosenBy.PERSON)


def test_a_refused_form_leads_to_the_field(app: APIFlask, open_as: OpenAs) -> None:
    agent = add_user(app, "bo@example.com", "Bo", "agent")
    page = open_as(app, agent, "/tickets/new", may_say="422")
    page.get_by_role("button", name="Open the ticket").click()
    page.get_by_role("link", name="Title: Give the ticket a title.").click()
    expect(page.get_by_label("Title", exact=True)).to_be_focused()
