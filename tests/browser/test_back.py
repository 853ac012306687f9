"""The Back button: what shows how things stand is shown as it stands now, and what somebody wrote is still there."""

from apiflask import APIFlask
from playwright.sync_api import Page, expect

from tests.app_fixtures import add_user, signed_in
from tests.browser.conftest import OpenAs
from tests.web.opened import opened, proposal, ticket_of
from tests.web.test_admin_mailboxes_form import BY_PASSWORD
from ticketapp.models import User

SETTINGS = "/admin/classification"


def leave(page: Page) -> None:
    """Go on to another page by the masthead."""
    page.get_by_role("link", name="Dashboard", exact=True).click()
    expect(page).to_have_title("Dashboard · TICKETAPP")


def back(page: Page, title: str) -> None:
    """Press Back, and see that the browser fetched the page anew."""
    page.go_back()
    expect(page).to_have_title(f"{title} · TICKETAPP")
    page.wait_for_load_state()
    assert page.evaluate("performance.getEntriesByType('navigation')[0].type") == "back_forward"


def test_saving_settings_after_back_undoes_nothing_that_another_admin_saved(
    app: APIFlask, admin: User, open_as: OpenAs
) -> None:
    page = open_as(app, admin, SETTINGS)
    page.locator("[name=email]").check()
    page.locator("[name=most_examples]").fill("7")
    page.locator("[name=severity_words]").fill("high: flamingo")
    leave(page)
    other = open_as(app, add_user(app, "bob@example.com", "Bob", "admin"), SETTINGS)
    other.locator("[name=iban]").check()
    with other.expect_navigation():
        other.get_by_role("button", name="Save").click()
    back(page, "Classification")
    expect(page.locator("[name=iban]")).to_be_checked()
    expect(page.locator("[name=email]")).not_to_be_checked()
    expect(page.locator("[name=most_examples]")).not_to_have_value("7")
    expect(page.locator("[name=severity_words]")).not_to_have_value("high: flamingo")
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    page.goto(SETTINGS)
    expect(page.locator("[name=iban]")).to_be_checked()


def test_one_press_on_set_after_back_changes_nothing_that_a_colleague_chose(
    app: APIFlask, agent: User, open_as: OpenAs
) -> None:
    opened(app, title="One", proposal=proposal("billing", "high"))
    page = open_as(app, agent, "/tickets/1")
    for name, value in (("category", "account"), ("priority", "low"), ("status", "closed")):
        page.locator(f"#change-{name}").select_option(value)
    page.locator("#change-assignee_id").select_option(str(agent.id))
    leave(page)
    other = open_as(app, add_user(app, "bob@example.com", "Bob", "agent"), "/tickets/1")
    other.get_by_label("Category", exact=True).select_option("technical")
    with other.expect_navigation():
        other.get_by_role("button", name="Set category").click()
    back(page, "#1 One")
    shown = {name: page.locator(f"#change-{name}").input_value() for name in ("category", "priority", "status")}
    assert shown == {"category": "technical", "priority": "high", "status": "open"}
    expect(page.locator("#change-assignee_id")).to_have_value("")
    with page.expect_navigation():
        page.get_by_role("button", name="Set category").click()
    assert ticket_of(app, 1).category == "technical"


def test_an_answer_and_a_note_are_still_there_after_back(app: APIFlask, agent: User, open_as: OpenAs) -> None:
    opened(app, title="One", requester_email="zoe@example.org", requester_name="Zoe")
    page = open_as(app, agent, "/tickets/1")
    page.locator("#reply-text").fill("A new one is on its way.")
    page.locator("#reply-status").select_option("resolved")
    page.get_by_text("Add a note").click()
    page.locator("#note-text").fill("Second this week.")
    leave(page)
    back(page, "#1 One")
    expect(page.locator("#reply-text")).to_have_value("A new one is on its way.")
    expect(page.locator("#reply-status")).to_have_value("resolved")
    expect(page.locator("#note-text")).to_have_value("Second this week.")


def test_a_user_and_a_mailbox_are_shown_as_they_are_after_back(app: APIFlask, admin: User, open_as: OpenAs) -> None:
    bob = add_user(app, "bob@example.com", "Bob", "agent")
    page = open_as(app, admin, f"/admin/users/{bob.id}")
    page.get_by_label("Role").select_option("admin")
    leave(page)
    back(page, "Bob")
    expect(page.get_by_label("Role")).to_have_value("agent")
    assert signed_in(app, admin).post("/admin/mailboxes", data=BY_PASSWORD).status_code == 303
    page.goto("/admin/mailboxes/1/edit")
    page.get_by_label("Port").fill("143")
    page.get_by_label("Connection").select_option("starttls")
    leave(page)
    back(page, "Change billing@example.com@imap.example.com/INBOX")
    expect(page.get_by_label("Port")).to_have_value("993")
    expect(page.get_by_label("Connection")).to_have_value("tls")
