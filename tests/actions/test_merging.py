"""A ticket is merged into another: what answers it arrives there, nothing is lost, and it can be undone."""

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from tests.actions.test_moving import moves, newest_message, now, people, ticket_from
from tests.actions.test_thread_proofs import finish_long_ago
from tests.actions.test_threading import reason_of, take_in
from tests.app_fixtures import add_user
from tests.bounces import report
from tests.letters import letter
from ticketapp.actions import conversation, tickets
from ticketapp.actions.landing import Letter, MergedMeanwhile, land
from ticketapp.actions.merging import merge_ticket, separate_ticket
from ticketapp.actions.moving import move_message
from ticketapp.clock import utc_now
from ticketapp.db import db, transaction
from ticketapp.errors import Conflict, InvalidInput, NotFound
from ticketapp.mail import parse
from ticketapp.models import EventKind, Message, Source, Status, TicketEvent, User
from ticketapp.outside import outside
from ticketapp.queries import merged
from ticketapp.queries.conversation import thread
from ticketapp.queries.threads import Placement


@pytest.fixture
def agent_of(each_app: APIFlask) -> User:
    """A member of staff, on either database in turn."""
    return add_user(each_app, "agent@example.com", "Gil Agent", "agent")


def two_of_jo() -> tuple[int, int]:
    """Two tickets of the same customer, of the mails ``one@x.example`` and ``two@x.example``."""
    one = ticket_from(letter("Printer", message_id="<one@x.example>", Cc="boss@customer.example"))
    return one, ticket_from(letter("Printer again", message_id="<two@x.example>"))


def whole(ticket_id: int) -> list[int]:
    """The messages that the page of a ticket shows."""
    parts = [part.ticket_id for part in merged.parts(ticket_id)]
    return [said.message.id for said in thread([ticket_id, *parts]).messages]


def told(ticket_id: int) -> list[tuple[str, str | None, str | None]]:
    kinds = (EventKind.MERGED, EventKind.SEPARATED, EventKind.STATUS)
    statement = select(TicketEvent).where(TicketEvent.ticket_id == ticket_id, TicketEvent.kind.in_(kinds))
    return [(event.kind, event.old, event.new) for event in db.session.scalars(statement.order_by(TicketEvent.id))]


def test_a_merged_ticket_is_closed_and_its_messages_are_shown_in_the_other(agent_of: User) -> None:
    one, two = two_of_jo()
    merge_ticket(one, into=two, by=agent_of)
    assert (now(one).status, now(one).merged_into_id) == (Status.CLOSED, two)
    assert whole(two) == [newest_message(one).id, newest_message(two).id]
    assert told(one) == [("status", "open", "closed"), ("merged", str(one), str(two))]
    assert told(two) == [("merged", str(one), str(two))]


@pytest.mark.parametrize("how", ["message", "our reply", "number"])
def test_an_answer_to_a_merged_ticket_comes_to_the_one_in_which_it_goes_on(agent_of: User, how: str) -> None:
    one, two = two_of_jo()
    ours = conversation.reply(one, "Which printer?", by=agent_of, support=outside().support)
    merge_ticket(one, into=two, by=agent_of)
    answers = {
        "message": letter(In_Reply_To="<one@x.example>"),
        "our reply": letter(sender="eve@elsewhere.example", In_Reply_To=f"<{ours.message_id}>"),
        "number": letter(f"AW: Printer [#{one}]"),
    }
    landed = take_in(answers[how])
    assert landed.ticket_id == two
    assert reason_of(landed).endswith(f"That is ticket #{one}, which was merged into this one.")
    assert now(one).status == Status.CLOSED


def test_who_was_copied_on_a_merged_ticket_still_takes_part_and_a_stranger_does_not(agent_of: User) -> None:
    one, two = two_of_jo()
    merge_ticket(one, into=two, by=agent_of)
    assert take_in(letter(sender="boss@customer.example", In_Reply_To="<one@x.example>")).ticket_id == two
    assert "boss@customer.example" in people(two)
    stranger = take_in(letter(f"Re: Printer [#{one}]", sender="eve@evil.example", In_Reply_To="<one@x.example>"))
    assert stranger.ticket_id not in (one, two)


