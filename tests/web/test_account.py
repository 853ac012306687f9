"""One's own account."""

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from tests.app_fixtures import PASSWORD
from tests.web.browsing import csrf_token, sign_in, words_of
from ticketapp.actions import tokens
from ticketapp.models import User
from ticketapp.queries import users

NEW = "four words nobody expects"


@pytest.fixture
def visitor(app: APIFlask, agent: User) -> FlaskClient:
    """The agent, signed in as people sign in."""
    client = app.test_client()
    sign_in(client, "agent@example.com")
    return client


def send(client: FlaskClient, path: str, **fields: str) -> str:
    """Post a form of the account page; its words, or where it leads."""
    answer = client.post(path, data={**fields, "csrf_token": csrf_token(client, "/account")})
    return answer.location or words_of(answer)


def test_a_changed_password_ends_every_other_session_and_keeps_this_one(app: APIFlask, visitor: FlaskClient) -> None:
    elsewhere = app.test_client()
    sign_in(elsewhere, "agent@example.com")

    assert send(visitor, "/account/password", current_password=PASSWORD, password=NEW) == "/account"

    assert "Your password is changed." in words_of(visitor.get("/account"))
    assert elsewhere.get("/account").status_code == 303
    assert sign_in(app.test_client(), "agent@example.com").status_code == 422
    assert sign_in(app.test_client(), "agent@example.com", NEW).status_code == 303


@pytest.mark.parametrize(
    ("current", "new", "sentence"),
    [
        ("wrong", NEW, "This is not your current password."),
        (PASSWORD, "short", "at least 10 characters"),
        ("", NEW, "Give your current password."),
        (PASSWORD, "", "Give a new password."),
    ],
)
def test_a_password_that_cannot_be_changed_says_why_and_stays(
    app: APIFlask, visitor: FlaskClient, current: str, new: str, sentence: str
) -> None:
    assert sentence in send(visitor, "/account/password", current_password=current, password=new)
    assert sign_in(app.test_client(), "agent@example.com").status_code == 303


def test_no_password_is_ever_sent_back(visitor: FlaskClient) -> None:
    form = {
        "current_password": "what was typed",
        "password": "a long new one",
        "csrf_token": csrf_token(visitor, "/account"),
    }
    assert "what was typed" not in visitor.post("/account/password", data=form).text


def test_a_token_is_shown_once_and_works(app: APIFlask, visitor: FlaskClient) -> None:
    form = {"name": "Nightly export", "csrf_token": csrf_token(visitor, "/account")}
    secret = visitor.post("/account/tokens", data=form).text.partition('id="secret" value="')[2].partition('"')[0]

    assert app.test_client().get("/api/tickets/", headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    account = visitor.get("/account").text
    assert "Nightly export" in account
    assert secret not in account
    assert secret[:8] in account


def test_a_revoked_token_is_refused(app: APIFlask, agent: User, visitor: FlaskClient) -> None:
    with app.app_context():
        token, secret = tokens.create_token(agent, "Old script")

    assert send(visitor, f"/account/tokens/{token.id}/revocation") == "/account"

    assert app.test_client().get("/api/tickets/", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    assert "revoked" in words_of(visitor.get("/account"))


def test_a_token_needs_a_name(app: APIFlask, agent: User, visitor: FlaskClient) -> None:
    assert "Name must not be blank." in send(visitor, "/account/tokens", name="   ")
    assert "Say what the token is for." in send(visitor, "/account/tokens", name="")
    with app.app_context():
        assert users.tokens_of(agent.id) == []


def test_nobody_revokes_the_token_of_somebody_else(app: APIFlask, admin: User, visitor: FlaskClient) -> None:
    with app.app_context():
        token, _ = tokens.create_token(admin, "Ada's")

    assert "There is no such token." in send(visitor, f"/account/tokens/{token.id}/revocation")
    with app.app_context():
        assert users.tokens_of(admin.id)[0].revoked_at is None
