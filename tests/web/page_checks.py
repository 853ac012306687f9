"""A test client that checks every page it fetches: whatever a test is about, no page may break these rules."""

from collections import Counter
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

LABELLED = frozenset({"input", "select", "textarea"})
UNLABELLED_KINDS = frozenset({"hidden", "submit", "button", "reset", "image"})
STATES = frozenset({"checkbox", "radio"})
REFERENCES = ("for", "aria-describedby", "aria-labelledby")
VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)


class CheckedClient(FlaskClient):
    """A browser that fails the test on a page that breaks a rule of the house."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        found = complaints(response)
        assert found == [], f"{response.request.path}: {'; '.join(found)}"
        return response


def complaints(response: TestResponse) -> list[str]:
    """What is wrong with a response that is a page or a fragment of ours; a customer's mail is not ours."""
    is_mail = "sandbox" in response.headers.get("Content-Security-Policy", "")
    if response.mimetype != "text/html" or is_mail or 300 <= response.status_code < 400 or not response.data:
        return []
    return page_complaints(response.get_data(as_text=True))


def page_complaints(html: str) -> list[str]:
    """What is wrong with a page or fragment."""
    page = _Page()
    page.feed(html)
    page.close()
    found = [*page.found, *_of_ids(page), *_of_labels(page)]
    return found + _of_whole_page(page) if html.lstrip().lower().startswith("<!doctype") else found


class _Page(HTMLParser):
    """Gathers what the rules are about."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.ids: list[str] = []
        self.referenced: list[str] = []
        self.headings = 0
        self.title = ""
        self.language = ""
        self.controls: list[dict[str, str]] = []
        self.labelled: set[str] = set()
        self._open: list[str] = []
        self._form_without_token: str | None = None
        self._posts = _Posts()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._open.append(tag)
        self._note_names(tag, attributes)
        self._note_policy(tag, attributes)
        self._posts.note(tag, attributes)
        self._note_form(tag, attributes)
        self.headings += tag == "h1"
        if tag == "html":
            self.language = attributes.get("lang", "")
        if tag == "img" and "alt" not in attributes:
            self.found.append("an image has no alternative text")

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self._open or self._open[-1] != tag:
            self.found.append(f"</{tag}> closes {self._open[-1:] or 'nothing'}")
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        if tag == "form" and self._form_without_token is not None:
            self.found.append(f"the form to {self._form_without_token} carries no CSRF token")
            self._form_without_token = None
        if tag == "form":
            self.found += self._posts.restored()
            self._posts = _Posts()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open[-1:] == ["title"] and "svg" not in self._open:
            self.title += data
        if self._open[-1:] == ["script"] and data.strip():
            self.found.append("a script is written into the page")

    def _note_names(self, tag: str, attributes: dict[str, str]) -> None:
        if "id" in attributes:
            self.ids.append(attributes["id"])
        for name in REFERENCES:
            self.referenced += attributes.get(name, "").split()
        if tag == "label":
            self.labelled.add(attributes.get("for", ""))
        if tag in LABELLED and attributes.get("type", "text") not in UNLABELLED_KINDS:
            self.controls.append(attributes | {"inside label": "yes" if "label" in self._open else ""})

    def _note_policy(self, tag: str, attributes: dict[str, str]) -> None:
        """What the content policy would refuse to run."""
        if tag == "style" or "style" in attributes:
            self.found.append(f"<{tag}> brings a style of its own")
        self.found += [f"<{tag}> has {name}" for name in attributes if name.startswith(("on", "hx-on"))]
        self.found += [
            f"<{tag}> runs a script address" for value in attributes.values() if value.startswith("javascript:")
        ]

    def _note_form(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "form" and attributes.get("method", "get").lower() == "post":
            self._form_without_token = attributes.get("action", "this page")
        if tag == "input" and attributes.get("name") == "csrf_token" and attributes.get("value"):
            self._form_without_token = None


class _Posts:
    """What the Back button would bring back in a form that posts, though it may stand otherwise by then."""

    def __init__(self) -> None:
        self.is_open = False
        self.is_guarded = False
        self.states: list[str] = []
        self.words: list[str] = []

    def note(self, tag: str, attributes: dict[str, str]) -> None:
        """Take in a start tag."""
        is_off = attributes.get("autocomplete") == "off"
        if tag == "form":
            self.is_open = attributes.get("method", "get").lower() == "post" and not is_off
        kind, name = attributes.get("type", "text"), attributes.get("name", "")
        self.is_guarded |= kind == "hidden" and name == "seen"
        if tag not in LABELLED or kind in UNLABELLED_KINDS or is_off:
            return
        (self.states if tag == "select" or kind in STATES else self.words).append(name)

    def restored(self) -> list[str]:
        """The complaints, once the form is at its end."""
        names = self.states + (self.words if self.is_guarded else [])
        return [f"the Back button restores {name!r}" for name in names] if self.is_open else []


def _of_ids(page: _Page) -> list[str]:
    twice = [f"the id {name!r} is given {count} times" for name, count in Counter(page.ids).items() if count > 1]
    lost = sorted(set(page.referenced) - set(page.ids))
    return twice + [f"nothing has the id {name!r} that is referred to" for name in lost]


def _of_labels(page: _Page) -> list[str]:
    return [
        f"the control {control.get('name') or control.get('id') or '?'!r} has no label"
        for control in page.controls
        if not (
            control["inside label"]
            or control.get("aria-label")
            or control.get("aria-labelledby")
            or control.get("id", "") in page.labelled - {""}
        )
    ]


def _of_whole_page(page: _Page) -> list[str]:
    found = []
    if not page.title.split("·")[0].strip():
        found.append("the page has no title")
    if page.headings != 1:
        found.append(f"the page has {page.headings} h1 headings")
    if not page.language:
        found.append("the page does not say its language")
    return found
