"""Words written on a ticket's page outlive the other forms of that page, and nobody else finds them."""

import functools
import re
import time

import pytest
from apiflask import APIFlask
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenAs
from tests.web.opened import AnsweringClassifier, opened, proposal
from ticketapp.actions import classification
from ticketapp.models import User

ANSWER = "A new one is on its way.\nGive it a day."
NOTE = "Second this week."


@pytest.fixture
def page(app: APIFlask, admin: User, open_as: OpenAs) -> Page:
    """Ticket 1 as the machine set it, with an answer and a note begun."""
    opened(app, title="One", proposal=proposal(), requester_email="zoe@example.org", requester_name="Zoe")
    page = open_as(app, admin, "/tickets/1", may_say="a status of 4")
    page.locator("#reply-text").fill(ANSWER)
    page.get_by_text("Add a note").click()
    page.locator("#note-text").fill(NOTE)
    return page


def expect_words(page: Page, answer: str = ANSWER, note: str = NOTE) -> None:
    """See what stands in both fields."""
    expect(page.locator("#reply-text")).to_have_value(answer)
    expect(page.locator("#note-text")).to_have_value(note)


def kept(page: Page) -> list[str]:
    """The names under which words are kept in the tab."""
    names: list[str] = page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('unsent'))")
    return names


@pytest.mark.parametrize("button", ["Only the category", "Set priority", "Take it myself", "Reclassify"])
def test_what_is_written_outlives_every_other_form(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()
    expect_words(page)
    expect(page.locator("#note-text")).to_be_visible()


def test_what_is_written_outlives_confirming_by_key(page: Page) -> None:
    page.get_by_role("heading", level=1).click()
    with page.expect_navigation():
        page.keyboard.press("c")
    expect(page.get_by_text("You confirmed the category and the priority of ticket 1.")).to_be_visible()
    expect_words(page)


def test_what_is_written_outlives_a_page_that_refuses(app: APIFlask, admin: User, page: Page) -> None:
    with app.app_context():
        run = classification.reclassify(1, by=admin)
        classification.classify(run.id, AnsweringClassifier("account", "low"), deadline_seconds=1)
    page.get_by_role("button", name="Only the category").click()
    expect(page).to_have_url(re.compile("confirmation$"))
    page.goto("/tickets/1")
    expect_words(page)


def test_each_is_sent_once_and_then_forgotten(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="Send the answer").click()
    expect_words(page, answer="")
    page.get_by_role("button", name="Keep the note").click()
    expect(page.get_by_text("The note is kept.")).to_be_visible()
    expect_words(page, answer="", note="")
    page.goto("/tickets/1")
    expect_words(page, answer="", note="")
    assert kept(page) == []


def test_an_answer_that_is_on_its_way_is_not_kept_by_the_next_press(app: APIFlask, page: Page) -> None:
    """Put back, it would be sent a second time."""
    send = app.view_functions["tickets.reply"]

    @functools.wraps(send)
    def slowly(**named: int) -> object:
        time.sleep(2)
        return send(**named)

    app.view_functions["tickets.reply"] = slowly
    page.locator("#change-priority").select_option("critical")
    page.evaluate("""() => {
        setTimeout(() => document.querySelector("form[action$=replies] button").click());
        setTimeout(() => document.querySelector("[aria-label='Set priority']").click(), 500);
    }""")
    expect(page.get_by_text("The priority of ticket 1 is")).to_be_visible()
    expect_words(page, answer="")


def test_what_is_written_goes_on_where_the_ticket_does(app: APIFlask, page: Page) -> None:
    opened(app, title="Two", requester_email="zoe@example.org", requester_name="Zoe")
    page.get_by_text("Merge this ticket into another").click()
    page.get_by_label("Number of the ticket").fill("2")
    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Two")
    expect_words(page)


def test_the_status_chosen_for_an_answer_is_kept_with_it(page: Page) -> None:
    page.locator("#reply-status").select_option("resolved")
    with page.expect_navigation():
        page.get_by_role("button", name="Set priority").click()
    expect_words(page)
    expect(page.locator("#reply-status")).to_have_value("resolved")


def test_what_is_written_outlives_a_session_that_ended(admin: User, page: Page) -> None:
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.get_by_role("button", name="Set priority").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("One")
    page.goto("/session/new")
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    page.goto("/tickets/1")
    expect_words(page)


def test_somebody_else_in_the_same_tab_finds_nothing(app: APIFlask, agent: User, page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="Set priority").click()
    page.evaluate("sessionStorage.setItem('unsent 999 1 note', JSON.stringify({words: 'Secret', status: ''}))")
    page.goto("/tickets/1")
    expect_words(page, answer="", note="")
    assert kept(page) == []


def test_what_was_emptied_does_not_come_back(page: Page) -> None:
    for words in (ANSWER, ""):
        page.locator("#reply-text").fill(words)
        with page.expect_navigation():
            page.get_by_role("button", name="Set status").click()
        expect_words(page, answer=words)


def test_who_signs_in_after_another_finds_nothing(page: Page) -> None:
    page.locator(".account summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert kept(page) == []
