"""Lines that are decided in an open list: nothing moves under the hand, the focus stays, faults show."""

import pytest
from apiflask import APIFlask
from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.browser.conftest import OpenAs
from tests.web.opened import opened, proposal, ticket_of
from ticketapp.actions import confirming
from ticketapp.models import User

MANY = 30
NOTE = "Confirmed"


@pytest.fixture
def listed(app: APIFlask) -> APIFlask:
    """Tickets 1 to 30, each as the machine set it."""
    for number in range(MANY):
        opened(app, title=f"Ticket {number}", description="It stopped.", proposal=proposal())
    return app


@pytest.mark.parametrize(
    "options", [{}, {"width": 390, "has_touch": True, "is_mobile": True}], ids=["wide", "narrow"]
)
def test_a_second_press_at_the_same_place_decides_nothing_else(
    listed: APIFlask, agent: User, open_as: OpenAs, options: dict[str, int]
) -> None:
    page = open_as(listed, agent, "/tickets?category=billing", **options)
    aimed = _in_the_middle(page, _confirm(page, 17))
    _press(page, aimed, options)
    expect(page.locator("#ticket-17 .line-note")).to_have_text(NOTE)
    expect(page.locator("#ticket-17 .line-note")).to_be_in_viewport()
    expect(page.locator("#announcements")).to_have_text("You confirmed the category and the priority of ticket 17.")
    page.wait_for_timeout(600)
    _press(page, aimed, options)
    page.wait_for_timeout(600)
    assert [each for each in range(1, MANY + 1) if ticket_of(listed, each).category_by == "person"] == [17]


def test_a_double_click_confirms_once_and_says_so(listed: APIFlask, agent: User, open_as: OpenAs) -> None:
    page = open_as(listed, agent, "/tickets")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.mouse.dblclick(*_in_the_middle(page, _confirm(page, 17)))
    expect(page.locator("#ticket-17 .line-note")).to_have_text(NOTE)
    page.wait_for_timeout(500)
    expect(page.locator("#ticket-17 .line-note")).to_have_text(NOTE)
    assert sent.count("POST") == 1


def test_a_line_stays_while_the_mouse_rests_on_what_it_says(listed: APIFlask, agent: User, open_as: OpenAs) -> None:
    page = open_as(listed, agent, "/tickets")
    page.mouse.click(*_in_the_middle(page, _confirm(page, 17)))
    expect(page.locator("#ticket-17 .line-note")).to_be_visible()
    with page.expect_response(lambda answer: answer.request.method == "GET" and answer.status == 200):
        pass
    page.wait_for_timeout(200)
    expect(page.locator("#ticket-17 .line-note")).to_be_visible()
    page.mouse.move(5, 5)
    expect(page.locator("#ticket-17 .line-note")).to_have_count(0)
    expect(page.locator("#ticket-17 .mark").first).to_have_attribute("data-by", "person")


def test_a_line_keeps_its_words_searched_for(listed: APIFlask, agent: User, open_as: OpenAs) -> None:
    page = open_as(listed, agent, "/tickets?search=stopped")
    _confirm(page, 30).click()
    expect(page.locator("#ticket-30 .line-note")).to_have_text(NOTE)
    expect(page.locator("#ticket-30 .schedule-excerpt mark")).to_have_text("stopped")


def test_what_a_colleague_decided_meanwhile_is_shown_with_a_way_back(
    listed: APIFlask, agent: User, open_as: OpenAs
) -> None:
    page = open_as(listed, agent, "/tickets?category=billing", may_say="409")
    button = _confirm(page, 30)
    value = button.get_attribute("value") or ""
    button.evaluate("(button, value) => { button.value = value }", value.replace("high", "low"))
    button.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This cannot be done now")
    page.get_by_role("link", name="Back to the list").click()
    page.wait_for_url("**/tickets?category=billing")
    assert ticket_of(listed, 30).category_by == "machine"


def test_whoever_is_signed_out_meanwhile_is_told(listed: APIFlask, agent: User, open_as: OpenAs) -> None:
    page = open_as(listed, agent, "/tickets", may_say="4")
    page.context.clear_cookies()
    _confirm(page, 30).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This form has expired")
    assert ticket_of(listed, 30).category_by == "machine"


def test_the_focus_stays_on_its_line_when_somebody_else_decides(
    listed: APIFlask, agent: User, admin: User, open_as: OpenAs
) -> None:
    page = open_as(listed, agent, "/tickets")
    _confirm(page, 28).focus()
    with listed.app_context():
        confirming.confirm(28, ["category"], by=admin, seen={})
    expect(page.locator("#ticket-28 .mark").first).to_have_attribute("data-by", "person", timeout=10_000)
    page.keyboard.press("j")
    expect(page.locator("#ticket-27-link")).to_be_focused()


def test_a_press_above_the_lines_that_moved_counts(listed: APIFlask, agent: User, open_as: OpenAs) -> None:
    page = open_as(listed, agent, "/tickets")
    page.evaluate(
        """document.addEventListener("htmx:after:swap", () => {
            const link = document.querySelector(".masthead-name");
            const { top } = link.getBoundingClientRect();
            const aimed = { bubbles: true, cancelable: true, detail: 1, clientY: top + 2 };
            link.dispatchEvent(new MouseEvent("click", aimed));
        })"""
    )
    opened(listed, title="Just in", proposal=proposal())
    page.wait_for_url("**/", timeout=10_000)


def _confirm(page: Page, ticket_id: int) -> Locator:
    return page.locator(f"#ticket-{ticket_id}").get_by_role("button", name="Confirm")


def _in_the_middle(page: Page, target: Locator) -> tuple[float, float]:
    target.evaluate("element => element.scrollIntoView({ block: 'center' })")
    box: FloatRect | None = target.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _press(page: Page, place: tuple[float, float], options: dict[str, int]) -> None:
    (page.touchscreen.tap if options else page.mouse.click)(*place)
