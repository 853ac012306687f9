"""What a member of staff does in the browser, step by step; shared by the journeys."""

from playwright.sync_api import Page, expect

SECONDS = 1000


def sign_in(page: Page, url: str, email: str, password: str) -> None:
    """Sign in from the page that a stranger is led to."""
    page.goto(url)
    page.get_by_label("Mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()


def see_in_open_list(page: Page, title: str, *, within_seconds: float) -> None:
    """The list is open; the ticket shows up in it without a reload."""
    expect(page.get_by_role("link", name=title).first).to_be_visible(timeout=within_seconds * SECONDS)


def open_ticket(page: Page, title: str) -> None:
    """Open a ticket from the list."""
    page.get_by_role("link", name=title).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)


def see_classified(page: Page, category: str, priority: str, *, within_seconds: float) -> None:
    """Reload until the facts show what the machine chose."""
    facts = page.locator("#facts")
    for _ in range(int(within_seconds * 2)):
        text = facts.inner_text().lower()
        if category in text and priority in text and "unclassified" not in text:
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError(f"not {category} and {priority} within {within_seconds} s: {facts.inner_text()}")


def see_runs_done(page: Page, count: int, *, within_seconds: float) -> None:
    """Reload until the panel has so many runs and each has ended; until then another press asks for none."""
    runs = page.locator("#runs tbody tr")
    for _ in range(int(within_seconds * 2)):
        found = runs.all_text_contents()
        if len(found) == count and not any("Waiting." in text or "Being read now." in text for text in found):
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError(f"not {count} runs done within {within_seconds} s: {runs.all_text_contents()}")


def answer(page: Page, text: str) -> None:
    """Answer the requester."""
    page.locator("textarea[data-shortcut='r']").fill(text)
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_role("region", name="Conversation")).to_contain_text(text)


def reclassify(page: Page) -> None:
    """Press the admin's button."""
    with page.expect_navigation():
        page.get_by_role("button", name="Reclassify").click()


def choose(page: Page, field: str, value: str) -> None:
    """Set status, category or priority by hand."""
    page.locator(f"#change-{field}").select_option(value)
    with page.expect_navigation():
        page.get_by_role("button", name=f"Set {field}").click()
    expect(page.locator(f"#change-{field}")).to_have_value(value)


def be_refused_a_long_search(page: Page, url: str) -> None:
    """Ask for far more words than a filter takes; the answer is a page of ours."""
    page.goto(f"{url}?search={'a' * 5_000}")
    expect(page.get_by_role("heading", level=1)).to_have_text("This cannot be taken")
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
