"""The settings page of the classification: what is shown, saved, refused, tried out, and written down."""

import html
import re

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from tests.app_fixtures import MakeApp, add_user, signed_in
from tests.services.gemini import GeminiServer
from tests.web.browsing import words_of
from ticketapp.ai import MaskedKind
from ticketapp.db import db
from ticketapp.queries import classification_settings
from ticketapp.queries.classification_settings import Settings

PATH = "/admin/classification"
FORM = {
    "model": "gemini-9-flash",
    "card": "y",
    "email": "y",
    "most_examples": "5",
    "severity_words": "high: flamingo",
    "asks_after_edit": "y",
}


@pytest.fixture
def ai_app(make_sqlite_app: MakeApp, gemini: GeminiServer) -> APIFlask:
    return make_sqlite_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url)


@pytest.fixture
def client(ai_app: APIFlask) -> FlaskClient:
    return signed_in(ai_app, add_user(ai_app, "ada@example.com", "Ada Admin", "admin"))


def settings_of(app: APIFlask) -> Settings:
    with app.app_context():
        return classification_settings.current()


def checked(page: TestResponse) -> set[str]:
    """The names of the boxes that are ticked."""
    boxes = re.findall(r'<input[^>]*type="checkbox"[^>]*>', page.text)
    return {re.sub(r'.* name="(\w+)".*', r"\1", box) for box in boxes if " checked" in box and " name=" in box}


def test_it_shows_the_defaults_with_the_model_of_the_environment(client: FlaskClient) -> None:
    page = client.get(PATH)
    assert checked(page) == {"card", "secret", "gives_examples"}
    assert "Empty: gemini-3.5-flash-lite, as the environment says." in words_of(page)
    assert "critical: data breach" in words_of(page)
    assert "Nobody has changed anything" in words_of(page)


def test_what_is_saved_counts_is_shown_again_and_written_down(ai_app: APIFlask, client: FlaskClient) -> None:
    response = client.post(PATH, data=FORM)
    assert (response.status_code, response.location) == (303, PATH)
    assert settings_of(ai_app) == Settings(
        model="gemini-9-flash",
        masked=frozenset({MaskedKind.CARD, MaskedKind.EMAIL}),
        gives_examples=False,
        most_examples=5,
        severity_words="high: flamingo",
        asks_after_edit=True,
    )
    page = client.get(PATH)
    assert checked(page) == {"card", "email", "asks_after_edit"}
    told = words_of(page)
    assert "Saved. It counts from the next ticket on." in told
    assert "Ada Admin changed the model from the one of the environment to gemini-9-flash." in told
    assert "changed what is masked from card, secret to card, email." in told
    assert "changed the severity words: 1 added (flamingo: high)" in told


def test_two_admins_do_not_undo_each_other_unseen(ai_app: APIFlask, client: FlaskClient) -> None:
    assert 'name="seen" type="hidden" value="0"' in client.get(PATH).text
    client.post(PATH, data=FORM | {"seen": "0"})
    late = client.post(PATH, data={"most_examples": "7", "seen": "0", "severity_words": "high: stork"})
    assert late.status_code == 409
    assert "The settings were changed since you opened this page" in words_of(late)
    assert settings_of(ai_app).most_examples == 5
    seen = re.search(r'name="seen" type="hidden" value="(\d+)"', late.text)
    assert seen is not None
    again = client.post(PATH, data={"most_examples": "7", "seen": seen[1], "severity_words": "high: stork"})
    assert again.status_code == 303
    assert settings_of(ai_app).most_examples == 7


