"""The page about the API in Chromium: read by anybody, tried by whoever is signed in or holds a token."""

import pytest
from apiflask import APIFlask
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenAs
from tests.look.conftest import axe_violations
from ticketapp.actions.tokens import create_token
from ticketapp.models import User
from ticketapp.queries import tickets

PATH = "/api/docs"


def sign_out(page: Page) -> None:
    page.context.clear_cookies()
    page.reload()


def send(page: Page, operation: str) -> str:
    """Send the operation's form; the line that says how it was answered."""
    form = page.locator(f"#{operation} form")
    form.get_by_role("button", name="Send").click()
    status = form.locator(".api-status")
    expect(status).to_be_visible()
    return status.inner_text()


def test_whoever_is_signed_in_tries_with_their_session(app: APIFlask, agent: User, open_as: OpenAs) -> None:
    page = open_as(app, agent, PATH)
    assert send(page, "createTicket").startswith("201 CREATED")
    answer = page.locator("#createTicket [data-api-answer]")
    expect(answer).to_contain_text("/api/tickets/1/")
    with app.app_context():
        assert tickets.find(1).opened_by.email == agent.email


def test_path_and_query_go_into_the_address(app: APIFlask, agent: User, open_as: OpenAs) -> None:
    page = open_as(app, agent, PATH, may_say="404")
    page.get_by_label("search", exact=True).fill("100 % & more")
    page.locator("#listTickets-status").select_option("open")
    send(page, "listTickets")
    expect(page.locator("#listTickets [data-api-answer]")).to_contain_text("status=open&search=100+%25+%26+more")
    page.locator("#getTicket-ticket_id").fill("7")
    assert "404" in send(page, "getTicket")
    expect(page.locator("#getTicket [data-api-answer]")).to_contain_text("There is no ticket 7.")


def test_a_wrong_body_is_told_field_by_field(app: APIFlask, agent: User, open_as: OpenAs) -> None:
    page = open_as(app, agent, PATH, may_say="422")
    page.locator("#createTicket-body").fill('{"title": ""}')
    assert "422" in send(page, "createTicket")
    expect(page.locator("#createTicket [data-api-answer]")).to_contain_text("Title must not be blank.")


def test_a_token_is_enough_without_a_session(app: APIFlask, agent: User, open_as: OpenAs) -> None:
    with app.app_context():
        _, secret = create_token(agent, "browser")
    page = open_as(app, agent, PATH, may_say="401")
    sign_out(page)
    expect(page.locator("#content")).to_contain_text("You are not signed in")
    assert "401" in send(page, "getStatistics")
    page.get_by_label("Token").fill(secret)
    assert send(page, "getStatistics").startswith("200")


def test_without_script_everything_can_be_read(app: APIFlask, agent: User, open_as: OpenAs) -> None:
    page = open_as(app, agent, PATH, java_script_enabled=False)
    expect(page.get_by_role("heading", name="/api/tickets/{ticket_id}/")).to_have_count(2)
    expect(page.get_by_text("text, 1 to 200 characters").first).to_be_visible()
    expect(page.get_by_role("button", name="Send")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_the_page_fits_and_is_accessible(
    app: APIFlask, agent: User, open_as: OpenAs, scheme: str, width: int
) -> None:
    page = open_as(app, agent, PATH, width=width, color_scheme=scheme)
    send(page, "listTickets")
    page.locator("#listTickets summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert axe_violations(page) == []