def test_a_bounce_of_a_merged_tickets_answer_hangs_on_that_answer(agent_of: User) -> None:
    one, two = two_of_jo()
    ours = conversation.reply(one, "Which printer?", by=agent_of, support=outside().support)
    conversation.record_sent(ours.id)
    merge_ticket(one, into=two, by=agent_of)
    assert take_in(report(ours.message_id or "")).ticket_id == two
    assert db.session.get_one(Message, ours.id, populate_existing=True).bounced_at is not None


def test_an_answer_opens_the_ticket_again_in_which_a_merged_one_goes_on(agent_of: User) -> None:
    one, two = two_of_jo()
    merge_ticket(one, into=two, by=agent_of)
    tickets.change_ticket(two, {"status": "resolved"}, by=agent_of)
    assert take_in(letter(In_Reply_To="<one@x.example>")).ticket_id == two
    assert (now(one).status, now(two).status) == (Status.CLOSED, Status.OPEN)


def test_an_answer_long_after_the_end_opens_a_new_ticket(agent_of: User) -> None:
    one, two = two_of_jo()
    merge_ticket(one, into=two, by=agent_of)
    finish_long_ago(two)
    landed = take_in(letter(In_Reply_To="<one@x.example>"))
    assert landed.ticket_id not in (one, two)
    assert f"It answers ticket #{two}, finished more than" in reason_of(landed)


def test_nothing_lands_on_a_ticket_that_was_merged_since_the_mail_was_placed(agent_of: User) -> None:
    one, two = two_of_jo()
    merge_ticket(one, into=two, by=agent_of)
    late = Letter(
        email=parse(letter(In_Reply_To="<one@x.example>")),
        placement=Placement(one, "It answers a message of this ticket."),
        is_automatic=False,
        arrived_at=utc_now(),
        is_ours=lambda _: False,
    )
    with pytest.raises(MergedMeanwhile), transaction() as session:
        land(session, [late], now=utc_now())
    assert len(whole(two)) == 2


def test_merged_one_into_the_next_all_goes_on_in_the_last_and_each_can_be_separated(agent_of: User) -> None:
    one, two = two_of_jo()
    three = ticket_from(letter("Third", message_id="<three@x.example>"))
    merge_ticket(one, into=two, by=agent_of)
    merge_ticket(two, into=three, by=agent_of)
    assert len(whole(three)) == 3
    assert [(part.ticket_id, part.into) for part in merged.parts(three)] == [(one, two), (two, three)]
    assert take_in(letter(In_Reply_To="<one@x.example>")).ticket_id == three
    separate_ticket(two, by=agent_of)
    assert take_in(letter(In_Reply_To="<one@x.example>")).ticket_id == two
    separate_ticket(one, by=agent_of)
    assert take_in(letter(In_Reply_To="<one@x.example>")).ticket_id == one


def test_an_answer_of_ours_continues_the_newest_mail_of_all_that_goes_on_here(agent_of: User) -> None:
    one, two = two_of_jo()
    newest = ticket_from(letter(In_Reply_To="<one@x.example>", message_id="<later@x.example>"))
    assert newest == one
    merge_ticket(one, into=two, by=agent_of)
    ours = conversation.reply(two, "Which printer?", by=agent_of, support=outside().support)
    assert ours.in_reply_to == "later@x.example"


def test_nothing_new_is_done_on_a_merged_ticket(agent_of: User) -> None:
    one, two = two_of_jo()
    three = ticket_from(letter())
    merge_ticket(one, into=two, by=agent_of)
    with pytest.raises(Conflict):
        conversation.reply(one, "Hello", by=agent_of, support=outside().support)
    with pytest.raises(Conflict):
        conversation.add_note(one, "Hello", by=agent_of)
    with pytest.raises(Conflict):
        tickets.change_ticket(one, {"status": "open"}, by=agent_of)
    with pytest.raises(Conflict):
        merge_ticket(one, into=three, by=agent_of)
    with pytest.raises(InvalidInput, match=f"merged into ticket {two}"):
        merge_ticket(three, into=one, by=agent_of)
    with pytest.raises(InvalidInput):
        merge_ticket(two, into=one, by=agent_of)
    tickets.change_ticket(one, {"status": "closed", "priority": "low"}, by=agent_of)
    assert now(one).priority == "low"


