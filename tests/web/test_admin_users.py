"""Staff accounts, for admins."""

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from tests.app_fixtures import PASSWORD, add_user, signed_in
from tests.web.browsing import sign_in, words_of
from ticketapp.actions import users
from ticketapp.models import Role, User
from ticketapp.queries import users as people

NEW = {"name": "Bo Berg", "email": "Bo@Example.com", "role": "agent", "password": "a password for bo"}


def shown_password(text: str) -> str:
    """The password that a page shows."""
    return text.partition('id="made-up" value="')[2].partition('"')[0]


def found(app: APIFlask, user_id: int) -> User:
    """The account as it is now."""
    with app.app_context():
        return people.find(user_id)


def test_everybody_is_listed_active_first(app: APIFlask, admin: User, agent: User) -> None:
    add_user(app, "zed@example.com", "Zed", "agent")
    with app.app_context():
        users.deactivate(agent.id, by=admin)

    page = signed_in(app, admin).get("/admin/users").text

    assert page.index("Ada Admin</a>") < page.index("Zed</a>") < page.index("Gil Agent</a>")
    assert "deactivated" in page


def test_a_new_user_can_sign_in(app: APIFlask, admin_client: FlaskClient) -> None:
    answer = admin_client.post("/admin/users", data=NEW)

    assert "Bo Berg can sign in now." in words_of(admin_client.get(answer.location))
    assert sign_in(app.test_client(), "bo@example.com", "a password for bo").status_code == 303


def test_a_made_up_password_is_shown_once_and_works(app: APIFlask, admin_client: FlaskClient) -> None:
    page = admin_client.post("/admin/users", data=NEW | {"password": ""}).text

    password = shown_password(page)
    assert len(password) >= 20
    assert password not in admin_client.get("/admin/users/2").text
    assert sign_in(app.test_client(), "bo@example.com", password).status_code == 303


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"email": "admin@example.com"}, "There is an account for admin@example.com already."),
        ({"email": "bo"}, "Email must be one mail address"),
        ({"email": ""}, "Give the address to sign in with."),
        ({"name": " "}, "Name must not be blank."),
        ({"role": "owner"}, "Choose one of these: "),
        ({"password": "short"}, "at least 10 characters"),
    ],
)
def test_a_bad_value_is_named_and_nobody_is_added(
    app: APIFlask, admin_client: FlaskClient, change: dict[str, str], sentence: str
) -> None:
    answer = admin_client.post("/admin/users", data=NEW | change)

    assert answer.status_code == 422
    assert sentence in words_of(answer)
    with app.app_context():
        assert len(people.everybody()) == 1


def test_a_role_changes_both_ways(app: APIFlask, admin_client: FlaskClient, agent: User) -> None:
    for role in ("admin", "agent"):
        answer = admin_client.post(f"/admin/users/{agent.id}/role", data={"role": role})
        assert f"Gil Agent is an {role} now." in words_of(admin_client.get(answer.location))
        assert found(app, agent.id).role == role


def test_the_last_admin_stays_one(app: APIFlask, admin: User, admin_client: FlaskClient) -> None:
    answer = admin_client.post(f"/admin/users/{admin.id}/role", data={"role": "agent"})

    assert "This is the last active admin" in words_of(admin_client.get(answer.location))
    assert found(app, admin.id).role == Role.ADMIN


def test_whoever_gives_up_the_role_is_led_out(app: APIFlask, admin: User, admin_client: FlaskClient) -> None:
    add_user(app, "second@example.com", "Second", "admin")

    assert admin_client.post(f"/admin/users/{admin.id}/role", data={"role": "agent"}).location == "/account"
    assert admin_client.get("/admin/users").status_code == 403


def test_a_role_that_does_not_exist_is_refused(app: APIFlask, admin_client: FlaskClient, agent: User) -> None:
    assert admin_client.post(f"/admin/users/{agent.id}/role", data={"role": "owner"}).status_code == 422
    assert found(app, agent.id).role == Role.AGENT


def test_deactivation_ends_sessions_and_activation_lets_in_again(
    app: APIFlask, admin_client: FlaskClient, agent: User
) -> None:
    at_work = app.test_client()
    assert sign_in(at_work, "agent@example.com").status_code == 303

    admin_client.post(f"/admin/users/{agent.id}/deactivation")
    assert at_work.get("/account").status_code == 303
    assert sign_in(app.test_client(), "agent@example.com").status_code == 422

    admin_client.post(f"/admin/users/{agent.id}/activation")
    assert at_work.get("/account").status_code == 303
    assert sign_in(app.test_client(), "agent@example.com").status_code == 303


def test_nobody_deactivates_themselves(app: APIFlask, admin: User, admin_client: FlaskClient) -> None:
    answer = admin_client.post(f"/admin/users/{admin.id}/deactivation")

    assert "You cannot deactivate your own account." in words_of(admin_client.get(answer.location))
    assert found(app, admin.id).is_active


def test_a_reset_password_ends_sessions_and_works(app: APIFlask, admin_client: FlaskClient, agent: User) -> None:
    at_work = app.test_client()
    sign_in(at_work, "agent@example.com")

    password = shown_password(admin_client.post(f"/admin/users/{agent.id}/password", data={}).text)

    assert at_work.get("/account").status_code == 303
    assert sign_in(app.test_client(), "agent@example.com", password).status_code == 303


def test_a_typed_password_is_not_shown(app: APIFlask, admin_client: FlaskClient, agent: User) -> None:
    answer = admin_client.post(f"/admin/users/{agent.id}/password", data={"password": "typed by the admin"})

    assert answer.status_code == 303
    assert "typed by the admin" not in admin_client.get(answer.location).text
    assert sign_in(app.test_client(), "agent@example.com", "typed by the admin").status_code == 303


def test_too_short_a_password_is_refused(app: APIFlask, admin_client: FlaskClient, agent: User) -> None:
    answer = admin_client.post(f"/admin/users/{agent.id}/password", data={"password": "short"})

    assert answer.status_code == 422
    assert "at least 10 characters" in words_of(answer)
    assert sign_in(app.test_client(), "agent@example.com", PASSWORD).status_code == 303


def test_ones_own_password_is_not_reset_here(app: APIFlask, admin: User, admin_client: FlaskClient) -> None:
    answer = admin_client.post(f"/admin/users/{admin.id}/password", data={"password": "without the old one"})

    assert "Change your own password on your account page." in words_of(admin_client.get(answer.location))
    assert sign_in(app.test_client(), "admin@example.com", PASSWORD).status_code == 303


@pytest.mark.parametrize("action", ["", "/role", "/activation", "/deactivation", "/password"])
def test_an_account_that_does_not_exist_is_not_found(admin_client: FlaskClient, action: str) -> None:
    address = f"/admin/users/4711{action}"
    answer = admin_client.post(address, data={"role": "agent"}) if action else admin_client.get(address)

    assert answer.status_code == 404
    assert "There is no account 4711." in words_of(answer)
