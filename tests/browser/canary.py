"""A canary for hostile HTML: what a frame ran, asked for, opened or turned into is noted against that frame."""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from urllib.parse import urlsplit

from apiflask import APIFlask
from flask import Response, request
from playwright.sync_api import BrowserContext, Frame, Page, Request

from tests.take_in import PNG

PROVOKE = Path(__file__).with_name("provoke.js").read_text()
# Whatever would ask a person calls out instead; markup can bring no other function of ours to run.
CALLS_OUT = "for (const name of ['alert', 'confirm', 'prompt', 'print', 'msgbox']) window[name] = () => ran()"
STAYS_HERE = ("data:image/", "cid:")
KINDS = {".js": ("text/javascript", b"alert(1)"), ".css": ("text/css", b"*{color:red}"), ".html": ("text/html", b"x")}


@dataclass(slots=True)
class Elsewhere:
    """A stranger's server that answers everything, and what it was asked for."""

    app: APIFlask = field(default_factory=lambda: APIFlask("elsewhere", enable_openapi=False))
    hits: list[str] = field(default_factory=list)
    host: str = ""
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        for rule in ("/", "/<path:path>"):
            self.app.add_url_rule(rule, rule, self._answer, methods=["GET", "POST"])

    def armed(self, vector: str) -> str:
        """The vector with this server in the place of ``evil.example``."""
        return vector.replace("evil.example", self.host)

    def _answer(self, path: str = "") -> Response:
        with self._lock:
            self.hits.append(request.full_path.removesuffix("?"))
        kind, content = KINDS.get(Path(path).suffix, ("image/png", PNG))
        if Path(path).suffix == ".exe":
            return Response(content, headers={"Content-Disposition": "attachment"})
        return Response(content, content_type=kind, headers={"Access-Control-Allow-Origin": "*"})


class Canary:
    """Watches a page whose frames each show one thing; ``harms`` are by the address that a frame began with."""

    def __init__(self, context: BrowserContext, page: Page) -> None:
        self.harms: defaultdict[str, set[str]] = defaultdict(set)
        self._page = page
        self._homes: dict[Frame, str] = {}
        context.expose_binding("ran", lambda source: self._note(source["frame"], "ran"))
        context.add_init_script(CALLS_OUT)
        context.on("page", lambda opened: self._opened(opened))
        page.on("framenavigated", self._navigated)
        page.on("request", self._asked)
        page.on("requestfailed", self._refused)
        page.on("download", lambda download: self.harms["page"].add(f"downloaded {download.url}"))
        page.on("dialog", lambda dialog: (self.harms["page"].add(f"asked {dialog.message}"), dialog.dismiss()))
        page.on("console", lambda said: self._heard(said.text, said.location["url"]))

    def provoke(self) -> None:
        """Open every frame of the page, wait until it is drawn, then touch, press and copy all that is in it."""
        self._page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        self._page.evaluate("document.querySelectorAll('iframe').forEach(each => each.loading = 'eager')")
        for address, seen in self._page.evaluate(PROVOKE):
            self.harms[urlsplit(address).path].update(seen)
        self._page.wait_for_timeout(700)

    def found(self) -> dict[str, list[str]]:
        """What was noted, by path, without what came to nothing."""
        return {path: sorted(harms) for path, harms in self.harms.items() if harms}

    def _home(self, frame: Frame) -> str:
        while frame.parent_frame is not None and frame.parent_frame != self._page.main_frame:
            frame = frame.parent_frame
        return urlsplit(self._homes.get(frame, "page")).path

    def _note(self, frame: Frame, harm: str) -> None:
        self.harms[self._home(frame)].add(harm)

    def _navigated(self, frame: Frame) -> None:
        if frame.url == "about:blank" or frame.parent_frame is None:
            if frame in self._homes and self._homes[frame] != frame.url:
                self.harms["page"].add(f"turned into {frame.url}")
            if frame.parent_frame is None:
                self._homes[frame] = frame.url
        elif self._homes.setdefault(frame, frame.url) != frame.url or frame.parent_frame.parent_frame is not None:
            self._note(frame, f"turned into {frame.url}")

    def _asked(self, asked: Request) -> None:
        frame = asked.frame
        is_first = asked.is_navigation_request() and frame not in self._homes
        own_pictures = self._homes.get(frame, "").removesuffix("html") + "pictures/"
        if frame != self._page.main_frame and not is_first and not asked.url.startswith((*STAYS_HERE, own_pictures)):
            self._note(frame, f"asked for {asked.url}")

    def _refused(self, asked: Request) -> None:
        if asked.failure == "csp":
            self.harms[self._home(asked.frame)].discard(f"asked for {asked.url}")

    def _opened(self, opened: Page) -> None:
        self.harms["page"].add(f"opened {opened.url}")
        opened.close()

    def _heard(self, text: str, address: str) -> None:
        if "Blocked script execution" in text or "Content Security Policy" in text:
            self.harms[urlsplit(address).path].add(f"held back only by the frame: {text}")
