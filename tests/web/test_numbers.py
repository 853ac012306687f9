"""Numbers from outside, however large or odd: an answer that says what is wrong, never a fault of ours."""

import pytest
from flask.testing import FlaskClient

from tests.app_fixtures import MakeApp, add_user, signed_in
from tests.letters import letter
from tests.take_in import take_in

ODD = (
    *("0", "-1", "9223372036854775807", "9223372036854775808", str(2**70), "9" * 18, "9" * 5000, "٣", "1_0", "1\x00"),
    *("9999-12-27", "0001-01-01", "9999999999999999-999999999999999999", "-9999999999999999-1"),
)
READ = {
    "/tickets": ("after", "before", "assignee", "merged"),
    "/tickets/1": ("before",),
    "/api/tickets/": ("after", "assignee", "limit", "merged"),
    "/admin/mail": ("below", "mailbox", "since", "until"),
    "/admin/runs": ("below",),
    "/admin/accuracy/verdicts": ("after", "week", "confidence"),
    "/admin/accuracy/calls": ("after", "slower_ms"),
}
ADDRESSES = ("/tickets/{}", "/api/tickets/{}/", "/tickets/1/attachments/{}", "/admin/mail/{}", "/admin/users/{}")
WRITTEN = {
    "/tickets/1/merger": "into",
    "/tickets/1/messages/1/place": "to",
    "/tickets/1/assignment": "assignee_id",
    "/tickets/1/confirmation": "seen",
}


@pytest.fixture
def client(make_app: MakeApp) -> FlaskClient:
    """An admin's browser, on either database in turn, with one ticket of a mail."""
    app = make_app()
    admin = add_user(app, "admin@example.com", "Ada Admin", "admin")
    with app.app_context():
        take_in(letter())
    app.test_client_class = FlaskClient  # unchecked: what is asked is whether there is an answer
    return signed_in(app, admin)


def test_no_number_in_an_address_breaks_a_page(client: FlaskClient) -> None:
    for odd in ODD:
        for address in ADDRESSES:
            answer = client.get(address.format(odd.replace("\x00", "%00")))
            assert answer.status_code == 404, (address, odd[:40])


def test_no_number_in_a_query_breaks_a_page(client: FlaskClient) -> None:
    for address, names in READ.items():
        for name in names:
            assert client.get(address).status_code == 200
            for odd in ODD:
                answer = client.get(address, query_string={name: odd})
                assert answer.status_code in (200, 302, 400, 422), (address, name, odd[:40])


def test_no_number_in_a_form_or_body_breaks_anything(client: FlaskClient) -> None:
    for odd in ODD:
        for address, name in WRITTEN.items():
            answer = client.post(address, data={name: odd})
            assert answer.status_code in (303, 409, 422), (address, odd[:40])
    for number in (0, -1, 2**31, 2**63, 2**70, 1.5, 1e308, True, [1], {"id": 2**70}):
        for name in ("assignee", "status", "title"):
            assert client.patch("/api/tickets/1/", json={name: number}).status_code == 422, (name, number)
