"""List, ticket and dashboard in a browser: fresh, by keyboard, narrow, accessible, and safe to look at."""

import pytest
from apiflask import APIFlask
from playwright.sync_api import expect

from tests.browser.conftest import LiveServer, OpenAs
from tests.look.conftest import axe_violations
from tests.take_in import PNG, laid_out_letter, take_in
from tests.web.opened import opened, proposal, ticket_of
from ticketapp.actions import conversation
from ticketapp.models import User
from ticketapp.outside import outside

PATHS = [
    "/",
    "/tickets",
    "/tickets?search=printer&unclassified=1",
    "/tickets?search=nothing",
    "/tickets/new",
    "/tickets/1",
]
HOSTILE = (
    '<p style="position:fixed">Hello</p><script>parent.document.title = "taken"</script>'
    '<img src="cid:dot@shop" alt="dot"><img src="x" onerror="parent.document.title = \'taken\'">'
)


@pytest.fixture
def busy(app: APIFlask, agent: User) -> APIFlask:
    """Ticket 1 by a laid-out mail and answered, tickets 2 and 3 from the portal."""
    with app.app_context():
        take_in(laid_out_letter("<p>Hello</p>", text="The printer burns.\n\n" + "very " * 200 + "long"))
        reply = conversation.reply(1, "Which printer?", by=agent, support=outside().support, status="in_progress")
        conversation.record_not_sent(reply.id, "550 no such user", for_good=True)
        conversation.add_note(1, "Looks bad.", by=agent)
    opened(app, title="P" * 200, priority="critical", by=agent)
    opened(app, proposal=proposal())
    return app


def test_a_new_ticket_shows_up_in_an_open_list(busy: APIFlask, agent: User, open_as: OpenAs) -> None:
    page = open_as(busy, agent, "/tickets")
    page.evaluate("window.stayed = true")
    expect(page.locator("tbody tr")).to_have_count(3)
    opened(busy, title="Just in")
    expect(page.locator("tbody tr").first).to_contain_text("Just in", timeout=10_000)
    expect(page.locator("#ticket-4")).to_have_attribute("data-new", "")
    expect(page.locator("#announcements")).to_have_text("1 new ticket")
    assert page.evaluate("window.stayed")


def test_a_ticket_that_does_not_match_stays_out_of_a_filtered_list(
    busy: APIFlask, agent: User, open_as: OpenAs
) -> None:
    page = open_as(busy, agent, "/tickets?category=billing")
    opened(busy, title="Not of this list", category="technical")
    opened(busy, title="Of this list", category="billing")
    expect(page.locator("tbody tr").first).to_contain_text("Of this list", timeout=10_000)
    expect(page.get_by_text("Not of this list")).to_have_count(0)


def test_the_dashboard_counts_a_new_ticket_by_itself(busy: APIFlask, agent: User, open_as: OpenAs) -> None:
    page = open_as(busy, agent, "/")
    total = page.locator(".figure-value").first
    expect(total).to_have_text("3")
    opened(busy)
    expect(total).to_have_text("4", timeout=15_000)


