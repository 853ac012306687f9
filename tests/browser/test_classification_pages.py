"""Confirming by one key, and the pages of proposals and trials in a browser: accessible, narrow, live."""

import pytest
from apiflask import APIFlask
from playwright.sync_api import expect

from tests.actions.bulk_work import TEXT, classified, queued, read
from tests.browser.conftest import OpenAs
from tests.look.conftest import axe_violations
from tests.web.opened import AnsweringClassifier, opened, proposal, ticket_of
from ticketapp.actions import bulk, classification
from ticketapp.models import User
from ticketapp.queries.ticket_filter import TicketFilter

JOB = "/tickets/reclassification/1"
REFRESHED_EVERY_MS = 5_000


@pytest.fixture
def judged(app: APIFlask, admin: User) -> APIFlask:
    """Tickets 1 and 2 as the machine set them, 3 by hand with a proposal against it, and a trial that is read."""
    for title in ("One", "Two"):
        opened(app, title=title, description=TEXT, proposal=proposal("technical", "low"))
    opened(app, title="Three", description=TEXT, category="account", priority="low")
    with app.app_context():
        run = classification.reclassify(3, by=admin)
        classification.classify(run.id, AnsweringClassifier(), deadline_seconds=1)
        read(bulk.draft_bulk(TicketFilter(), by=admin).id, AnsweringClassifier())
    return app


def test_one_key_confirms_the_line_that_has_the_focus(judged: APIFlask, admin: User, open_as: OpenAs) -> None:
    page = open_as(judged, admin, "/tickets?category=technical")
    page.keyboard.press("c")
    page.keyboard.press("j")
    page.keyboard.press("c")
    expect(page.get_by_text("You confirmed the category and the priority of ticket 2.")).to_be_visible()
    expect(page.locator("#ticket-2-link")).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator("#ticket-1-link")).to_be_focused()
    assert ticket_of(judged, 2).category_by == "person"
    assert ticket_of(judged, 1).category_by == "machine"


def test_one_key_confirms_on_the_ticket(judged: APIFlask, admin: User, open_as: OpenAs) -> None:
    page = open_as(judged, admin, "/tickets/1")
    page.keyboard.press("c")
    expect(page.get_by_text("You confirmed the category and the priority of ticket 1.")).to_be_visible()
    assert ticket_of(judged, 1).priority_by == "person"


@pytest.mark.parametrize("path", ["/tickets", "/tickets/1", "/tickets/3", JOB, f"{JOB}/undoing"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible_in_both_themes(
    judged: APIFlask, admin: User, open_as: OpenAs, path: str, scheme: str
) -> None:
    if path.endswith("undoing"):
        with judged.app_context():
            bulk.start(1)
    assert axe_violations(open_as(judged, admin, path, color_scheme=scheme)) == []


@pytest.mark.parametrize("path", ["/tickets", "/tickets/3", JOB])
def test_pages_fit_a_narrow_screen(judged: APIFlask, admin: User, open_as: OpenAs, path: str) -> None:
    page = open_as(judged, admin, path, width=320)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_trial_that_goes_on_shows_each_ticket_read_by_itself(app: APIFlask, admin: User, open_as: OpenAs) -> None:
    opened(app, title="One", description=TEXT, proposal=proposal("technical", "low"))
    with app.app_context():
        job_id = bulk.draft_bulk(TicketFilter(), by=admin).id
    page = open_as(app, admin, JOB)
    expect(page.get_by_text("Waits.")).to_be_visible()
    with app.app_context():
        read(job_id, AnsweringClassifier())
    expect(page.get_by_text("Of 1 sampled, 1 would change and 0 would stay as they are.")).to_be_visible(
        timeout=10_000
    )


@pytest.mark.parametrize("width", [1280, 390])
def test_the_start_button_comes_not_under_the_mouse_that_aims_at_a_link(
    app: APIFlask, admin: User, open_as: OpenAs, width: int
) -> None:
    for number in range(4):
        opened(app, title=f"Ticket {number}", description=TEXT, proposal=proposal("technical", "low"))
    with app.app_context():
        job_id = bulk.draft_bulk(TicketFilter(), by=admin).id
    page = open_as(app, admin, JOB, width=width)
    link = page.get_by_role("link", name="See the tickets of this list")
    link.scroll_into_view_if_needed()
    aim = link.bounding_box()
    assert aim is not None
    page.mouse.move(aim["x"] + aim["width"] / 2, aim["y"] + aim["height"] / 2)
    with app.app_context():
        read(job_id, AnsweringClassifier())
    expect(page.get_by_text("There is something new.")).to_be_visible(timeout=10_000)
    assert link.bounding_box() == aim
    page.mouse.down()
    page.mouse.up()
    page.wait_for_url("**/tickets")


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_that_undoes_comes_under_the_mouse_that_aims_at_pause(
    judged: APIFlask, admin: User, open_as: OpenAs, *, width: int
) -> None:
    with judged.app_context():
        bulk.start(1)
        queued(1)
    page = open_as(judged, admin, JOB, width=width)
    aim = page.get_by_role("button", name="Pause").bounding_box()
    assert aim is not None
    with judged.app_context():
        classified(AnsweringClassifier())
    expect(page.get_by_text("Done: 2 of 2 tickets were classified.")).to_be_visible(timeout=10_000)
    expect(page.get_by_role("button", name="Pause")).to_have_count(0)
    page.mouse.click(aim["x"] + aim["width"] / 2, aim["y"] + aim["height"] / 2, click_count=2)
    expect(page.get_by_role("link", name="Undo this job")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Done: 2 of 2 tickets were classified.")).to_be_visible()
    assert axe_violations(page) == []


def test_without_script_the_question_whether_to_undo_stays_while_the_job_goes_on(
    judged: APIFlask, admin: User, open_as: OpenAs
) -> None:
    with judged.app_context():
        bulk.start(1)
        queued(1)
    page = open_as(judged, admin, JOB, java_script_enabled=False)
    page.get_by_role("link", name="Undo this job").click()
    undoing = page.get_by_role("button", name="Undo what it changed")
    undoing.focus()
    page.wait_for_timeout(REFRESHED_EVERY_MS + 1_000)
    expect(undoing).to_be_focused()
    undoing.press("Enter")
    expect(page.get_by_text("What the job changed is being taken back: 0 tickets so far.")).to_be_visible()


@pytest.mark.parametrize("has_script", [True, False])
def test_undoing_asks_once_more_and_is_done_by_keys(
    judged: APIFlask, admin: User, open_as: OpenAs, *, has_script: bool
) -> None:
    with judged.app_context():
        bulk.start(1)
        queued(1)
    page = open_as(judged, admin, JOB, java_script_enabled=has_script)
    expect(page.get_by_role("button", name="Go on")).to_be_disabled()
    page.get_by_role("button", name="Pause").press("Enter")
    expect(page.get_by_text("Paused: 0 of 2 tickets are classified")).to_be_visible()
    expect(page.get_by_role("button", name="Pause")).to_be_disabled()
    page.get_by_role("link", name="Undo this job").press("Enter")
    expect(page.get_by_role("heading", name="Undo this job")).to_be_visible()
    page.get_by_role("button", name="Undo what it changed").press("Enter")
    expect(page.get_by_text("What the job changed is being taken back: 0 tickets so far.")).to_be_visible()
