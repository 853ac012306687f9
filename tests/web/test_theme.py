"""The theme switch."""

import pytest
from apiflask import APIFlask

from tests.web.browsing import csrf_token


@pytest.mark.parametrize(
    ("theme", "shown"), [("dark", '<html lang="en" data-theme="dark">'), ("", '<html lang="en">')]
)
def test_a_chosen_theme_is_remembered_and_shown(app: APIFlask, theme: str, shown: str) -> None:
    client = app.test_client()
    client.set_cookie("theme", "light")

    answer = client.post("/theme", data={"theme": theme, "next": "/session/new", "csrf_token": csrf_token(client)})

    assert (answer.status_code, answer.location) == (303, "/session/new")
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert shown in client.get("/session/new").text


def test_it_leads_to_no_other_site(app: APIFlask) -> None:
    client = app.test_client()
    token = csrf_token(client)

    assert client.post("/theme", data={"theme": "dark", "next": "//evil", "csrf_token": token}).location == "/"


def test_an_unknown_theme_is_refused_and_an_unknown_cookie_ignored(app: APIFlask) -> None:
    client = app.test_client()
    client.set_cookie("theme", '"><script>')

    assert client.post("/theme", data={"theme": "neon", "csrf_token": csrf_token(client)}).status_code == 400
    assert '<html lang="en">' in client.get("/session/new").text