def test_the_keyboard_leads_from_page_to_page(busy: APIFlask, agent: User, open_as: OpenAs) -> None:
    page = open_as(busy, agent, "/")
    page.keyboard.type("gt")
    expect(page).to_have_title("Tickets · TICKETAPP")
    page.wait_for_load_state()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    expect(page.locator("#ticket-2-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("P" * 200)
    page.wait_for_load_state()
    page.keyboard.press("n")
    expect(page).to_have_title("New ticket · TICKETAPP")
    page.wait_for_load_state()
    page.keyboard.type("gd")
    expect(page).to_have_title("Dashboard · TICKETAPP")


def test_slash_searches_and_r_answers(busy: APIFlask, agent: User, open_as: OpenAs) -> None:
    page = open_as(busy, agent, "/tickets/1")
    page.keyboard.press("r")
    expect(page.get_by_label("Answer to the requester")).to_be_focused()
    page.keyboard.type("ngd")
    expect(page.get_by_label("Answer to the requester")).to_have_value("ngd")
    page.get_by_role("link", name="Tickets", exact=True).click()
    expect(page).to_have_title("Tickets · TICKETAPP")
    page.wait_for_load_state()
    page.keyboard.press("/")
    page.keyboard.type("burns")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody mark").first).to_have_text("burns")


def test_a_ticket_is_changed_and_answered_without_script(busy: APIFlask, agent: User, open_as: OpenAs) -> None:
    page = open_as(busy, agent, "/tickets/1", java_script_enabled=False)
    page.get_by_label("Priority", exact=True).select_option("high")
    page.get_by_role("button", name="Set priority").click()
    expect(page.get_by_role("status").filter(has_text="The priority of ticket 1 is now high.")).to_be_visible()
    page.get_by_role("button", name="Take it myself").click()
    page.get_by_label("Answer to the requester").fill("A new one is on its way.")
    page.get_by_label("Status after sending").select_option("resolved")
    page.get_by_role("button", name="Send the answer").click()
    expect(page.locator("article").last).to_contain_text("A new one is on its way.")
    page.get_by_text("Add a note").click()
    page.get_by_label("Note for colleagues").fill("Done.")
    page.get_by_role("button", name="Keep the note").click()
    expect(page.locator("article").last).to_contain_text("Done.")
    ticket = ticket_of(busy, 1)
    assert (ticket.priority, ticket.status, ticket.assignee_id) == ("high", "resolved", agent.id)


def test_a_laid_out_mail_shows_its_pictures_and_can_do_nothing(app: APIFlask, agent: User, open_as: OpenAs) -> None:
    with app.app_context():
        take_in(laid_out_letter(HOSTILE))
    page = open_as(app, agent, "/tickets/1")
    page.get_by_text("As it was laid out").click()
    picture = page.frame_locator("iframe").locator("img[alt=dot]")
    expect(picture).to_be_visible()
    page.wait_for_function("document.querySelector('iframe').contentDocument.images[0]?.naturalWidth === 1")
    assert page.title().startswith("#1 Laid out")


def test_not_even_unsanitised_html_runs_in_the_frame(
    app: APIFlask, agent: User, open_as: OpenAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ticketapp.queries.conversation.message_html", lambda *_: HOSTILE)
    with app.app_context():
        take_in(laid_out_letter("<p>Hello</p>"))
    page = open_as(app, agent, "/tickets/1", may_say="")
    page.get_by_text("As it was laid out").click()
    expect(page.frame_locator("iframe").locator("img[alt=dot]")).to_be_visible()
    assert page.title().startswith("#1 Laid out")


def test_pictures_from_outside_wait_to_be_asked_for(
    app: APIFlask, agent: User, open_as: OpenAs, live_server: LiveServer
) -> None:
    hits: list[str] = []
    elsewhere = APIFlask("elsewhere")
    elsewhere.add_url_rule("/tracker.png", "tracker", lambda: hits.append("hit") or PNG)
    with app.app_context():
        take_in(laid_out_letter(f'<img src="{live_server(elsewhere)}/tracker.png" alt="tracker">'))
    page = open_as(app, agent, "/tickets/1", may_say="Content Security Policy")
    page.get_by_text("As it was laid out").click()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("Pictures from outside are not loaded.")).to_be_visible()
    assert hits == []
    frame.get_by_role("link", name="Load them").click()
    expect(frame.get_by_text("Pictures from outside are not loaded.")).to_be_hidden()
    page.wait_for_function("document.querySelector('iframe').contentDocument.images[0]?.complete")
    assert hits == ["hit"]


def test_a_file_is_downloaded_and_not_drawn(busy: APIFlask, agent: User, open_as: OpenAs) -> None:
    page = open_as(busy, agent, "/tickets/1")
    with page.expect_download() as download:
        page.get_by_role("link", name="report.html").click()
    assert download.value.suggested_filename == "report.html"


@pytest.mark.parametrize("path", PATHS)
def test_no_page_scrolls_sideways_at_320_pixels(busy: APIFlask, agent: User, open_as: OpenAs, path: str) -> None:
    page = open_as(busy, agent, path, width=320)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PATHS)
def test_pages_are_accessible_in_both_themes(
    busy: APIFlask, agent: User, open_as: OpenAs, path: str, scheme: str
) -> None:
    assert axe_violations(open_as(busy, agent, path, color_scheme=scheme)) == []
