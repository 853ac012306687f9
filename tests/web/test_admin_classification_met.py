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
HEADING = "Changed meanwhile as well"
MODEL_OF_BO = "Bo set it to gemini-b meanwhile. Saving puts yours in its place."


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
    assert shown(page) == {
        **form,
        "seen": "2",
        "opened_at": "0",
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


@pytest.fixture
def met(ada: FlaskClient, bo: FlaskClient) -> dict[str, str]:
    """What Ada's form holds after a first refusal: Bo set another model and other words than she did."""
    form = shown(ada.get(PATH))
    saved(bo, {**form, "model": "gemini-b", "severity_words": "high: stork", "most_examples": "5"})
    return shown(refused(ada, {**form, "model": "gemini-a", "severity_words": "high: heron"}))


@pytest.mark.parametrize(
    ("path", "also", "status"),
    [(f"{PATH}/trial", {}, 200), (PATH, {"severity_words": "no priority"}, 422), (PATH, {"most_examples": "x"}, 422)],
)
def test_pages_in_between_tell_again_what_the_other_set(
    ada: FlaskClient, met: dict[str, str], path: str, also: dict[str, str], status: int
) -> None:
    page = ada.post(path, data=met | also)
    assert page.status_code == status
    assert MODEL_OF_BO in words_of(page)
    assert "The words that are saved now high: stork" in words_of(page)
    assert shown(page) == met | also, "what she chose stays as it is"
    assert (HEADING in page.text) is (status == 200)
    assert ("The form needs a correction" in page.text) is (status == 422)


def test_a_second_refusal_tells_of_the_first_as_well(app: APIFlask, ada: FlaskClient, met: dict[str, str]) -> None:
    cy = signed_in(app, add_user(app, "cy@example.com", "Cy", "admin"))
    saved(cy, shown(cy.get(PATH)) | {"severity_words": "high: crane", "asks_after_edit": "y"})
    page = refused(ada, met)
    told = words_of(page)
    assert MODEL_OF_BO in told
    assert "Cy changed them meanwhile, to those below." in told
    assert "The words that are saved now high: crane" in told
    assert "asks_after_edit" in shown(page)
    saved(ada, shown(page))
    now = settings_of(app)
    assert (now.model, now.severity_words, now.most_examples) == ("gemini-a", "high: heron", 5)
    assert now.asks_after_edit


def test_what_was_taken_over_and_put_back_on_purpose_stays_and_is_told(
    app: APIFlask, ada: FlaskClient, met: dict[str, str]
) -> None:
    assert met["most_examples"] == "5"
    page = ada.post(f"{PATH}/trial", data=met | {"most_examples": "3"})
    assert "At most so many examples: Bo set it to 5 meanwhile." in words_of(page)
    saved(ada, shown(page))
    assert settings_of(app).most_examples == 3
    assert MARK not in ada.get(PATH).text


@pytest.mark.parametrize("name", ["seen", "opened_at"])
@pytest.mark.parametrize("number", [str(2**63), "-1", "9" * 30])
def test_a_revision_that_cannot_be_is_refused(ada: FlaskClient, name: str, number: str) -> None:
    page = ada.post(PATH, data=shown(ada.get(PATH)) | {name: number, "most_examples": "x"})
    assert page.status_code == 422
    assert "Not a valid integer value." in words_of(page)
