"""Error pages: plain words in the product's look, and nothing about its inside."""

import logging
import re
from pathlib import Path

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from tests.app_fixtures import signed_in
from tests.web.browsing import words_of
from tests.web.opened import opened, proposal
from ticketapp.db import db
from ticketapp.errors import Conflict, InvalidInput, NotAllowed, NotFound, TicketAppError
from ticketapp.models import User
from ticketapp.web import security

SECRET_OF_THE_INSIDE = "password=hunter2 at /srv/app"


def add_broken_view(app: APIFlask, error: Exception) -> None:
    """A page that raises."""

    @app.get("/broken")
    @security.public
    def broken() -> str:
        raise error


def test_an_unknown_address_is_named_in_words(agent_client: FlaskClient) -> None:
    answer = agent_client.get("/nope")

    assert answer.status_code == 404
    assert "No such page" in words_of(answer)
    assert "To the dashboard" in words_of(answer)


def test_a_visitor_is_pointed_to_sign_in(app: APIFlask) -> None:
    assert "To sign-in" in words_of(app.test_client().get("/nope"))


@pytest.mark.parametrize(
    ("came_from", "next_page"),
    [
        ("http://localhost/tickets/7?from=list", "/tickets/7?from%3Dlist"),
        ("https://localhost/tickets/7", "/tickets/7"),  # something before us took the TLS off
        ("http://elsewhere.example/tickets/7", None),
        ("http://localhost//elsewhere.example", None),
        ("http://[localhost/tickets/7", None),
        (None, None),
    ],
)
def test_who_signs_in_after_a_form_expired_comes_back_to_its_page(
    app: APIFlask, came_from: str | None, next_page: str | None
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    headers = {"Referer": came_from} if came_from else {}
    answer = app.test_client().post("/tickets/7/status", data={"status": "open"}, headers=headers)
    assert "This form has expired" in words_of(answer)
    link = re.search(r'href="(/session/new[^"]*)"[^>]*>To sign-in', answer.text)
    assert link is not None
    assert link[1] == (f"/session/new?next={next_page}" if next_page else "/session/new")
    app.config["WTF_CSRF_ENABLED"] = False
    answer = app.test_client().post("/tickets/7/status", data={"status": "open"}, headers=headers)
    assert answer.location == link[1]


def test_an_agent_is_told_that_a_page_is_for_admins(agent_client: FlaskClient) -> None:
    answer = agent_client.get("/admin/users")

    assert answer.status_code == 403
    assert "Only admins may open this page." in words_of(answer)


def test_a_wrong_method_says_which_are_right(agent_client: FlaskClient) -> None:
    answer = agent_client.delete("/account")

    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert "Not in this way" in words_of(answer)


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_too_large_a_form_is_refused(app: APIFlask, agent: User, kind: str) -> None:
    answer = signed_in(app, agent).post("/theme", data={"theme": "d" * 2_000_001}, content_type=kind)

    assert answer.status_code == 413
    assert "Too large" in words_of(answer)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InvalidInput("title", "Title must not be blank."), 422),
        (NotFound("There is no ticket 7."), 404),
        (Conflict("This is the last active admin."), 409),
        (NotAllowed("Only the owner may do this."), 403),
    ],
)
def test_what_an_action_refuses_is_told_in_its_words(app: APIFlask, error: TicketAppError, status: int) -> None:
    add_broken_view(app, error)
    answer = app.test_client().get("/broken")

    assert answer.status_code == status
    assert str(error) in words_of(answer)


def test_every_kind_of_refusal_has_a_page(app: APIFlask) -> None:
    assert {kind.__name__ for kind in TicketAppError.__subclasses__()} == {
        "InvalidInput",
        "NotFound",
        "Conflict",
        "NotAllowed",
    }


def test_a_broken_page_tells_a_reference_and_nothing_of_the_inside(
    app: APIFlask, caplog: pytest.LogCaptureFixture
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    add_broken_view(app, RuntimeError(SECRET_OF_THE_INSIDE))
    with caplog.at_level(logging.ERROR):
        answer = app.test_client().get("/broken")

    assert answer.status_code == 500
    assert SECRET_OF_THE_INSIDE not in answer.text
    reference = words_of(answer).rpartition("reference ")[2].rstrip(".")
    assert f"Reference {reference}: GET /broken failed" in caplog.text
    assert SECRET_OF_THE_INSIDE in caplog.text


def test_the_broken_page_needs_no_database(app: APIFlask, agent: User) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    client = signed_in(app, agent)
    with app.app_context():
        db.engine.dispose()
        Path(str(db.engine.url.database)).write_bytes(b"this is no database any more" * 100)

    answer = client.get("/account")

    assert answer.status_code == 500
    assert "Something broke" in words_of(answer)


def test_the_broken_page_keeps_the_chosen_theme(app: APIFlask) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    add_broken_view(app, RuntimeError())
    client = app.test_client()
    client.set_cookie("theme", "dark")

    assert 'data-theme="dark"' in client.get("/broken").text


def test_errors_below_api_are_left_to_the_api(agent_client: FlaskClient) -> None:
    assert agent_client.get("/api/nope").mimetype == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "form", "links"),
    [
        ("/tickets/1/confirmation", {"seen": "account high"}, [("/tickets/1", "To ticket 1")]),
        ("/tickets/1/separation", {}, [("/tickets/1", "To ticket 1")]),
        (
            "/tickets/1/confirmation",
            {"seen": "account high", "back": "/tickets?category=billing"},
            [("/tickets/1", "To ticket 1"), ("/tickets?category=billing", "Back to the list")],
        ),
        ("/tickets/1/confirmation", {"seen": "account high", "back": "//elsewhere"}, [("/tickets/1", "To ticket 1")]),
    ],
)
def test_what_cannot_be_done_now_leads_to_what_it_is_about(
    app: APIFlask, agent_client: FlaskClient, path: str, form: dict[str, str], links: list[tuple[str, str]]
) -> None:
    opened(app, proposal=proposal())
    answer = agent_client.post(path, data=form)
    assert answer.status_code == 409
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    found = re.findall(r'<a class="button[^"]*" href="([^"]+)">([^<]+)</a>', main)
    assert found == [*links, ("/", "To the dashboard")]
