"""Words written on a ticket's page outlive the other forms of that page, and nobody else finds them."""

import re

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
    page = open_as(app, admin, "/tickets/1", may_say="409")
    page.locator("#reply-text").fill(ANSWER)
    page.get_by_text("Add a note").click()
    page.locator("#note-text").fill(NOTE)
    return page


def expect_words(page: Page, answer: str = ANSWER, note: str = NOTE) -> None:
    """See what stands in both fields."""
    expect(page.locator("#reply-text")).to_have_value(answer)
    expect(page.locator("#note-text")).to_have_value(note)


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
    assert page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('unsent'))") == []


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
    assert page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('unsent'))") == []