def test_saving_the_page_as_it_is_changes_nothing(ai_app: APIFlask, client: FlaskClient) -> None:
    words = re.search(r"<textarea[^>]*>(.*?)</textarea>", client.get(PATH).text, re.DOTALL)
    assert words is not None
    same = {
        "card": "y",
        "secret": "y",
        "gives_examples": "y",
        "most_examples": "3",
        "severity_words": html.unescape(words[1]),
    }
    client.post(PATH, data=same)
    assert "Nothing was changed." in words_of(client.get(PATH))
    assert settings_of(ai_app) == Settings()


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("model", "no model", "That is no name of a model"),
        ("most_examples", "many", "Give a whole number, in digits."),
        ("most_examples", "", "Give a whole number"),
        ("most_examples", "9", "Give 1 to 8 examples"),
        ("severity_words", "fire", "Line 1 is neither"),
    ],
)
@pytest.mark.parametrize("path", [PATH, f"{PATH}/trial"])
def test_what_cannot_be_is_refused_where_it_was_typed_and_keeps_the_rest(
    ai_app: APIFlask, client: FlaskClient, gemini: GeminiServer, path: str, field: str, value: str, problem: str
) -> None:
    page = client.post(path, data={**FORM, field: value})
    assert page.status_code == 422
    assert problem in words_of(page)
    assert checked(page) == {"card", "email", "asks_after_edit"}
    assert settings_of(ai_app) == Settings()
    assert gemini.requests == []


def test_the_test_makes_one_real_call_with_what_is_typed_and_saves_nothing(
    ai_app: APIFlask, client: FlaskClient, gemini: GeminiServer
) -> None:
    page = client.post(f"{PATH}/trial", data=FORM)
    told = words_of(page)
    assert re.search(r"It works\. gemini-9-flash answered in [\d,]+ ms: \w+, \w+, 83% sure\.", told)
    assert "900 tokens in, 45 out" in told
    assert [asked.model for asked in gemini.requests] == ["gemini-9-flash"]
    assert "[card number]" in gemini.requests[0].text
    assert "example.com" not in gemini.requests[0].text
    assert settings_of(ai_app) == Settings()


@pytest.mark.parametrize(
    ("behaviour", "cause"),
    [
        ("404", "Gemini does not know the model that is set"),
        ("400", "Gemini refused the API key"),
        ("429", "Gemini is limiting how often we may ask"),
        ("drop", "Gemini could not be reached"),
        ("prose", "answer could not be read"),
    ],
)
def test_a_failed_test_says_why_in_plain_words(
    client: FlaskClient, gemini: GeminiServer, behaviour: str, cause: str
) -> None:
    gemini.next(behaviour)
    told = words_of(client.post(f"{PATH}/trial", data=FORM))
    assert "It failed." in told
    assert cause in told
    assert "gemini-9-flash, after " in told


def test_without_a_key_the_test_says_so(admin_client: FlaskClient) -> None:
    told = words_of(admin_client.post(f"{PATH}/trial", data=FORM))
    assert "It failed. No Gemini API key is set, so nothing was asked." in told
    assert "none, after" not in told


def test_it_can_be_tested_six_times_a_minute(client: FlaskClient, gemini: GeminiServer) -> None:
    answers = [client.post(f"{PATH}/trial", data=FORM) for _ in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 6 + [429]
    assert "tested too often" in words_of(answers[-1])
    assert 'value="gemini-9-flash"' in answers[-1].text
    assert len(gemini.requests) == 6


def test_it_is_for_admins(agent_client: FlaskClient) -> None:
    assert agent_client.get(PATH).status_code == 403
    assert agent_client.post(PATH, data=FORM).status_code == 403
    assert agent_client.post(f"{PATH}/trial", data=FORM).status_code == 403


def test_it_says_where_postgresql_cannot_compare_texts(make_postgres_app: MakeApp) -> None:
    app = make_postgres_app()
    client = signed_in(app, add_user(app, "ada@example.com", "Ada", "admin"))
    assert "The newest 500 decided ones" in words_of(client.get(PATH))
    with app.app_context():
        db.session.execute(text("DROP EXTENSION pg_trgm CASCADE"))
        db.session.commit()
    assert "This PostgreSQL has no pg_trgm" in words_of(client.get(PATH))
