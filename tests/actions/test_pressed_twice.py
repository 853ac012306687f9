"""A button pressed twice does once what it says, also when both presses arrive at the same moment."""

import threading
from collections.abc import Callable

import pytest
from apiflask import APIFlask
from sqlalchemy import func, select

from tests.app_fixtures import MakeApp, add_user
from tests.letters import letter
from tests.take_in import take_in
from ticketapp.actions import conversation
from ticketapp.actions.tickets import NewTicket, open_ticket
from ticketapp.db import db
from ticketapp.models import Direction, Message, Source, Ticket, User
from ticketapp.outside import outside


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
