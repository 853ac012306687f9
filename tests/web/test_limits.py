"""How often a password may be guessed."""

import time

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.app_fixtures import PASSWORD, MakeApp, add_user, signed_in
from tests.services.redis import RedisServer
from tests.web.browsing import sign_in, words_of
from ticketapp.actions import users
from ticketapp.models import User


def guess(app: APIFlask, email: str, password: str = "a wrong guess", address: str = "192.0.2.1") -> TestResponse:
    """One try to sign in, from a network address."""
    app.config["WTF_CSRF_ENABLED"] = False
    client: FlaskClient = app.test_client()
    return client.post("/session", data={"email": email, "password": password}, environ_base={"REMOTE_ADDR": address})


@pytest.mark.parametrize("email", ["agent@example.com", "nobody@example.com"])
def test_after_five_wrong_guesses_even_the_right_one_waits(app: APIFlask, agent: User, email: str) -> None:
    assert [guess(app, email).status_code for _ in range(5)] == [422] * 5

    answer = guess(app, email, PASSWORD)

    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 300
    assert "This was tried too often. Try again in 5 minutes." in words_of(answer)


@pytest.mark.parametrize("fraction", [0.0, 0.3, 0.7, 0.999])
def test_nobody_is_told_to_wait_longer_than_the_limit_holds(
    app: APIFlask, agent: User, monkeypatch: pytest.MonkeyPatch, fraction: float
) -> None:
    within_a_second = int(time.time()) + fraction
    monkeypatch.setattr(time, "time", lambda: within_a_second)
    for _ in range(5):
        guess(app, "agent@example.com")

    assert guess(app, "agent@example.com").headers["Retry-After"] == "300"


def test_spelling_the_address_otherwise_does_not_buy_guesses(app: APIFlask, agent: User) -> None:
    spellings = [
        "agent@example.com",
        "Agent@example.com",
        " agent@example.com",
        "AGENT@EXAMPLE.COM",
        "agent@Example.com ",
    ]
    for spelling in spellings:
        guess(app, spelling)

    assert guess(app, "agent@example.com").status_code == 429


def test_the_owner_at_another_address_is_not_locked_out(app: APIFlask, agent: User) -> None:
    for _ in range(6):
        guess(app, "agent@example.com")

    assert guess(app, "agent@example.com", PASSWORD, address="192.0.2.2").status_code == 303


def test_one_address_may_be_wrong_ten_times_a_minute_whatever_the_account(app: APIFlask) -> None:
    answers = [guess(app, f"person{number}@example.com") for number in range(11)]

    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) <= 60


def test_an_account_may_be_guessed_at_from_many_addresses_only_so_often(
    app: APIFlask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(users, "check_password_hash", lambda _hash, _password: False)  # a hundred real ones take long
    answers = [guess(app, "agent@example.com", address=f"192.0.2.{number // 4}") for number in range(101)]

    assert [answer.status_code for answer in answers] == [422] * 100 + [429]


def test_signing_in_rightly_costs_nothing(app: APIFlask, agent: User) -> None:
    assert {guess(app, "agent@example.com", PASSWORD).status_code for _ in range(12)} == {303}


def test_the_page_that_refuses_is_no_page_to_read_the_password_from(app: APIFlask) -> None:
    assert "a wrong guess" not in guess(app, "agent@example.com").text


def test_ones_own_password_cannot_be_guessed_in_an_open_session(app: APIFlask, agent: User) -> None:
    visitor = signed_in(app, agent)
    words = {"current_password": "a wrong guess", "password": "a new long password"}
    assert [visitor.post("/account/password", data=words).status_code for _ in range(6)] == [422] * 5 + [429]


def test_all_web_processes_count_together(make_sqlite_app: MakeApp, redis_server: RedisServer) -> None:
    redis_server.flush()
    first, second = (make_sqlite_app(redis_url=redis_server.url) for _ in range(2))
    for _ in range(5):
        guess(first, "agent@example.com")

    assert guess(second, "agent@example.com").status_code == 429


def test_a_lost_redis_locks_nobody_out_and_guesses_still_count(make_sqlite_app: MakeApp) -> None:
    app = make_sqlite_app(redis_url="redis://127.0.0.1:1/0")
    add_user(app, "agent@example.com", "Gil", "agent")
    assert sign_in(app.test_client(), "agent@example.com").status_code == 303

    codes = [guess(app, "agent@example.com").status_code for _ in range(8)]

    assert codes[0] == 422
    assert codes[-1] == 429
