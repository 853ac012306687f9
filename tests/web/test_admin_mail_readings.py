"""Asking for mails to be read again, and watching how far that is."""

import dataclasses

from apiflask import APIFlask
from flask.testing import FlaskClient

from tests.letters import letter
from tests.web.browsing import words_of
from tests.web.conftest import Recorded
from ticketapp.actions import intake, rereading
from ticketapp.outside import EXTENSION, outside


def test_a_filtered_ledger_is_read_again_and_the_page_tells_how_far(
    app: APIFlask, admin_client: FlaskClient, recorded: Recorded, set_aside: int
) -> None:
    intake.process(recorded(letter()), store=outside().store, rules=outside().rules)
    hints: list[tuple[object, ...]] = []
    app.extensions[EXTENSION] = dataclasses.replace(outside(), hint=lambda *hint: hints.append(hint))
    form = admin_client.get("/admin/mail?state=set_aside").text
    assert '<input type="hidden" name="state" value="set_aside">' in form

    answer = admin_client.post("/admin/mail/readings", data={"state": "set_aside"})

    assert (answer.status_code, answer.location) == (303, "/admin/mail/readings/1")
    assert hints == [("read_mails_again",)]
    page = words_of(admin_client.get(answer.location))
    assert "Every mail with state: set aside that came before" in page
    assert "0 of 1 so far" in page
    rereading.read_page(1, store=outside().store, rules=outside().rules)
    assert "Done: 1 mails were read again, 0 came out otherwise." in words_of(admin_client.get(answer.location))


def test_the_page_refreshes_itself_while_mails_are_read(admin_client: FlaskClient, set_aside: int) -> None:
    admin_client.post("/admin/mail/readings", data={})
    assert 'hx-get="/admin/mail/readings/1"' in admin_client.get("/admin/mail/readings/1").text

    live = admin_client.get("/admin/mail/readings/1", headers={"HX-Request": "true"})

    assert "0 of 1 so far" in live.text
    assert "<main" not in live.text
    same = admin_client.get(
        "/admin/mail/readings/1", headers={"HX-Request": "true", "If-None-Match": live.headers["ETag"]}
    )
    assert same.status_code == 304


def test_where_nothing_can_be_read_again_nothing_is_started(admin_client: FlaskClient, set_aside: int) -> None:
    answer = admin_client.post("/admin/mail/readings", data={"state": "quarantined"})

    assert answer.location == "/admin/mail?state=quarantined"
    assert "No mail on this list can be read again." in words_of(admin_client.get(answer.location))


def test_a_reading_that_does_not_exist_is_not_found(admin_client: FlaskClient) -> None:
    assert admin_client.get("/admin/mail/readings/7").status_code == 404
