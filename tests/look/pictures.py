"""The pictures of the README, taken of the portal itself in both themes.

python -m tests.look.pictures [NAME…]

The tickets are the demo's, mails and mailboxes made up in pictured.py, and so are the verdicts; no model is asked.
"""

import logging
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from apiflask import APIFlask
from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import make_server

from tests.app_fixtures import add_user, migrated, settings
from tests.browser.conftest import session_of
from tests.look.conftest import QUIET_CHROMIUM
from tests.look.palette import smaller
from tests.look.pictured import Pictured, demo, fill_in
from tests.services.gemini import GeminiServer

FOLDER = Path(__file__).parents[2] / "docs" / "img"
THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A page, what is opened on it before, how much of it is taken (a height, or one part of it), and whose it is."""

    path: Callable[[Pictured], str]
    height: int = 860
    opened: str = ""
    part: str = ""
    is_agents: bool = False


PICTURES = {
    "list": Picture(path=lambda _: "/tickets", is_agents=True),
    "dashboard": Picture(path=lambda _: "/", is_agents=True),
    "ticket": Picture(path=lambda shown: f"/tickets/{shown.ticket_id}", is_agents=True),
    "accuracy": Picture(path=lambda _: "/admin/accuracy", height=1420),
    "ledger": Picture(path=lambda _: "/admin/mail"),
    "quarantine": Picture(path=lambda _: "/admin/mail?state=quarantined"),
    "mailbox": Picture(path=lambda shown: f"/admin/mailboxes/{shown.mailbox_id}"),
    "thread": Picture(path=lambda shown: f"/tickets/{shown.thread_id}", height=1100),
    "html-mail": Picture(path=lambda shown: f"/tickets/{shown.laid_out_id}", opened=".message-html"),
    "proposal": Picture(path=lambda shown: f"/tickets/{shown.classified_id}"),
    "runs": Picture(path=lambda shown: f"/tickets/{shown.classified_id}", opened="#runs", part="#runs"),
    "dry-run": Picture(path=lambda shown: f"/tickets/reclassification/{shown.bulk_id}"),
    "classification": Picture(path=lambda _: "/admin/classification"),
}


def main(names: list[str]) -> None:
    """Take the pictures of these names, or all."""
    wanted = {name: PICTURES[name] for name in names or PICTURES}
    with _portal() as (app, url, shown), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=[*QUIET_CHROMIUM, *(["--no-sandbox"] if os.geteuid() == 0 else [])],
        )
        for theme in THEMES:
            for name, picture in wanted.items():
                page = browser.new_page(color_scheme=theme, viewport={"width": 1280, "height": picture.height})
                page.context.add_cookies(
                    [
                        {
                            "name": "session",
                            "value": session_of(app, shown.agent if picture.is_agents else shown.admin),
                            "url": url,
                        }
                    ]
                )
                page.goto(url + picture.path(shown))
                _take(page, picture, FOLDER / f"{name}-{theme}.png")
                page.close()


def _take(page: Page, picture: Picture, path: Path) -> None:
    page.wait_for_load_state("networkidle")
    if picture.opened:
        page.locator(f"{picture.opened} > summary").first.click()
        page.mouse.move(0, 0)
        page.evaluate("document.activeElement.blur()")
        page.wait_for_load_state("networkidle")
    path.write_bytes(smaller(page.locator(picture.part).screenshot() if picture.part else page.screenshot()))


@contextmanager
def _portal() -> Iterator[tuple[APIFlask, str, Pictured]]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with GeminiServer() as gemini, tempfile.TemporaryDirectory() as folder:
        config = settings(Path(folder), gemini_api_key=gemini.good_key, gemini_base_url=gemini.url)
        app = migrated(config)
        demo(app)
        admin = add_user(app, "ada@parcelroom.example", "Ada", "admin")
        with app.app_context():
            shown = fill_in(gemini, admin)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        Thread(target=server.serve_forever, daemon=True).start()
        yield app, f"http://127.0.0.1:{server.port}", shown
        server.shutdown()


if __name__ == "__main__":
    main(sys.argv[1:])
