"""A mail of ours that came back is seen as such on its ticket, and can be sent again."""

from apiflask import APIFlask

from tests.actions.test_bounces import sent_reply
from tests.app_fixtures import signed_in
from tests.bounces import report
from tests.take_in import take_in
from tests.web.browsing import words_of


def test_the_page_says_that_an_answer_came_back_and_why(app: APIFlask) -> None:
    with app.app_context():
        reply = sent_reply(app)
        take_in(report(reply.message_id or ""))
        assert reply.author is not None
        client = signed_in(app, reply.author)
    shown = words_of(client.get(f"/tickets/{reply.ticket_id}"))
    assert "Came back jo@customer.example: 550 5.1.1 no mailbox here" in shown
    assert "Written by a machine" in shown
    sent_again = client.post(f"/tickets/{reply.ticket_id}/messages/{reply.id}/delivery", follow_redirects=True)
    shown = words_of(sent_again)
    assert "Waiting to be sent" in shown
    assert "Came back" not in shown
