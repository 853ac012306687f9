"""A merged ticket is separated again: with what was moved to it or away from it meanwhile, and its own answers."""

import pytest
from apiflask import APIFlask

from tests.actions.test_merging import told, two_of_jo, whole
from tests.actions.test_moving import move, newest_message, now, ticket_from
from tests.actions.test_threading import take_in
from tests.app_fixtures import MakeApp, add_user
from tests.letters import letter
from ticketapp.actions import conversation, tickets
from ticketapp.actions.merging import merge_ticket, separate_ticket
from ticketapp.actions.moving import move_message
from ticketapp.models import Status, User
from ticketapp.outside import outside


@pytest.fixture
def agent_of(each_app: APIFlask) -> User:
    """A member of staff, on either database in turn."""
    return add_user(each_app, "agent@example.com", "Gil Agent", "agent")


def test_separated_everything_is_as_before_and_what_came_meanwhile_stays(agent_of: User) -> None:
    one, two = two_of_jo()
    tickets.change_ticket(one, {"status": "in_progress"}, by=agent_of)
    merge_ticket(one, into=two, by=agent_of)
    meanwhile = take_in(letter(In_Reply_To="<one@x.example>", message_id="<three@x.example>"))
    separate_ticket(one, by=agent_of)
    assert (now(one).status, now(one).merged_into_id) == (Status.IN_PROGRESS, None)
    assert len(whole(one)) == 1
    assert meanwhile.ticket_id == two
    assert take_in(letter(In_Reply_To="<one@x.example>")).ticket_id == one
    assert take_in(letter(In_Reply_To="<three@x.example>")).ticket_id == two
    assert told(one)[-2:] == [("separated", str(one), str(two)), ("status", "closed", "in_progress")]


def test_a_ticket_that_was_closed_before_is_closed_afterwards(agent_of: User) -> None:
    one, two = two_of_jo()
    tickets.change_ticket(one, {"status": "closed"}, by=agent_of)
    merge_ticket(one, into=two, by=agent_of)
    separate_ticket(one, by=agent_of)
    assert now(one).status == Status.CLOSED


def test_moved_out_of_a_merged_ticket_and_back_everything_is_as_before(agent_of: User) -> None:
    one, two = two_of_jo()
    three = ticket_from(letter("Third"))
    merge_ticket(one, into=two, by=agent_of)
    message, shown = newest_message(one), whole(two)
    for ticket_id, to in ((one, three), (three, one)):
        move_message(ticket_id, message.id, to=to, by=agent_of, is_ours=outside().rules.is_ours)
    assert whole(two) == shown
    assert (now(one).status, now(one).merged_into_id) == (Status.CLOSED, two)
    assert take_in(letter(In_Reply_To="<one@x.example>")).ticket_id == two
    assert separate_ticket(one, by=agent_of).status == Status.OPEN
    assert whole(one) == [message.id]
    assert take_in(letter(In_Reply_To="<one@x.example>")).ticket_id == one


def test_a_message_of_another_ticket_goes_to_a_merged_one_and_leaves_with_it(agent_of: User) -> None:
    one, two = two_of_jo()
    three = ticket_from(letter("Third", message_id="<three@x.example>"))
    merge_ticket(one, into=two, by=agent_of)
    third = newest_message(three)
    move_message(three, third.id, to=one, by=agent_of, is_ours=outside().rules.is_ours)
    assert third.id in whole(two)
    assert take_in(letter(In_Reply_To="<three@x.example>")).ticket_id == two
    separate_ticket(one, by=agent_of)
    assert third.id in whole(one)
    assert third.id not in whole(two)


def test_a_ticket_that_was_emptied_while_it_was_merged_stays_closed_and_leads_on(make_app: MakeApp) -> None:
    app = make_app(reply_address="support+{token}@example.com")
    by = add_user(app, "agent@example.com", "Gil Agent", "agent")
    with app.app_context():
        one, two = two_of_jo()
        three = ticket_from(letter("Third"))
        merge_ticket(one, into=two, by=by)
        message = newest_message(one)
        move_message(one, message.id, to=three, by=by, is_ours=outside().rules.is_ours)
        to_one = outside().rules.tokens.reply_address(one) or ""
        assert take_in(letter(Cc=to_one)).ticket_id == two
        assert separate_ticket(one, by=by).status == Status.CLOSED
        assert take_in(letter(Cc=to_one)).ticket_id == three
        move_message(three, message.id, to=one, by=by, is_ours=outside().rules.is_ours)
        assert now(one).status == Status.OPEN
        assert take_in(letter(Cc=to_one)).ticket_id == one


def test_after_separating_an_answer_to_our_mail_goes_where_that_stands_whoever_sends_it(agent_of: User) -> None:
    one, two = two_of_jo()
    ours = conversation.reply(one, "Which printer?", by=agent_of, support=outside().support)
    merge_ticket(one, into=two, by=agent_of)
    by_eve = letter(sender="eve@elsewhere.example", In_Reply_To=f"<{ours.message_id}>", message_id="<eve@x.example>")
    assert take_in(by_eve).ticket_id == two
    separate_ticket(one, by=agent_of)
    again = letter(sender="eve@elsewhere.example", In_Reply_To=f"<{ours.message_id}>")
    assert take_in(again).ticket_id == one
    to_her_own = letter(sender="eve@elsewhere.example", In_Reply_To="<eve@x.example>")
    assert take_in(to_her_own).ticket_id == two


def test_a_message_that_came_back_while_its_ticket_was_merged_is_to_be_done_when_it_is_separated(
    agent_of: User,
) -> None:
    one, two = two_of_jo()
    three = ticket_from(letter("Third", message_id="<three@x.example>"))
    move(one, three, by=agent_of)
    merge_ticket(one, into=two, by=agent_of)
    move(three, one, by=agent_of)
    assert separate_ticket(one, by=agent_of).status == Status.OPEN


def test_a_message_that_comes_back_to_be_shown_on_a_finished_ticket_opens_that(agent_of: User) -> None:
    one, two = two_of_jo()
    three = ticket_from(letter("Third", message_id="<three@x.example>"))
    move(one, three, by=agent_of)
    tickets.change_ticket(two, {"status": "closed"}, by=agent_of)
    merge_ticket(one, into=two, by=agent_of)
    move(three, one, by=agent_of)
    assert (now(one).status, now(two).status) == (Status.CLOSED, Status.OPEN)


def test_a_ticket_that_shows_what_was_merged_into_it_stays_open_without_a_message_of_its_own(agent_of: User) -> None:
    one, two = two_of_jo()
    three = ticket_from(letter("Third", message_id="<three@x.example>"))
    merge_ticket(one, into=two, by=agent_of)
    move(two, three, by=agent_of)
    assert (now(two).status, whole(two)) == (Status.OPEN, [newest_message(one).id])
    assert take_in(letter(In_Reply_To="<one@x.example>")).ticket_id == two


def test_separated_from_a_ticket_without_a_message_of_its_own_that_one_is_closed(agent_of: User) -> None:
    one, two = two_of_jo()
    three = ticket_from(letter("Third", message_id="<three@x.example>"))
    merge_ticket(one, into=two, by=agent_of)
    move(two, three, by=agent_of)
    separate_ticket(one, by=agent_of)
    assert (now(one).status, now(two).status, whole(two)) == (Status.OPEN, Status.CLOSED, [])
