"""An open list under a hand: a press decides the ticket that was aimed at; what came meanwhile shows afterwards."""

import pytest
from apiflask import APIFlask
from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.browser.conftest import OpenAs
from tests.web.opened import opened, proposal, ticket_of
from ticketapp.models import User

NOTE = "There is something new."
ONE_MORE = "Just in"
LINES = "#live-tickets tbody tr"


@pytest.fixture
def listed(app: APIFlask) -> APIFlask:
    """Tickets 1 to 3, each as the machine set it."""
    for title in ("One", "Two", "Three"):
        opened(app, title=title, proposal=proposal())
    return app


def test_a_press_confirms_the_ticket_that_was_aimed_at(listed: APIFlask, agent: User, open_as: OpenAs) -> None:
    page = open_as(listed, agent, "/tickets")
    aimed = _place(page.locator("#ticket-2").get_by_role("button", name="Confirm"))
    page.mouse.move(*aimed)
    _one_more(listed, page)
    expect(page.get_by_text(NOTE)).to_be_visible(timeout=10_000)
    expect(page.locator(LINES)).to_have_count(3)
    page.mouse.click(*aimed)
    expect(page.get_by_text("You confirmed the category and the priority of ticket 2.")).to_be_visible()
    assert [ticket_of(listed, each).category_by for each in (1, 2, 3, 4)] == [
        "machine",
        "person",
        "machine",
        "machine",
    ]


def test_what_was_held_back_shows_as_soon_as_the_pointer_leaves(
    listed: APIFlask, agent: User, open_as: OpenAs
) -> None:
    page = open_as(listed, agent, "/tickets")
    page.mouse.move(*_place(page.locator("#ticket-2-link")))
    _one_more(listed, page)
    expect(page.get_by_text(NOTE)).to_be_visible(timeout=10_000)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(4_000)
    assert asked == []
    page.mouse.move(5, 5)
    expect(page.locator(LINES)).to_have_count(4, timeout=2_000)
    expect(page.locator("#announcements")).to_have_text("1 new ticket")
    expect(page.get_by_text(NOTE)).to_be_hidden()


def test_a_mouse_that_never_moved_since_the_page_came_holds_the_list_too(
    listed: APIFlask, agent: User, open_as: OpenAs
) -> None:
    page = open_as(listed, agent, "/tickets")
    page.mouse.click(*_place(page.locator("#ticket-2").get_by_role("button", name="Confirm")))
    expect(page.get_by_text("You confirmed the category and the priority of ticket 2.")).to_be_visible()
    _one_more(listed, page)
    expect(page.get_by_text(NOTE)).to_be_visible(timeout=10_000)
    expect(page.locator(LINES)).to_have_count(3)


def test_a_mouse_holds_the_list_while_it_moves_and_not_where_it_rests_on_nothing_to_press(
    listed: APIFlask, agent: User, open_as: OpenAs
) -> None:
    page = open_as(listed, agent, "/tickets")
    x, y = _place(page.locator("#ticket-2 .schedule-age"))
    opened(listed, title=ONE_MORE, proposal=proposal())
    for step in range(16):
        page.mouse.move(x + step % 2, y)
        page.wait_for_timeout(250)
    expect(page.get_by_text(NOTE)).to_be_visible()
    expect(page.locator(LINES)).to_have_count(3)
    expect(page.locator(LINES)).to_have_count(4, timeout=10_000)
    expect(page.get_by_text(NOTE)).to_be_hidden()


def test_nothing_is_said_to_be_new_where_nothing_is(listed: APIFlask, agent: User, open_as: OpenAs) -> None:
    page = open_as(listed, agent, "/tickets")
    with page.expect_response(lambda answer: answer.status == 304):
        page.mouse.move(*_place(page.locator("#ticket-2")))
    expect(page.get_by_text(NOTE)).to_be_hidden()


def test_what_stands_below_the_list_stays_under_the_mouse(listed: APIFlask, admin: User, open_as: OpenAs) -> None:
    page = open_as(listed, admin, "/tickets")
    button = page.get_by_role("button", name="Try reclassifying all")
    page.mouse.move(*_place(button))
    before = button.bounding_box()
    _one_more(listed, page)
    expect(page.get_by_text(NOTE)).to_be_visible(timeout=10_000)
    assert button.bounding_box() == before


def test_a_finger_holds_the_list_while_it_is_down_and_a_second_longer(
    listed: APIFlask, agent: User, open_as: OpenAs
) -> None:
    page = open_as(listed, agent, "/tickets", width=390, has_touch=True, is_mobile=True)
    finger = page.context.new_cdp_session(page)
    x, y = _place(page.locator("#ticket-3 .schedule-age"))
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    _one_more(listed, page)
    expect(page.get_by_text(NOTE)).to_be_visible(timeout=10_000)
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator(LINES)).to_have_count(3)
    expect(page.locator(LINES)).to_have_count(4, timeout=5_000)


def test_a_press_right_after_the_lines_moved_presses_nothing(listed: APIFlask, agent: User, open_as: OpenAs) -> None:
    page = open_as(listed, agent, "/tickets", width=390, has_touch=True, is_mobile=True)
    page.evaluate(
        """document.addEventListener("htmx:after:swap", () => {
            const button = document.querySelectorAll("[data-line-shortcut=c]")[1];
            const { top } = button.getBoundingClientRect();
            const aimed = { bubbles: true, cancelable: true, detail: 1, clientY: top + 2 };
            button.dispatchEvent(new MouseEvent("click", aimed));
        })"""
    )
    opened(listed, title=ONE_MORE, proposal=proposal())
    expect(page.locator("#ticket-4")).to_be_visible(timeout=10_000)
    page.wait_for_timeout(500)
    assert [ticket_of(listed, each).category_by for each in (1, 2, 3, 4)] == ["machine"] * 4
    page.locator("#ticket-3").get_by_role("button", name="Confirm").tap()
    expect(page.locator("#ticket-3 .line-note")).to_have_text("Confirmed")


def _place(target: Locator) -> tuple[float, float]:
    target.scroll_into_view_if_needed()
    box: FloatRect | None = target.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _one_more(app: APIFlask, page: Page) -> None:
    """A ticket that the list hears of, in an answer that has come."""
    with page.expect_response(lambda answer: answer.status == 200 and "HX-Request" in answer.headers.get("vary", "")):
        opened(app, title=ONE_MORE, proposal=proposal())
