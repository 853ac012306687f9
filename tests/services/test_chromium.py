"""The browser the tests drive."""

from pathlib import Path

from playwright.sync_api import Page


def test_it_runs_scripts_and_takes_pictures(page: Page, tmp_path: Path) -> None:
    page.set_content("<title>Ticket</title><h1></h1><script>document.querySelector('h1').append(6 * 7)</script>")
    assert page.get_by_role("heading").inner_text() == "42"
    page.screenshot(path=tmp_path / "page.png")
    assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")
