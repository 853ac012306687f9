"""Mails of people and shops in their frame: as they were meant, readable in both themes, and open in bounded time."""

import time

import pytest
from apiflask import APIFlask
from playwright.sync_api import FrameLocator, Page, expect

from tests.browser.canary import Elsewhere
from tests.browser.conftest import LiveServer, OpenAs
from tests.take_in import laid_out_letter, take_in
from ticketapp.models import User

MEGABYTE = 1_000_000
SECONDS_ALLOWED = 25  # some five on a quiet machine; these tests share theirs
NEWSLETTER = """
<html><head><style>.x{color:red}</style></head><body bgcolor="#101010" text="#eeeeee">
<table width="600" align="center" cellpadding="0" cellspacing="0" style="border-collapse:collapse"><tbody>
<tr><td bgcolor="#222222" style="padding:20px"><h1 style="color:#ffffff;font-size:28px">Autumn sale</h1>
<table width="100%"><tr><td width="50%"><img src="cid:dot@shop" width="40" height="40" alt="dot"></td>
<td width="50%" style="color:rgb(200,200,200);text-align:right">Right</td></tr></table></td></tr>
<tr><td><ol start="3"><li>third</li></ol><ul><li>dot</li></ul><blockquote>quoted</blockquote><pre>a
  b</pre><a href="https://shop.example/sale?a=1&amp;b=2">Buy</a> <font color="#00ff00">green</font></td></tr>
</tbody></table></body></html>
"""
TRACKED = (
    '<p>Hello</p><img src="http://{0}/tracker.png" width="1" height="1" alt="">'
    '<img src="HTTP://{0}/shouted.png" alt="shouted"><img srcset="http://{0}/set.png 1x" alt="">'
    '<picture><source srcset="http://{0}/source.png"><img alt=""></picture>'
    '<table background="http://{0}/table.png"><tr><td style="background:url(http://{0}/cell.png)">x</td></tr></table>'
)
HUGE = {
    "2 MB of paragraphs": "<p>All work and no play. </p>" * (2 * MEGABYTE // 29),
    "5,000 nested divs": "<div>" * 5_000 + "deep" + "</div>" * 5_000,
    "5,000 nested tables": "<table><tr><td>" * 5_000 + "deep",
    "one word of 2 MB": "<p>" + "x" * 2 * MEGABYTE + "</p>",
    "2 MB of links": "<a href='https://shop.example/'>x</a> " * (2 * MEGABYTE // 38),
    "20,000 pictures from outside": "<img alt=x src=http://tracker.example/a.png>" * 20_000,
}


def opened_frame(page: Page) -> FrameLocator:
    """The frame of the first laid-out mail, opened by hand."""
    page.get_by_text("As it was laid out").first.click()
    return page.frame_locator("iframe").first


def style_of(frame: FrameLocator, selector: str, name: str) -> str:
    """A computed style of the first such element in the frame."""
    return str(frame.locator(selector).first.evaluate(f"each => getComputedStyle(each).{name}"))


@pytest.fixture(params=["light", "dark"])
def newsletter(app: APIFlask, agent: User, open_as: OpenAs, request: pytest.FixtureRequest) -> Page:
    """The page of a newsletter in either theme."""
    with app.app_context():
        take_in(laid_out_letter(NEWSLETTER))
    return open_as(app, agent, "/tickets/1", color_scheme=request.param)


def test_a_newsletter_looks_as_it_was_meant_in_both_themes(newsletter: Page) -> None:
    frame = opened_frame(newsletter)
    expect(frame.locator("h1")).to_have_css("color", "rgb(255, 255, 255)")
    assert style_of(frame, "td[bgcolor]", "backgroundColor") == "rgb(34, 34, 34)"
    assert style_of(frame, "html", "backgroundColor") == "rgb(255, 255, 255)"
    assert style_of(frame, ".letter > div", "backgroundColor") == "rgb(16, 16, 16)"
    assert style_of(frame, "li", "color") == "rgb(238, 238, 238)"
    assert style_of(frame, "font", "color") == "rgb(0, 255, 0)"
    assert style_of(frame, "pre", "whiteSpace") == "pre-wrap"
    assert frame.locator("ol").get_attribute("start") == "3"
    left, right = frame.locator("td td").first.bounding_box(), frame.locator("td td").last.bounding_box()
    assert left is not None
    assert right is not None
    assert right["x"] > left["x"] + 200
    assert frame.locator("img").evaluate("each => each.decode().then(() => each.naturalWidth)") == 1


def test_a_link_opens_a_page_of_its_own_that_cannot_reach_back(
    app: APIFlask, agent: User, open_as: OpenAs, live_server: LiveServer
) -> None:
    elsewhere = Elsewhere()
    url = live_server(elsewhere.app)
    with app.app_context():
        take_in(laid_out_letter(f'<p><a href="{url}/page.html">Go on</a></p>'))
    page = open_as(app, agent, "/tickets/1")
    with page.expect_popup() as opening:
        opened_frame(page).get_by_role("link", name="Go on").click()
    opened = opening.value
    opened.wait_for_load_state()
    assert opened.url == f"{url}/page.html"
    assert opened.evaluate("window.opener === null && document.referrer === ''")
    assert opened.evaluate("(() => { try { localStorage; return true } catch { return false } })()")  # no sandbox
    assert page.url.endswith("/tickets/1")


def test_nothing_from_outside_loads_until_asked_for_and_then_for_that_mail_only(
    app: APIFlask, agent: User, open_as: OpenAs, live_server: LiveServer
) -> None:
    elsewhere = Elsewhere()
    html = TRACKED.format(live_server(elsewhere.app).removeprefix("http://"))
    with app.app_context():
        take_in(laid_out_letter(html))
        take_in(laid_out_letter(html, message_id="<second@shop.example>", answers="<laid-out@shop.example>"))
    page = open_as(app, agent, "/tickets/1")
    frames = page.locator("iframe")
    for number in range(2):
        page.get_by_text("As it was laid out").nth(number).click()
        expect(page.frame_locator("iframe").nth(number).get_by_text("are not loaded")).to_be_visible()
    assert elsewhere.hits == []
    first = page.frame_locator("iframe").first
    with page.expect_response(lambda answer: answer.url.endswith("html?images=1")) as answered:
        first.get_by_role("link", name="Load them").click()
    assert "img-src 'self' data: https: http:;" in answered.value.headers["content-security-policy"]
    expect(first.get_by_text("are not loaded")).to_be_hidden()
    first.locator("img[alt=shouted]").evaluate("each => each.decode()")
    assert sorted(elsewhere.hits) == ["/shouted.png", "/tracker.png"]
    expect(page.frame_locator("iframe").nth(1).get_by_text("are not loaded")).to_be_visible()
    assert frames.count() == 2


@pytest.mark.parametrize("html", HUGE.values(), ids=HUGE.keys())
def test_a_huge_mail_opens_in_bounded_time(app: APIFlask, agent: User, open_as: OpenAs, html: str) -> None:
    started = time.monotonic()
    with app.app_context():
        take_in(laid_out_letter(html))
    page = open_as(app, agent, "/tickets/1")
    expect(opened_frame(page).locator(".letter")).to_be_visible(timeout=SECONDS_ALLOWED * 1000)
    page.get_by_role("link", name="Tickets", exact=True).click()
    expect(page).to_have_title("Tickets · TICKETAPP")
    assert time.monotonic() - started < SECONDS_ALLOWED