def test_a_message_can_be_moved_out_of_a_merged_ticket(agent_of: User) -> None:
    one, two = two_of_jo()
    three = ticket_from(letter("Third", message_id="<three@x.example>"))
    merge_ticket(one, into=two, by=agent_of)
    move_message(one, newest_message(one).id, to=three, by=agent_of, is_ours=outside().rules.is_ours)
    assert len(whole(three)) == 2
    assert moves(three) == [(str(one), str(three))]
    assert take_in(letter(f"Re: [#{one}]")).ticket_id == two
    assert take_in(letter(In_Reply_To="<one@x.example>")).ticket_id == three


def test_tickets_of_different_people_are_not_merged(agent_of: User) -> None:
    one, _ = two_of_jo()
    other = ticket_from(letter(sender="max@customer.example"))
    with pytest.raises(Conflict, match=r"jo@customer\.example.*max@customer\.example"):
        merge_ticket(one, into=other, by=agent_of)
    new = tickets.NewTicket(title="Call", description="Jo called", source=Source.WEB)
    nobodys = tickets.open_ticket(new, by=agent_of).id
    with pytest.raises(Conflict):
        merge_ticket(one, into=nobodys, by=agent_of)
    merge_ticket(nobodys, into=one, by=agent_of)
    assert now(nobodys).merged_into_id == one


def test_what_cannot_be_merged_is_refused(agent_of: User) -> None:
    one, _ = two_of_jo()
    with pytest.raises(InvalidInput):
        merge_ticket(one, into=one, by=agent_of)
    with pytest.raises(InvalidInput):
        merge_ticket(one, into=4711, by=agent_of)
    with pytest.raises(NotFound):
        merge_ticket(4711, into=one, by=agent_of)
    with pytest.raises(Conflict):
        separate_ticket(one, by=agent_of)
    with pytest.raises(NotFound):
        separate_ticket(4711, by=agent_of)


@pytest.mark.parametrize("number", [2**63, 2**70, 0, -1])
def test_a_number_that_no_ticket_can_have_is_told_like_any_that_none_has(agent_of: User, number: int) -> None:
    one, _ = two_of_jo()
    with pytest.raises(InvalidInput, match="There is no ticket"):
        merge_ticket(one, into=number, by=agent_of)
    with pytest.raises(InvalidInput, match="There is no ticket"):
        move_message(one, newest_message(one).id, to=number, by=agent_of, is_ours=outside().rules.is_ours)
    with pytest.raises(NotFound):
        merge_ticket(number, into=one, by=agent_of)
    with pytest.raises(NotFound):
        separate_ticket(number, by=agent_of)


def test_an_open_ticket_that_is_merged_into_a_closed_one_stays_to_be_done(agent_of: User) -> None:
    one, two = two_of_jo()
    tickets.change_ticket(two, {"status": "resolved"}, by=agent_of)
    merge_ticket(one, into=two, by=agent_of)
    assert (now(one).status, now(two).status) == (Status.CLOSED, Status.OPEN)
    three = ticket_from(letter())
    tickets.change_ticket(three, {"status": "closed"}, by=agent_of)
    merge_ticket(three, into=two, by=agent_of)
    assert now(two).status == Status.OPEN


def test_who_takes_part_in_a_merged_ticket_takes_part_in_the_other(agent_of: User) -> None:
    one, two = two_of_jo()
    merge_ticket(one, into=two, by=agent_of)
    assert take_in(letter(f"Re: [#{two}]", sender="boss@customer.example")).ticket_id == two


def test_answers_to_a_ticket_of_long_ago_go_on_where_the_one_instead_of_it_was_merged(agent_of: User) -> None:
    old = ticket_from(letter(message_id="<old@x.example>"))
    finish_long_ago(old)
    instead = ticket_from(letter(In_Reply_To="<old@x.example>"))
    now_at = ticket_from(letter("Third"))
    merge_ticket(instead, into=now_at, by=agent_of)
    landed = take_in(letter(f"Re: [#{old}]"))
    assert landed.ticket_id == now_at
    assert newest_message(now_at).ticket_id == now_at
