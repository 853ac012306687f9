"""Signing in and out."""

from collections.abc import Callable

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from tests.app_fixtures import PASSWORD, MakeApp, add_user
from tests.web.browsing import csrf_token, sign_in, words_of
from ticketapp.actions import users
from ticketapp.models import User

WRONG = "not the password at all"


@pytest.fixture
def visitor(app: APIFlask, admin: User, agent: User) -> FlaskClient:
    """Somebody not signed in, at an installation with two members of staff."""
    return app.test_client()


def test_right_words_lead_to_the_dashboard(visitor: FlaskClient) -> None:
    answer = sign_in(visitor, "admin@example.com")

    assert (answer.status_code, answer.location) == (303, "/")
    assert visitor.get("/account").status_code == 200


def test_letter_case_and_spaces_of_the_address_do_not_matter(visitor: FlaskClient) -> None:
    assert sign_in(visitor, "  Admin@EXAMPLE.com ").status_code == 303


def test_one_comes_back_to_the_page_that_asked(visitor: FlaskClient) -> None:
    refused = visitor.get("/admin/mail?state=received")
    assert refused.status_code == 303

    assert refused.location == "/session/new?next=/admin/mail?state%3Dreceived"
    page = visitor.get(refused.location)
    assert 'name="next" type="hidden" value="/admin/mail?state=received"' in page.text
    assert (
        sign_in(visitor, "admin@example.com", then="/admin/mail?state=received").location
        == "/admin/mail?state=received"
    )


@pytest.mark.parametrize("then", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_nobody_is_led_to_another_site(visitor: FlaskClient, then: str) -> None:
    page = visitor.get("/session/new", query_string={"next": then})
    assert 'name="next" type="hidden" value="/"' in page.text
    assert sign_in(visitor, "admin@example.com", then=then).location == "/"


def test_whoever_is_signed_in_is_sent_on(visitor: FlaskClient) -> None:
    sign_in(visitor, "admin@example.com")

    assert visitor.get("/session/new").location == "/"
    assert visitor.get("/session/new?next=/account").location == "/account"
    assert visitor.get("/session/new?next=//evil.example").location == "/"


def test_unknown_wrong_and_deactivated_look_the_same(app: APIFlask, admin: User, agent: User) -> None:
    with app.app_context():
        users.deactivate(agent.id, by=admin)
    answers = [
        sign_in(app.test_client(), email, password)
        for email, password in [
            ("nobody@example.com", WRONG),
            ("admin@example.com", WRONG),
            ("agent@example.com", WRONG),
            ("agent@example.com", PASSWORD),
        ]
    ]

    assert {answer.status_code for answer in answers} == {422}
    assert len({words_of(answer) for answer in answers}) == 1
    assert len({len(answer.headers) for answer in answers}) == 1


def test_every_refusal_costs_one_check_of_an_equally_slow_hash(
    app: APIFlask, admin: User, agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        users.deactivate(agent.id, by=admin)
    checked: list[str] = []
    check: Callable[[str, str], bool] = users.check_password_hash

    def counting(password_hash: str, password: str) -> bool:
        checked.append(password_hash.split("$")[0])
        return check(password_hash, password)

    monkeypatch.setattr(users, "check_password_hash", counting)
    for email in ("nobody@example.com", "admin@example.com", "agent@example.com", "", "nul\0@example.com"):
        assert sign_in(app.test_client(), email, WRONG).status_code == 422

    assert checked == [admin.password_hash.split("$")[0]] * 5


def test_a_session_fixed_before_sign_in_is_worth_nothing_after(visitor: FlaskClient) -> None:
    before = csrf_token(visitor)
    planted = visitor.get_cookie("session")
    assert planted is not None
    with visitor.session_transaction() as session:
        session["planted"] = "by somebody else"

    sign_in(visitor, "admin@example.com")

    with visitor.session_transaction() as session:
        assert "planted" not in session
    assert visitor.get_cookie("session").value != planted.value
    assert visitor.post("/theme", data={"theme": "dark", "csrf_token": before}).status_code == 400
    other = visitor.application.test_client()
    other.set_cookie("session", planted.value)
    assert other.get("/account").status_code == 303


def test_the_session_lasts_fourteen_days_and_is_kept_from_scripts(visitor: FlaskClient) -> None:
    sign_in(visitor, "admin@example.com")

    cookie = visitor.get_cookie("session")
    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    with visitor.session_transaction() as session:
        assert session.permanent
    assert visitor.application.permanent_session_lifetime.days == 14


def test_reading_a_page_does_not_prolong_the_session(visitor: FlaskClient) -> None:
    sign_in(visitor, "admin@example.com")
    visitor.get("/account")

    assert "Set-Cookie" not in visitor.get("/account").headers


def test_behind_https_the_cookie_is_bound_to_this_host(make_sqlite_app: MakeApp) -> None:
    app = make_sqlite_app(public_url="https://support.example.com")
    add_user(app, "admin@example.com", "Ada", "admin")
    visitor = app.test_client()
    token = csrf_token_over_https(visitor)
    answer = visitor.post(
        "/session",
        base_url="https://localhost",
        data={"email": "admin@example.com", "password": PASSWORD, "csrf_token": token},
    )

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


def csrf_token_over_https(visitor: FlaskClient) -> str:
    page = visitor.get("/session/new", base_url="https://localhost")
    return page.text.partition('name="csrf_token" value="')[2].partition('"')[0]


def test_signing_out_ends_the_session_also_for_a_copied_cookie(visitor: FlaskClient) -> None:
    sign_in(visitor, "admin@example.com")
    copied = visitor.get_cookie("session")
    assert copied is not None

    answer = visitor.post("/session/destroy", data={"csrf_token": csrf_token(visitor, "/account")})

    assert answer.location == "/session/new"
    assert "You are signed out" in visitor.get("/session/new").text
    assert visitor.get("/account").status_code == 303
    thief = visitor.application.test_client()
    thief.set_cookie("session", copied.value)
    assert thief.get("/account").status_code == 303


def test_signing_out_twice_is_no_error(visitor: FlaskClient) -> None:
    assert visitor.post("/session/destroy", data={"csrf_token": csrf_token(visitor)}).status_code == 303


def test_a_deactivated_account_is_out_at_once(app: APIFlask, admin: User, agent: User) -> None:
    visitor = app.test_client()
    sign_in(visitor, "agent@example.com")
    assert visitor.get("/account").status_code == 200

    with app.app_context():
        users.deactivate(agent.id, by=admin)

    assert visitor.get("/account").status_code == 303


def test_a_forged_session_key_is_refused(visitor: FlaskClient, admin: User) -> None:
    for key in ("1", f"{admin.id}:99", ":", f"{admin.id}:", "x:y", f"{2**70}:0", f"{admin.id}:{2**40}", "٣:0"):
        with visitor.session_transaction() as session:
            session["_user_id"] = key
        assert visitor.get("/account").status_code == 303, key


def test_what_is_sent_after_the_session_ended_is_told_to_be_lost(visitor: FlaskClient) -> None:
    answer = visitor.post("/account/tokens", data={"name": "x", "csrf_token": csrf_token(visitor)})

    assert answer.location == "/session/new"
    assert "nothing was saved" in visitor.get("/session/new").text
