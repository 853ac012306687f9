"""The application on a free port, and Chromium signed in to it; a test fails on anything the console complains of."""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Thread
from typing import Any

import pytest
from apiflask import APIFlask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from werkzeug.serving import make_server

from ticketapp.models import User

LiveServer = Callable[[APIFlask], str]
OpenAs = Callable[..., Page]


@dataclass(frozen=True, slots=True)
class _Running:
    app: APIFlask
    url: str


@pytest.fixture
def live_server() -> Iterator[LiveServer]:
    """Serves an application over HTTP until the test ends: ``url = live_server(app)``."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with ExitStack() as stack:

        def serve(app: APIFlask) -> str:
            server = make_server("127.0.0.1", 0, app, threaded=True)
            thread = Thread(target=server.serve_forever, daemon=True)
            thread.start()
            stack.callback(thread.join, 5)
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
            return f"http://127.0.0.1:{server.port}"

        yield serve


@pytest.fixture
def open_as(browser: Browser, live_server: LiveServer) -> Iterator[OpenAs]:
    """Opens a path as a member of staff: ``open_as(app, user, "/tickets", width=390, may_say="404")``.

    The same application is served once. ``may_say`` is part of a console message that this test expects.
    """
    running: list[_Running] = []
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def url_of(app: APIFlask) -> str:
        if not any(each.app is app for each in running):
            running.append(_Running(app, live_server(app)))
        return next(each.url for each in running if each.app is app)

    def open_path(app: APIFlask, user: User, path: str, *, width: int = 1280, **options: Any) -> Page:
        may_say = options.pop("may_say", None)
        context = browser.new_context(base_url=url_of(app), viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        context.add_cookies([{"name": "session", "value": session_of(app, user), "url": url_of(app)}])
        page = context.new_page()
        page.on("console", lambda said: _note(complaints, said, may_say))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_path
    for context in contexts:
        context.close()
    assert complaints == []


def session_of(app: APIFlask, user: User) -> str:
    """The value of the session cookie that signing in as this user sets."""
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = user.get_id(), True
    cookie = client.get_cookie("session")
    assert cookie is not None
    return cookie.value


def _note(complaints: list[str], said: ConsoleMessage, may_say: str | None) -> None:
    is_expected = may_say is not None and may_say in said.text
    if said.type in ("warning", "error") and not is_expected:
        complaints.append(said.text)
