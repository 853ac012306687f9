"""The office on a free port, and Chromium told to keep to this machine."""

import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Thread

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page
from werkzeug.serving import make_server

from tests.look.office import ROOT, State, build, sample_rows

AXE = ROOT / "tests/vendor/axe-4.14.1.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
QUIET_CHROMIUM = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@dataclass(frozen=True, slots=True)
class Office:
    """A running office: its address and what the test may change in it."""

    url: str
    state: State


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {
        **browser_type_launch_args,
        "executable_path": os.environ.get("CHROMIUM", "/usr/bin/chromium"),
        "args": [*QUIET_CHROMIUM, *as_root],
    }


@pytest.fixture
def office() -> Iterator[Office]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    state = State(rows=sample_rows())
    server = make_server("127.0.0.1", 0, build(state), threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Office(f"http://127.0.0.1:{server.port}", state)
    server.shutdown()
    thread.join(5)


@pytest.fixture
def open_page(browser: Browser, office: Office) -> Iterator[Callable[..., Page]]:
    """Open a path of the office in a context of its own; fails at the end on any console complaint but `may_say`."""
    complaints: list[str] = []
    contexts = []

    def open_path(path: str, width: int = 1280, may_say: str | None = None, **context_options: object) -> Page:
        def note(message: ConsoleMessage) -> None:
            is_expected = may_say is not None and may_say in message.text
            if message.type in ("warning", "error") and not is_expected:
                complaints.append(message.text)

        context = browser.new_context(viewport={"width": width, "height": 900}, **context_options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(office.url + path)
        return page

    yield open_path
    for context in contexts:
        context.close()
    assert complaints == []


def axe_violations(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA on the page, as "rule: elements"."""
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "async (rules) => (await axe.run({runOnly: rules}))"
        ".violations.map(each => each.id + ': ' + each.nodes.map(node => node.html.slice(0, 120)).join(' | '))",
        RULES,
    )
    return list(found)
