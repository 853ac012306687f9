"""What guards every page: CSRF tokens, headers, host names, cookies."""

import pytest
from apiflask import APIFlask
from flask import Response
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from tests.app_fixtures import MakeApp, signed_in
from tests.web.browsing import csrf_token, sign_in, words_of
from ticketapp.models import User
from ticketapp.web import security

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; frame-src 'self'"
)
CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
UNDER_TEST = (
    "/",
    "/account",
    "/admin/users",
    "/admin/mail",
    "/admin/runs",
    "/tickets",
    "/tickets/new",
    "/nope",
    "/healthz",
)


def changing_addresses(app: APIFlask) -> list[tuple[str, str]]:
    """Method and address of everything the portal lets change, with 1 for every id."""
    rules = [rule for rule in app.url_map.iter_rules() if not security.protects_itself(rule.endpoint)]
    return [(method, _address(app, rule)) for rule in rules for method in sorted(CHANGING & (rule.methods or set()))]


def _address(app: APIFlask, rule: Rule) -> str:
    values = dict.fromkeys(rule.arguments, 1)
    return app.url_map.bind("localhost").build(rule.endpoint, values, method="POST")


def test_nothing_changes_without_a_csrf_token(app: APIFlask, admin: User) -> None:
    client = signed_in(app, admin)
    app.config["WTF_CSRF_ENABLED"] = True
    addresses = changing_addresses(app)
    assert len(addresses) >= 20

    for method, address in addresses:
        answer = client.open(address, method=method, data={"theme": "dark"})
        assert (address, answer.status_code) == (address, 400)
        assert "This form has expired" in answer.text


def test_what_was_typed_into_a_stale_form_can_still_be_copied(app: APIFlask, agent: User) -> None:
    client = signed_in(app, agent)
    app.config["WTF_CSRF_ENABLED"] = True
    typed = {"title": "Half an hour's work", "description": "All of <b>it</b>", "requester_name": "Jo Doe"}

    answer = client.post("/tickets", data=typed | {"csrf_token": "of yesterday"})

    assert answer.status_code == 400
    assert 'value="Jo Doe"' in answer.text
    assert 'value="Half an hour&#39;s work"' in answer.text
    assert ">All of &lt;b&gt;it&lt;/b&gt;</textarea>" in answer.text


def test_the_token_of_another_session_is_no_token(app: APIFlask, admin: User, agent: User) -> None:
    stranger, client = app.test_client(), app.test_client()
    sign_in(stranger, "agent@example.com")
    sign_in(client, "admin@example.com")

    token = csrf_token(stranger, "/account")

    assert client.post("/account/tokens", data={"name": "x", "csrf_token": token}).status_code == 400
    assert (
        client.post("/account/tokens", data={"name": "x", "csrf_token": csrf_token(client, "/account")}).status_code
        == 200
    )


@pytest.mark.parametrize("path", UNDER_TEST)
def test_every_answer_carries_the_guarding_headers(admin_client: FlaskClient, path: str) -> None:
    headers = admin_client.get(path).headers

    assert headers["Content-Security-Policy"] == CONTENT_POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in headers


def test_a_view_keeps_its_own_policy_and_may_be_framed_by_us(app: APIFlask, agent: User) -> None:
    @app.get("/a-frame")
    @security.signed_in
    def a_frame() -> Response:
        policy = "default-src 'none'; frame-ancestors 'self'; sandbox"
        return Response("<p>A mail</p>", headers={"Content-Security-Policy": policy, "Cache-Control": "private"})

    headers = signed_in(app, agent).get("/a-frame").headers

    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'self'; sandbox"
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert headers["Cache-Control"] == "private"


def test_over_https_browsers_are_told_to_stay_there(app: APIFlask) -> None:
    headers = app.test_client().get("/session/new", base_url="https://localhost").headers

    assert headers["Strict-Transport-Security"] == "max-age=31536000"


def test_assets_are_kept_for_a_year_under_their_version_only(app: APIFlask) -> None:
    client = app.test_client()
    version = app.jinja_env.globals["asset_version"]
    kept = client.get(f"/static/css/base.css?v={version}")
    old = client.get("/static/css/base.css?v=0")
    plain = client.get("/static/fonts/ibm-plex-mono-latin-400-normal.woff2")
    missing = client.get(f"/static/css/nope.css?v={version}")

    assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert old.headers["Cache-Control"] == plain.headers["Cache-Control"] == "public, max-age=3600"
    assert (missing.status_code, missing.headers["Cache-Control"]) == (404, "no-store")
    assert kept.headers["X-Content-Type-Options"] == "nosniff"


def test_an_asset_sets_no_cookie_on_whoever_is_signed_in(app: APIFlask, admin: User) -> None:
    client = app.test_client()
    sign_in(client, "admin@example.com")

    assert "Set-Cookie" not in client.get("/static/css/base.css").headers


@pytest.mark.parametrize("host", ["evil.example", "support.example.com.evil.example", "localhost", ""])
def test_an_untrusted_host_name_is_refused(make_sqlite_app: MakeApp, host: str) -> None:
    client = make_sqlite_app(trusted_hosts=("support.example.com", ".trusted.example")).test_client()

    for path in ("/session/new", "/", "/nope", "/static/css/base.css"):
        answer = client.get(path, headers={"Host": host})
        assert (path, answer.status_code) == (path, 400)
        assert "evil" not in answer.text
    assert "This server does not answer under the name it was asked by." in words_of(answer)


@pytest.mark.parametrize("host", ["support.example.com", "support.example.com:8443", "a.trusted.example"])
def test_a_trusted_host_name_is_served(make_sqlite_app: MakeApp, host: str) -> None:
    client = make_sqlite_app(trusted_hosts=("support.example.com", ".trusted.example")).test_client()

    assert client.get("/session/new", headers={"Host": host}).status_code == 200


def test_a_view_that_declares_no_access_is_closed_to_everybody(app: APIFlask, admin: User) -> None:
    @app.get("/forgotten")
    def forgotten() -> str:
        return "a secret"

    assert app.test_client().get("/forgotten").status_code == 303
    assert signed_in(app, admin).get("/forgotten").status_code == 403


def test_a_number_no_row_can_have_is_an_address_that_does_not_exist(admin_client: FlaskClient) -> None:
    for number in ("0", str(2**63), "9" * 40, "-1", "\u0661"):
        assert admin_client.get(f"/tickets/{number}").status_code == 404, number
