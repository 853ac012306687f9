"""Whose ticket is it, in the shapes that mail programs and people give an answer."""

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from tests.actions.test_threading import reason_of, take_in
from tests.letters import letter
from ticketapp.actions import tickets
from ticketapp.db import db
from ticketapp.models import MailState, Status, Ticket, TicketEvent
from ticketapp.outside import outside


@pytest.mark.parametrize(
    "prefix", ["Re: ", "AW: ", "SV: ", "RE[2]: ", "Antw: ", "\u56de\u590d\uff1a", "Re: AW: SV: ", ""]
)
def test_a_prefix_in_any_language_keeps_the_number_readable(each_app: APIFlask, prefix: str) -> None:
    first = take_in(letter())
    second = take_in(letter(f"{prefix}Printer on fire [#{first.ticket_id}]"))
    assert second.ticket_id == first.ticket_id
    assert reason_of(second) == "Its subject names this ticket."


def test_a_changed_subject_is_no_new_matter(each_app: APIFlask) -> None:
    first = take_in(letter(message_id="<first@x.example>"))
    second = take_in(letter("And now something else", In_Reply_To="<first@x.example>"))
    assert second.ticket_id == first.ticket_id


def test_the_same_subject_alone_is_a_new_matter(each_app: APIFlask) -> None:
    assert take_in(letter("Re: Printer")).ticket_id != take_in(letter("Re: Printer")).ticket_id


def test_a_participant_may_forward_into_the_ticket(each_app: APIFlask) -> None:
    first = take_in(letter(message_id="<first@x.example>"))
    text = "See below.\n\n---------- Forwarded message ---------\nFrom: Max <max@x.example>\n\nIt smokes."
    second = take_in(letter("Fwd: Printer on fire", text, References="<first@x.example>"))
    assert second.ticket_id == first.ticket_id


def test_who_was_copied_at_another_address_may_answer_from_there(each_app: APIFlask) -> None:
    first = take_in(letter(message_id="<first@x.example>", Cc="Jo at home <Jo@Home.example>"))
    second = take_in(letter(sender="jo@home.EXAMPLE", In_Reply_To="<first@x.example>"))
    assert second.ticket_id == first.ticket_id


def test_who_was_copied_later_takes_part_from_then_on(each_app: APIFlask) -> None:
    first = take_in(letter(message_id="<first@x.example>"))
    before = take_in(letter(sender="boss@customer.example", In_Reply_To="<first@x.example>"))
    take_in(letter(In_Reply_To="<first@x.example>", message_id="<second@x.example>", Cc="boss@customer.example"))
    after = take_in(letter(sender="boss@customer.example", In_Reply_To="<second@x.example>"))
    assert before.ticket_id != first.ticket_id == after.ticket_id


def test_an_answer_to_a_closed_ticket_opens_it_again(each_app: APIFlask) -> None:
    first = take_in(letter(message_id="<first@x.example>"))
    assert first.ticket_id is not None
    tickets.change_ticket(first.ticket_id, {"status": "closed"}, by=None)
    second = take_in(letter(In_Reply_To="<first@x.example>"))
    assert second.ticket_id == first.ticket_id
    assert db.session.get_one(Ticket, first.ticket_id, populate_existing=True).status == Status.OPEN


def test_an_answer_to_a_message_that_we_never_saw_is_a_ticket(each_app: APIFlask) -> None:
    assert take_in(letter("Re: Hello", In_Reply_To="<unseen@x.example>")).state == MailState.PROCESSED


def test_of_several_messages_that_a_mail_answers_the_nearest_decides(each_app: APIFlask) -> None:
    first = take_in(letter(message_id="<first@x.example>"))
    second = take_in(letter(message_id="<second@x.example>"))
    assert first.ticket_id != second.ticket_id
    both = "<first@x.example> <second@x.example>"
    assert take_in(letter(In_Reply_To="<first@x.example>", References=both)).ticket_id == first.ticket_id
    assert take_in(letter(References=both)).ticket_id == second.ticket_id


