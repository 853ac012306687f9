"""The theme switch."""

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from tests.web.browsing import csrf_token
from tests.web.opened import opened


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


@pytest.mark.parametrize(
    ("path", "form", "back"),
    [
        ("/admin/classification/trial", {"most_examples": "3"}, "/admin/classification"),
        ("/admin/classification", {"most_examples": "none"}, "/admin/classification"),
        ("/tickets", {}, "/tickets/new"),
        ("/admin/users", {}, "/admin/users/new"),
        ("/tickets/1/replies", {}, "/tickets/1"),
        ("/tickets/1/category", {"category": "none"}, "/tickets/1"),
        ("/theme", {"theme": "neon"}, "/"),
    ],
)
def test_from_the_answer_to_a_form_it_leads_back_to_the_page_of_the_form(
    app: APIFlask, admin_client: FlaskClient, path: str, form: dict[str, str], back: str
) -> None:
    opened(app)
    answer = admin_client.post(path, data=form)
    switch = answer.text.partition("data-theme-switch")[2]
    assert f'name="next" value="{back}"' in switch
    assert admin_client.get(back).status_code == 200


def test_from_a_page_it_leads_to_that_page(agent_client: FlaskClient) -> None:
    switch = agent_client.get("/tickets?status=open").text.partition("data-theme-switch")[2]
    assert 'name="next" value="/tickets?status=open"' in switch


def test_it_leads_to_no_other_site(app: APIFlask) -> None:
    client = app.test_client()
    token = csrf_token(client)

    assert client.post("/theme", data={"theme": "dark", "next": "//evil", "csrf_token": token}).location == "/"


def test_an_unknown_theme_is_refused_and_an_unknown_cookie_ignored(app: APIFlask) -> None:
    client = app.test_client()
    client.set_cookie("theme", '"><script>')

    assert client.post("/theme", data={"theme": "neon", "csrf_token": csrf_token(client)}).status_code == 400
    assert '<html lang="en">' in client.get("/session/new").text
