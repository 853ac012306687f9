"""The small scripts in Chromium: shortcuts, live regions, proposals, times."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.look.conftest import Office
from tests.look.office import ticket_row

OpenPage = Callable[..., Page]
DESCRIPTION = "#description"


def test_lines_are_walked_by_j_and_k_and_opened_by_enter(open_page: OpenPage, office: Office) -> None:
    page = open_page("/tickets")
    for key, expected in (("j", 1042), ("j", 1041), ("k", 1042), ("k", 1042)):
        page.keyboard.press(key)
        expect(page.locator(f"#ticket-{expected}-link")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{office.url}/tickets/1042")


def test_sequences_and_single_keys_lead_to_their_sheets(open_page: OpenPage, office: Office) -> None:
    page = open_page("/account")
    for keys, path in (("gt", "/tickets"), ("gd", "/"), ("n", "/tickets/new")):
        page.evaluate("document.activeElement.blur()")
        for key in keys:
            page.keyboard.press(key)
        page.wait_for_url(office.url + path)


def test_slash_goes_to_the_search_from_anywhere(open_page: OpenPage, office: Office) -> None:
    page = open_page("/account")
    page.keyboard.press("/")
    page.wait_for_url(f"{office.url}/tickets#search")
    expect(page.locator("#search")).to_be_focused()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    expect(page.locator("#search")).to_have_value("password")


def test_shortcuts_never_fire_while_typing_or_with_a_modifier(open_page: OpenPage, office: Office) -> None:
    page = open_page("/tickets")
    page.locator("#search").fill("")
    page.locator("#search").press_sequentially("n j?gd")
    expect(page.locator("#search")).to_have_value("n j?gd")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Alt+n")
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert page.url == f"{office.url}/tickets"


def test_help_opens_on_question_mark_and_the_switch_is_remembered(open_page: OpenPage, office: Office) -> None:
    page = open_page("/tickets")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.get_by_label("Shortcuts are on").uncheck()
    page.get_by_role("button", name="Close").click()
    page.reload()
    page.keyboard.press("n")
    page.keyboard.press("?")
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert page.url == f"{office.url}/tickets"
    page.get_by_role("button", name="Keyboard shortcuts").click()
    expect(page.get_by_label("Shortcuts are on")).not_to_be_checked()


def test_new_ticket_shows_up_by_itself_and_the_selected_line_keeps_focus(open_page: OpenPage, office: Office) -> None:
    page = open_page("/tickets")
    page.keyboard.press("j")
    page.keyboard.press("j")
    office.state.rows[:0] = [ticket_row(1043, title="Just arrived"), ticket_row(1044)]
    expect(page.locator("#ticket-1043")).to_be_visible()
    expect(page.locator("#announcements")).to_have_text("2 new tickets")
    expect(page.locator("#ticket-1043")).to_have_attribute("data-new", "")
    expect(page.locator("#ticket-1041-link")).to_be_focused()


def test_what_was_unfolded_stays_unfolded_when_a_region_refreshes(open_page: OpenPage, office: Office) -> None:
    page = open_page("/tickets")
    page.locator(".legend summary").click()
    page.mouse.move(5, 5)
    office.state.rows[:0] = [ticket_row(1043)]
    expect(page.locator("#ticket-1043")).to_be_visible()
    expect(page.locator(".legend dl")).to_be_visible()


def test_unchanged_list_is_answered_by_304_and_announces_nothing(open_page: OpenPage, office: Office) -> None:
    page = open_page("/tickets")
    _wait_for(page, lambda: len(office.state.live_answers) >= 3)
    assert office.state.live_answers[:3] == [200, 304, 304]
    expect(page.locator("#announcements")).to_have_text("")


def test_hidden_page_asks_for_nothing_until_it_is_seen_again(open_page: OpenPage, office: Office) -> None:
    page = open_page("/tickets")
    _hide(page, hidden=True)
    page.wait_for_timeout(200)
    asked = len(office.state.live_answers)
    page.wait_for_timeout(2_500)
    assert len(office.state.live_answers) == asked
    _hide(page, hidden=False)
    _wait_for(page, lambda: len(office.state.live_answers) > asked)


def test_proposal_fills_what_no_hand_touched(open_page: OpenPage, office: Office) -> None:
    page = open_page("/tickets/new")
    _describe(page, "An invoice was charged twice.")
    expect(page.locator("#category")).to_have_value("billing")
    expect(page.locator("#priority")).to_have_value("high")
    expect(page.locator("[data-proposal=category]")).to_have_attribute("data-by", "machine")
    expect(page.locator("#category-origin")).to_have_text("Proposed by the machine")
    expect(page.locator("#suggestion")).to_contain_text("an invoice was charged twice")
    assert office.state.posted[0]["csrf_token"] == "made-up-token"
    assert _border(page, "#category") == "dashed"


def test_hand_chosen_value_survives_an_answer_that_comes_late(open_page: OpenPage, office: Office) -> None:
    page = open_page("/tickets/new")
    with office.state.suggestion_gate:
        _describe(page, "An invoice was charged twice.")
        expect(page.locator(".drafting")).to_be_visible()
        page.locator("#category").select_option("technical")
    expect(page.locator("#priority")).to_have_value("high")
    expect(page.locator(".drafting")).to_be_hidden()
    expect(page.locator("#category")).to_have_value("technical")
    assert _border(page, "#category") == "solid"
    page.locator("#title").fill("Twice")
    _submit(page, "Open the ticket")
    sent = office.state.posted[-1]
    assert (sent["category"], sent["category_chosen"]) == ("technical", "1")
    assert (sent["priority"], sent["priority_chosen"], sent["priority_proposed"]) == ("high", "", "high")


def test_earlier_answer_never_replaces_a_later_one(open_page: OpenPage, office: Office) -> None:
    page = open_page("/tickets/new")
    with office.state.suggestion_gate:
        _describe(page, "An invoice was charged twice.")
        expect(page.locator(".drafting")).to_be_visible()
        _describe(page, "No, the sign-in is broken.")
        page.wait_for_timeout(200)
        office.state.suggestion = "account low"
    expect(page.locator("#category")).to_have_value("account")
    expect(page.locator(".drafting")).to_be_hidden()


def test_failure_is_a_sentence_and_holds_nothing_up(open_page: OpenPage, office: Office) -> None:
    office.state.suggestion = "broken"
    page = open_page("/tickets/new", may_say="500")
    _describe(page, "An invoice was charged twice.")
    expect(page.locator("#suggestion")).to_contain_text("The machine could not be asked.")
    expect(page.locator("#category")).to_have_value("general")
    page.locator("#title").fill("Twice")
    _submit(page, "Open the ticket")
    assert office.state.posted[-1]["title"] == "Twice"


def test_button_asks_in_place_with_script_and_posts_without(open_page: OpenPage, office: Office) -> None:
    page = open_page("/tickets/new")
    page.locator(DESCRIPTION).fill("An invoice was charged twice.")
    page.get_by_role("button", name="Propose category and priority").click()
    expect(page.locator("#category")).to_have_value("billing")
    plain = open_page("/tickets/new", java_script_enabled=False)
    plain.locator(DESCRIPTION).fill("An invoice was charged twice.")
    _submit(plain, "Propose category and priority")
    assert office.state.posted[-1]["propose"] == "1"


def test_nothing_is_asked_about_an_empty_description(open_page: OpenPage, office: Office) -> None:
    page = open_page("/tickets/new")
    _describe(page, "   ")
    page.wait_for_timeout(300)
    assert office.state.posted == []


def test_times_gain_the_local_time_and_stay_true(open_page: OpenPage, office: Office) -> None:
    office.state.rows[0].created_at = datetime.now(UTC) - timedelta(hours=5, minutes=1)
    page = open_page("/tickets", timezone_id="Asia/Tokyo", locale="en-GB")
    time = page.locator("#ticket-1042 time")
    local = (office.state.rows[0].created_at + timedelta(hours=9)).strftime("%d/%m/%Y, %H:%M:%S")
    expect(time).to_have_attribute("title", f"{office.state.rows[0].created_at:%Y-%m-%d %H:%M:%S} UTC, local {local}")
    expect(time).to_have_text("5 h ago")


def test_what_is_to_come_is_told_neither_as_past_nor_as_just_now(open_page: OpenPage) -> None:
    page = open_page("/tickets")
    told = page.evaluate(
        """gaps => gaps.map(gap => {
            const time = document.createElement("time");
            time.dateTime = new Date(Date.now() + gap * 1000).toISOString();
            time.dataset.due = "";
            document.querySelector("main").append(time);
            document.dispatchEvent(new Event("htmx:after:swap"));
            return time.textContent;
        })""",
        [-240, 30, 630],
    )
    assert told == ["when its turn comes", "within a minute", "in 10 min"]


def _describe(page: Page, text: str) -> None:
    page.locator(DESCRIPTION).fill(text)
    page.locator(DESCRIPTION).blur()


def _submit(page: Page, button: str) -> None:
    page.get_by_role("button", name=button).click()
    expect(page).to_have_title("Blank · TICKETAPP")


def _border(page: Page, selector: str) -> str:
    return str(page.locator(selector).evaluate("each => getComputedStyle(each).borderTopStyle"))


def _hide(page: Page, *, hidden: bool) -> None:
    page.evaluate(
        "hidden => { Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});"
        " document.dispatchEvent(new Event('visibilitychange')); }",
        hidden,
    )


def _wait_for(page: Page, is_true: Callable[[], bool], timeout_ms: int = 10_000) -> None:
    for _ in range(timeout_ms // 100):
        if is_true():
            return
        page.wait_for_timeout(100)
    raise AssertionError("waited too long")
