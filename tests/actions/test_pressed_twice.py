"""A button pressed twice does once what it says, also when both presses arrive at the same moment."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from apiflask import APIFlask
from sqlalchemy import func, select

from tests.app_fixtures import MakeApp, add_user
from tests.letters import letter
from tests.take_in import take_in
from tests.web.opened import opened
from ticketapp.actions import bulk, conversation
from ticketapp.actions.classification_settings import change_settings
from ticketapp.actions.tickets import NewTicket, open_ticket
from ticketapp.clock import at, utc_now
from ticketapp.db import db
from ticketapp.models import BulkJob, BulkSample, Direction, Message, Source, Ticket, User
from ticketapp.outside import outside
from ticketapp.queries.classification_settings import Settings
from ticketapp.queries.ticket_filter import TicketFilter


def at_once(app: APIFlask, press: Callable[[], object]) -> None:
    def work() -> None:
        with app.app_context():
            press()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("source", [Source.WEB, Source.API])
def test_a_form_opens_one_ticket_and_a_program_as_many_as_it_asks_for(make_app: MakeApp, source: Source) -> None:
    app = make_app()
    agent = add_user(app, "agent@example.com", "Gil Agent", "agent")

    def press() -> None:
        open_ticket(
            NewTicket(title="Twice", description="The same.", source=source), by=db.session.get(User, agent.id)
        )

    at_once(app, press)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Ticket)) == (1 if source == Source.WEB else 4)


@pytest.mark.parametrize("direction", [Direction.OUTBOUND, Direction.NOTE])
def test_an_answer_is_mailed_once_and_a_note_kept_once(make_app: MakeApp, direction: Direction) -> None:
    app = make_app()
    agent = add_user(app, "agent@example.com", "Gil Agent", "agent")
    with app.app_context():
        ticket_id = take_in(letter())

    def press(text: str = "The same words.") -> None:
        by = db.session.get_one(User, agent.id)
        if direction == Direction.NOTE:
            conversation.add_note(ticket_id, text, by=by)
        else:
            conversation.reply(ticket_id, text, by=by, support=outside().support)

    at_once(app, press)
    with app.app_context():
        press("Other words.")
        written = select(func.count()).select_from(Message).where(Message.direction == direction)
        assert db.session.scalar(written) == 2


def test_the_same_words_for_somebody_else_or_with_another_choice_are_no_second_press(make_app: MakeApp) -> None:
    app = make_app()
    agent = add_user(app, "agent@example.com", "Gil Agent", "agent")
    first = {"requester_email": "jo@example.com"}
    with app.app_context():
        by = db.session.get_one(User, agent.id)
        opened = [
            open_ticket(
                NewTicket(title="Reset", description="Please reset it.", source=Source.WEB, **facts), by=by
            ).id
            for facts in (first, first, {"requester_email": "mia@example.com"}, {}, first | {"category": "general"})
        ]
    assert opened == [1, 1, 2, 3, 4]


def test_a_list_is_tried_once(make_app: MakeApp) -> None:
    app = make_app()
    boss = add_user(app, "boss@example.com", "Ada Admin", "admin")
    opened(app)
    tried: list[int] = []

    def press() -> None:
        tried.append(bulk.draft_bulk(TicketFilter(), by=db.session.get_one(User, boss.id)).id)

    at_once(app, press)
    assert tried == [tried[0]] * 4
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(BulkJob)) == 1
        assert db.session.scalar(select(func.count()).select_from(BulkSample)) == 1


def test_what_is_no_second_press_is_tried_anew(each_app: APIFlask) -> None:
    boss, other = (add_user(each_app, f"{name}@example.com", name, "admin") for name in ("ada", "bob"))
    opened(each_app)
    with each_app.app_context():
        first = bulk.draft_bulk(TicketFilter(), by=boss).id
        assert bulk.draft_bulk(TicketFilter(), by=boss).id == first
        assert bulk.draft_bulk(TicketFilter(is_unclassified=True), by=boss).id != first, "another list"
        assert bulk.draft_bulk(TicketFilter(), by=other).id != first, "somebody else"
        with at(utc_now() + timedelta(minutes=1)):
            assert bulk.draft_bulk(TicketFilter(), by=boss).id != first, "later"
        third = bulk.draft_bulk(TicketFilter(), by=boss).id
        bulk.start(third)
        fourth = bulk.draft_bulk(TicketFilter(), by=boss).id
        assert fourth != third, "started meanwhile"
        change_settings(Settings(severity_words="high: printer"), by=other)
        fifth = bulk.draft_bulk(TicketFilter(), by=boss).id
        assert fifth > fourth, "the settings are others"
        change_settings(Settings(severity_words="high: printer", asks_after_edit=True), by=other)
        assert bulk.draft_bulk(TicketFilter(), by=boss).id == fifth, "what no verdict depends on is another"
