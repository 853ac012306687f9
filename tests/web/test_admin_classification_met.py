"""Two admins who change the settings of classification at once: neither undoes the other unknowingly."""

import html
import re

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.app_fixtures import add_user, signed_in
from tests.web.browsing import words_of
from ticketapp.ai import MaskedKind
from ticketapp.queries import classification_settings
from ticketapp.queries.classification_settings import Settings

PATH = "/admin/classification"
MARK = 'aria-invalid="true"'
HEADING = "Both of you changed"


@pytest.fixture
def ada(app: APIFlask) -> FlaskClient:
    return signed_in(app, add_user(app, "ada@example.com", "Ada", "admin"))


@pytest.fixture
def bo(app: APIFlask) -> FlaskClient:
    return signed_in(app, add_user(app, "bo@example.com", "Bo", "admin"))


def shown(page: TestResponse) -> dict[str, str]:
    """What a browser would send of the form as the page shows it."""
    form = page.text.split("<main")[1].split('<form class="stack"')[1].split("</form>")[0]
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        if 'type="checkbox"' in tag and " checked" not in tag:
            continue
        name, value = re.search(r'name="(\w+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and name[1] != "csrf_token":
            found[name[1]] = html.unescape(value[1]) if value else ""
    words = re.search(r"<textarea[^>]*>(.*?)</textarea>", form, re.DOTALL)
    assert words
    lines = html.unescape(words[1]).removeprefix("\r\n").splitlines()
    return {**found, "severity_words": "\r\n".join(lines)}


def without(form: dict[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in form.items() if name not in names}


def saved(client: FlaskClient, form: dict[str, str]) -> None:
    assert client.post(PATH, data=form).status_code == 303


def refused(client: FlaskClient, form: dict[str, str]) -> TestResponse:
    page = client.post(PATH, data=form)
    assert page.status_code == 409
    return page


def settings_of(app: APIFlask) -> Settings:
    with app.app_context():
        return classification_settings.current()


def test_the_ticks_of_both_are_kept(app: APIFlask, ada: FlaskClient, bo: FlaskClient) -> None:
    form = shown(ada.get(PATH))
    saved(bo, {**without(form, "secret", "gives_examples"), "phone": "y", "asks_after_reply": "y"})
    page = refused(ada, {**form, "email": "y"})
    assert MARK not in page.text
    assert HEADING not in page.text
    assert "Nothing was saved yet." in words_of(page)
    saved(ada, shown(page))
    assert settings_of(app) == Settings(
        masked=frozenset({MaskedKind.CARD, MaskedKind.PHONE, MaskedKind.EMAIL}),
        gives_examples=False,
        asks_after_reply=True,
    )


def test_what_was_typed_by_one_alone_is_taken_and_changed_alike_is_no_conflict(
    app: APIFlask, ada: FlaskClient, bo: FlaskClient
) -> None:
    form = shown(ada.get(PATH))
    saved(bo, {**form, "model": "gemini-b", "severity_words": "high: stork", "most_examples": "5"})
    page = refused(ada, {**form, "most_examples": "5", "asks_after_edit": "y"})
    assert MARK not in page.text
    saved(ada, shown(page))
    assert settings_of(app) == Settings(
        model="gemini-b", severity_words="high: stork", most_examples=5, asks_after_edit=True
    )


def test_what_both_changed_is_marked_with_what_the_other_set(
    app: APIFlask, ada: FlaskClient, bo: FlaskClient
) -> None:
    form = shown(ada.get(PATH))
    saved(bo, {**form, "model": "gemini-b", "severity_words": "high: stork"})
    page = refused(ada, {**form, "model": "gemini-a", "severity_words": "high: heron", "most_examples": "6"})
    told = words_of(page)
    assert HEADING in told
    assert "Model (optional): Bo set it to gemini-b meanwhile. Saving puts yours in its place." in told
    assert "Bo changed them meanwhile, to those below. Saving puts yours in their place." in told
    assert "The words that are saved now high: stork" in told
    assert page.text.count(MARK) == 2
    assert {**shown(page), "seen": "0"} == {
        **form,
        "model": "gemini-a",
        "severity_words": "high: heron",
        "most_examples": "6",
    }
    saved(ada, shown(page))
    assert settings_of(app) == Settings(model="gemini-a", severity_words="high: heron", most_examples=6)


def test_words_that_were_all_taken_out_are_told_as_that(ada: FlaskClient, bo: FlaskClient) -> None:
    form = shown(ada.get(PATH))
    saved(bo, {**form, "severity_words": ""})
    told = words_of(refused(ada, {**form, "severity_words": "high: heron"}))
    assert "Bo took all of them out meanwhile. Saving puts yours in their place." in told
    assert "The words that are saved now" not in told


def test_what_was_changed_and_changed_back_is_none(app: APIFlask, ada: FlaskClient, bo: FlaskClient) -> None:
    form = shown(ada.get(PATH))
    saved(bo, {**form, "model": "gemini-b"})
    saved(bo, shown(bo.get(PATH)) | {"model": ""})
    page = refused(ada, {**form, "model": "gemini-a"})
    assert MARK not in page.text
    saved(ada, shown(page))
    assert settings_of(app) == Settings(model="gemini-a")
