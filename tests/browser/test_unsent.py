"""Words written on a ticket's page outlive the other forms of that page, and nobody else finds them."""

import functools
import re
import time

import pytest
from apiflask import APIFlask
from playwright.sync_api import Page, expect

from tests.app_fixtures import PASSWORD, add_user
from tests.browser.conftest import OpenAs, session_of
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


def test_what_was_sent_does_not_come_back(page: Page) -> None:
    """Put back, it would be mailed a second time."""
    with page.expect_navigation():
        page.get_by_role("button", name="Send the answer").click()
    page.go_back()
    expect(page.get_by_role("region", name="Conversation")).to_contain_text("A new one is on its way.")
    expect_words(page, answer="")
    with page.expect_navigation():
        page.get_by_role("button", name="Take it myself").click()
    expect_words(page, answer="")


@pytest.mark.parametrize("came", ["by Back", "by a link"])
def test_what_is_written_outlives_another_page(page: Page, came: str) -> None:
    page.get_by_role("link", name="Dashboard", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dashboard")
    if came == "by Back":
        page.go_back()
    else:
        page.goto("/tickets/1")
    expect_words(page)


@pytest.mark.parametrize("cookies", ["none", "of another session"])
def test_an_answer_that_was_refused_as_the_session_had_ended_is_put_back(
    app: APIFlask, admin: User, page: Page, cookies: str
) -> None:
    before = page.context.cookies()
    page.locator("#reply-status").select_option("resolved")
    page.context.clear_cookies()
    if cookies == "of another session":
        value = session_of(app, admin)
        page.context.add_cookies([{**before[0], "value": value}])  # type: ignore[typeddict-item]
    app.config["WTF_CSRF_ENABLED"] = True
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This form has expired")
    if cookies == "none":
        page.get_by_role("link", name="To sign-in").click()
        page.get_by_label("Mail address").fill(admin.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
    else:
        page.go_back()
        expect_words(page)
        page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("One")
    expect_words(page)
    expect(page.locator("#reply-status")).to_have_value("resolved")


def test_an_answer_that_reached_nobody_is_there_after_back(page: Page) -> None:
    page.route("**/replies", lambda route: route.abort())
    page.get_by_role("button", name="Send the answer").click()
    page.wait_for_url("chrome-error://**")
    page.go_back()
    expect_words(page)


def test_who_signs_in_after_a_sign_out_finds_nothing_by_back(app: APIFlask, page: Page) -> None:
    bob = add_user(app, "bob@example.com", "Bob", "agent")
    page.goto("/tickets/new")
    page.get_by_label("Description").fill("My invoice was charged twice")
    page.goto("/tickets/1")
    page.locator(".account summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("Mail address").fill(bob.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dashboard")
    page.evaluate("history.go(-2)")
    expect(page.get_by_role("heading", level=1)).to_have_text("One")
    expect_words(page, answer="", note="")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("New ticket")
    expect(page.get_by_label("Description")).to_have_value("")


def test_a_new_ticket_comes_back_by_back_and_is_another_one_where_the_form_is_opened_anew(page: Page) -> None:
    page.goto("/tickets/new")
    page.get_by_label("Description").fill("My invoice was charged twice")
    page.get_by_label("Requester's address").fill("zoe@example.org")
    page.get_by_role("link", name="Dashboard", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dashboard")
    page.go_back()
    expect(page.get_by_label("Description")).to_have_value("My invoice was charged twice")
    expect(page.get_by_label("Requester's address")).to_have_value("zoe@example.org")
    page.goto("/tickets/new")
    expect(page.get_by_label("Description")).to_have_value("")
    expect(page.get_by_label("Requester's address")).to_have_value("")


def test_a_new_ticket_outlives_a_session_that_ended(app: APIFlask, admin: User, page: Page) -> None:
    page.goto("/tickets/new")
    page.get_by_label("Title", exact=True).fill("Charged twice")
    page.get_by_label("Description").fill("My invoice was charged twice")
    page.context.clear_cookies()
    app.config["WTF_CSRF_ENABLED"] = True
    page.get_by_role("button", name="Open the ticket").click()
    page.get_by_role("link", name="To sign-in").click()
    page.get_by_label("Mail address").fill(admin.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("New ticket")
    expect(page.get_by_label("Title", exact=True)).to_have_value("Charged twice")
    expect(page.get_by_label("Description")).to_have_value("My invoice was charged twice")
    page.get_by_role("button", name="Open the ticket").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Charged twice")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("New ticket")
    expect(page.get_by_label("Title", exact=True)).to_have_value("")


def test_what_is_written_outlives_a_session_that_ended(admin: User, page: Page) -> None:
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.get_by_role("button", name="Set priority").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("One")
    page.goto("/session/new")
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    page.goto("/tickets/1")
    expect_words(page)


def test_somebody_else_in_the_same_tab_finds_nothing(page: Page) -> None:
    secret = {"words": "Secret", "status": "", "state": "left"}
    page.evaluate("(secret) => sessionStorage.setItem('unsent 999 1 note', JSON.stringify(secret))", secret)
    page.locator("#note-text").fill("")
    page.goto("/tickets/1")
    expect_words(page, note="")
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
