"""Every route declares who may come in, and lets in nobody else."""

from collections.abc import Iterator

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from tests.app_fixtures import signed_in
from ticketapp.models import User
from ticketapp.web import security
from ticketapp.web.security import Access

OPEN_TO_EVERYBODY = {
    "api_docs.document",
    "api_docs.page",
    "health.show",
    "session.create",
    "session.destroy",
    "session.new",
    "theme.update",
}


def guarded(app: APIFlask, access: Access) -> Iterator[tuple[str, str, str]]:
    """Endpoint, method and address of every view with this access; 1 stands for every id."""
    for rule in app.url_map.iter_rules():
        if not security.protects_itself(rule.endpoint) and security.access_of(app, rule.endpoint) == access:
            for method in sorted(rule.methods or set()):
                yield rule.endpoint, method, _address(app, rule)


def _address(app: APIFlask, rule: Rule) -> str:
    values = dict.fromkeys(rule.arguments, 1)
    method = next(iter(rule.methods or {"GET"}))
    return app.url_map.bind("localhost").build(rule.endpoint, values, method=method)


def test_every_route_declares_its_access(app: APIFlask) -> None:
    silent = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if not security.protects_itself(rule.endpoint) and security.access_of(app, rule.endpoint) is None
    }
    assert silent == set()


def test_only_these_are_open_to_everybody(app: APIFlask) -> None:
    assert {endpoint for endpoint, _, _ in guarded(app, Access.PUBLIC)} == OPEN_TO_EVERYBODY


def test_every_admin_address_is_for_admins_only(app: APIFlask) -> None:
    addresses = {address: endpoint for endpoint, _, address in guarded(app, Access.STAFF)}

    assert [endpoint for address, endpoint in addresses.items() if address.startswith("/admin")] == []


@pytest.mark.parametrize("access", [Access.STAFF, Access.ADMIN])
def test_strangers_are_sent_to_sign_in_from_everywhere(app: APIFlask, access: Access) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    found = list(guarded(app, access))
    assert len(found) > 10

    for endpoint, method, address in found:
        answer = app.test_client().open(address, method=method)
        assert (endpoint, method, answer.status_code) == (endpoint, method, 303)
        assert answer.location.startswith("/session/new"), endpoint


def test_agents_are_refused_by_every_admin_view(app: APIFlask, agent: User) -> None:
    client: FlaskClient = signed_in(app, agent)

    for endpoint, method, address in guarded(app, Access.ADMIN):
        assert (endpoint, method, client.open(address, method=method).status_code) == (endpoint, method, 403)


def test_the_api_lets_nobody_in_without_token_or_session(app: APIFlask) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api.")]
    assert len(rules) >= 5

    for rule in rules:
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            answer = app.test_client().open(_address(app, rule), method=method, json={} if method != "GET" else None)
            assert (rule.endpoint, method, answer.status_code) == (rule.endpoint, method, 401)
