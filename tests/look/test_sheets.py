"""Every component in Chromium, both themes, 1280 px down to 320 (640 is 1280 at 200 %): it fits and can be used."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.look.conftest import Office, axe_violations

OpenPage = Callable[..., Page]
PATHS = ["/gallery", "/tickets", "/tickets/new", "/"]


@pytest.mark.parametrize("width", [1280, 640, 390, 320])
@pytest.mark.parametrize("path", PATHS)
def test_no_sheet_scrolls_sideways(open_page: OpenPage, path: str, width: int) -> None:
    page = open_page(path, width)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PATHS)
def test_sheets_are_accessible_in_both_themes(open_page: OpenPage, path: str, scheme: str) -> None:
    assert axe_violations(open_page(path, color_scheme=scheme)) == []


def test_narrow_sheets_are_accessible(open_page: OpenPage) -> None:
    assert axe_violations(open_page("/gallery", 390)) == []


def test_axe_sees_a_planted_fault(open_page: OpenPage) -> None:
    page = open_page("/tickets/new")
    page.evaluate("document.querySelector('label[for=title]').remove()")
    assert any(fault.startswith("label") for fault in axe_violations(page))


def test_lettering_is_our_own_plex(open_page: OpenPage) -> None:
    page = open_page("/gallery")
    page.evaluate("document.fonts.ready")
    loaded = page.evaluate("[...document.fonts].filter(f => f.status === 'loaded').map(f => f.weight)")
    assert {"400", "500", "700"} <= set(loaded)


def test_focus_is_drawn_three_pixels_wide_two_away(open_page: OpenPage) -> None:
    page = open_page("/tickets/new")
    page.locator("#title").focus()
    style = page.locator("#title").evaluate(
        "e => [getComputedStyle(e).outlineWidth, getComputedStyle(e).outlineOffset]"
    )
    assert style == ["3px", "2px"]


def test_skip_link_comes_first_and_leads_to_the_content(open_page: OpenPage) -> None:
    page = open_page("/tickets")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_sheets_are_whole_without_script(open_page: OpenPage) -> None:
    page = open_page("/gallery", java_script_enabled=False)
    expect(page.locator(".drafting")).to_have_count(0)
    expect(page.get_by_role("button", name="Keyboard shortcuts")).to_have_count(0)
    expect(page.locator("time").first).to_have_attribute("title", "2026-11-20 13:25:04 UTC")
    page.locator(".account summary").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_theme_is_switched_and_remembered_without_script(open_page: OpenPage) -> None:
    page = open_page("/tickets", java_script_enabled=False, color_scheme="light")
    page.get_by_role("button", name="Blueprint").click()
    expect(page).to_have_title("Tickets · TICKETAPP")
    expect(page.get_by_role("button", name="Blueprint")).to_have_attribute("aria-pressed", "true")
    _expect_sheet_colour(page, "rgb(11, 37, 69)")


def test_theme_is_switched_in_place_and_remembered_with_script(open_page: OpenPage, office: Office) -> None:
    page = open_page("/tickets", color_scheme="dark")
    page.evaluate("window.stayed = true")
    with page.expect_response("**/theme"):
        page.get_by_role("button", name="Paper").click()
    assert page.evaluate("window.stayed")
    _expect_sheet_colour(page, "rgb(251, 251, 248)")
    page.goto(f"{office.url}/")
    _expect_sheet_colour(page, "rgb(251, 251, 248)")


@pytest.mark.parametrize(("scheme", "colour"), [("light", "rgb(251, 251, 248)"), ("dark", "rgb(11, 37, 69)")])
def test_system_theme_is_followed_where_none_was_chosen(open_page: OpenPage, scheme: str, colour: str) -> None:
    _expect_sheet_colour(open_page("/", color_scheme=scheme), colour)


def test_printing_uses_paper_and_drops_the_controls(open_page: OpenPage) -> None:
    page = open_page("/tickets?theme=dark")
    page.emulate_media(media="print")
    _expect_sheet_colour(page, "rgb(251, 251, 248)")
    expect(page.locator(".filter-strip")).to_be_hidden()
    expect(page.locator(".title-block")).to_be_visible()


def test_motion_is_stilled_for_those_who_ask(open_page: OpenPage) -> None:
    page = open_page("/tickets/new", reduced_motion="reduce")
    page.evaluate("document.querySelector('.drafting').hidden = false")
    runs = page.locator(".drafting").evaluate("e => getComputedStyle(e).animationIterationCount")
    assert runs == "1"


def test_marks_keep_their_line_styles_in_forced_colours(open_page: OpenPage) -> None:
    page = open_page("/gallery", forced_colors="active")
    styles = page.locator(".mark-priority[data-priority=low]").evaluate_all(
        "all => all.slice(0, 3).map(each => getComputedStyle(each).borderTopStyle)"
    )
    assert styles == ["dotted", "dashed", "solid"]


def test_sign_in_sheet_shows_no_navigation(open_page: OpenPage) -> None:
    page = open_page("/?anonymous=1")
    expect(page.locator("nav[aria-label=Main]")).to_have_count(0)
    expect(page.locator(".account")).to_have_count(0)


def _expect_sheet_colour(page: Page, colour: str) -> None:
    """It has it as soon as the page's style is there."""
    expect(page.locator("html")).to_have_css("background-color", colour)