def test_a_mailing_lists_mail_answers_as_anybodys(each_app: APIFlask) -> None:
    first = take_in(letter(message_id="<first@x.example>", List_Id="<users.lists.example>"))
    second = take_in(letter(In_Reply_To="<first@x.example>", List_Id="<users.lists.example>"))
    assert second.ticket_id == first.ticket_id


@pytest.mark.parametrize("words", ["ticket #{}", "Ticket {}: still smoking", "Re: my Ticket No. {}"])
def test_who_takes_part_may_call_the_ticket_by_its_number(each_app: APIFlask, words: str) -> None:
    first = take_in(letter())
    subject = words.format(first.ticket_id)
    assert take_in(letter(subject)).ticket_id == first.ticket_id
    stranger = take_in(letter(subject, sender="eve@evil.example"))
    assert stranger.ticket_id != first.ticket_id
    assert f"It points to ticket #{first.ticket_id}, in which eve@evil.example" in reason_of(stranger)


@pytest.mark.parametrize("sender", ["jo@customer.example", "eve@evil.example"])
def test_a_bare_number_is_noted_on_a_ticket_of_its_own(each_app: APIFlask, sender: str) -> None:
    first = take_in(letter(sender="jo@customer.example"))
    second = take_in(letter(f"Where is order #{first.ticket_id}?", sender=sender))
    assert second.ticket_id != first.ticket_id
    noted = f"Its subject mentions #{first.ticket_id}, which may be ticket #{first.ticket_id}."
    assert reason_of(second) == noted
    opened = select(TicketEvent.new).where(TicketEvent.ticket_id == second.ticket_id, TicketEvent.kind == "opened")
    assert db.session.scalars(opened).one() == noted


def test_a_number_of_no_ticket_is_not_noted(each_app: APIFlask) -> None:
    assert reason_of(take_in(letter("Where is order #4711 of ticket 4712?"))) == ""


EVE, JO = "eve@evil.example", "jo@customer.example"


@pytest.mark.parametrize("eve_names_it", ["References", "Message-ID"])
def test_who_names_a_mail_before_it_comes_does_not_draw_its_thread(each_app: APIFlask, eve_names_it: str) -> None:
    if eve_names_it == "References":
        before = letter("Hello", sender=EVE, Cc=JO, References="<m@customer.example>")
    else:
        before = letter("Hello", sender=EVE, Cc=JO, message_id="<m@customer.example>")
    eves = take_in(before).ticket_id
    jos = take_in(letter(message_id="<m@customer.example>", Cc="bob@customer.example")).ticket_id
    assert jos != eves
    assert take_in(letter("My number is 4711", In_Reply_To="<m@customer.example>")).ticket_id == jos
    assert take_in(letter(sender="bob@customer.example", In_Reply_To="<m@customer.example>")).ticket_id == jos


def test_an_answer_that_overtakes_its_mail_is_found_by_nobody_elses_answers(each_app: APIFlask) -> None:
    bobs = take_in(letter(sender="bob@customer.example", Cc=JO, In_Reply_To="<m@customer.example>")).ticket_id
    jos = take_in(letter(message_id="<m@customer.example>", Cc="bob@customer.example")).ticket_id
    assert take_in(letter(In_Reply_To="<m@customer.example>")).ticket_id == jos != bobs


def test_a_known_message_id_used_again_leads_to_the_mail_that_had_it_first(each_app: APIFlask) -> None:
    jos = take_in(letter(message_id="<m@customer.example>")).ticket_id
    eves = take_in(letter("Hello", sender=EVE, Cc=JO, message_id="<m@customer.example>")).ticket_id
    assert take_in(letter(In_Reply_To="<m@customer.example>")).ticket_id == jos != eves


def test_an_address_of_ours_with_something_behind_a_plus_sign_is_ours(each_app: APIFlask) -> None:
    rules = outside().rules
    assert rules.is_ours("Support+abc@Example.com")
    assert not rules.is_ours("support@elsewhere.example")
    assert not rules.is_ours("other+support@example.com")
    assert take_in(letter(sender="support+abc@example.com")).state == MailState.SET_ASIDE
