"""Merging, separating, moving, answering and intake at one moment: nobody gets an error, no message is misplaced."""

import random
import threading
import time
from collections.abc import Callable

import pytest
from apiflask import APIFlask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from tests.app_fixtures import add_user
from tests.letters import letter
from tests.take_in import take_in
from ticketapp.actions import bulk, conversation, intake, ledger
from ticketapp.actions.merging import lock_tickets, merge_ticket, separate_ticket
from ticketapp.actions.moving import move_message, split_message
from ticketapp.clock import utc_now
from ticketapp.db import db, transaction
from ticketapp.errors import TicketAppError
from ticketapp.models import InboundMail, Message, Status, Ticket, User
from ticketapp.outside import outside
from ticketapp.queries.ticket_filter import TicketFilter

TICKETS = 5
ROUNDS = 30
SEEDS = (1, 2)


class Crowd:
    """Threads that each do random things to the same few tickets; ``broken`` is what went wrong with any."""

    def __init__(self, app: APIFlask, by: User) -> None:
        self.app, self.by = app, by
        self.broken: list[BaseException] = []
        self.sent = self.written = 0
        self._counting = threading.Lock()

    def run(self, seed: int, *kinds: str) -> None:
        """A thread for each of these methods, until all have had their rounds."""
        threads = [
            threading.Thread(
                target=self._work, args=(getattr(self, kind), random.Random(seed * 100 + number), number)
            )
            for number, kind in enumerate(kinds)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        assert not any(thread.is_alive() for thread in threads)

    def merge(self, dice: random.Random, _: int) -> None:
        one, two = dice.sample(range(1, TICKETS + 1), 2)
        merge_ticket(one, into=two, by=self.by)

    def separate(self, dice: random.Random, _: int) -> None:
        separate_ticket(dice.randint(1, TICKETS), by=self.by)

    def move(self, dice: random.Random, _: int) -> None:
        message_id, ticket_id = self._any_message(dice)
        to = dice.randint(1, TICKETS)
        move_message(ticket_id, message_id, to=to, by=self.by, is_ours=outside().rules.is_ours)

    def split(self, dice: random.Random, _: int) -> None:
        message_id, ticket_id = self._any_message(dice)
        split_message(ticket_id, message_id, by=self.by, is_ours=outside().rules.is_ours)

    def reply(self, dice: random.Random, number: int) -> None:
        text = f"{number}-{dice.random()}"
        write = dice.choice([self._answer, self._note])
        write(dice.randint(1, TICKETS), text)
        with self._counting:
            self.written += 1

    def mail(self, dice: random.Random, number: int) -> None:
        """Two mails at once, answers to first mails or new matters, of people who take part or are new."""
        with self._counting:
            first = self.sent
            self.sent += 2
        raw = [self._letter(dice, first + one) for one in range(2)]
        mailbox_id = ledger.register_mailbox(f"of {number}")
        uids = range(first + 1, first + 3)
        seen = [
            ledger.SeenMail(uid=uid, size=len(mail), arrived_at=utc_now(), raw=mail)
            for uid, mail in zip(uids, raw, strict=True)
        ]
        intake.process_many(ledger.record(mailbox_id, 1, seen), store=outside().store, rules=outside().rules)

    def reclassify(self, dice: random.Random, _: int) -> None:
        job = bulk.draft_bulk(TicketFilter(), by=self.by)
        bulk.start(job.id)
        while bulk.queue_bulk_page(job.id):
            pass

    def _answer(self, ticket_id: int, text: str) -> None:
        conversation.reply(ticket_id, text, by=self.by, support=outside().support)

    def _note(self, ticket_id: int, text: str) -> None:
        conversation.add_note(ticket_id, text, by=self.by)

    def _letter(self, dice: random.Random, number: int) -> bytes:
        answered = dice.randint(1, TICKETS)
        sender = dice.choice(["Jo Doe <jo@customer.example>", "boss@customer.example"])
        more = {"In_Reply_To": f"<first-{answered}@x.example>"} if dice.random() < 0.8 else {}
        return letter("Again", f"Mail {number}", sender=sender, message_id=f"<later-{number}@x.example>", **more)

    def _any_message(self, dice: random.Random) -> tuple[int, int]:
        rows = db.session.execute(select(Message.id, Message.ticket_id).where(Message.ticket_id <= TICKETS)).all()
        db.session.rollback()
        return tuple(dice.choice(rows))  # type: ignore[return-value]

    def _work(self, step: Callable[[random.Random, int], None], dice: random.Random, number: int) -> None:
        with self.app.app_context():
            for _ in range(ROUNDS):
                try:
                    step(dice, number)
                except TicketAppError:
                    continue  # a sentence for whoever asked
                except BaseException as error:  # noqa: BLE001 - whatever it is, it would have reached a person
                    self.broken.append(error)


@pytest.fixture
def crowd(postgres_app: APIFlask) -> Crowd:
    """A crowd around five tickets of one customer, of the mails ``first-1@x.example`` to ``first-5``."""
    by = add_user(postgres_app, "agent@example.com", "Gil Agent", "agent")
    with postgres_app.app_context():
        for number in range(1, TICKETS + 1):
            name = f"<first-{number}@x.example>"
            assert take_in(letter(f"Matter {number}", message_id=name, Cc="boss@customer.example")) == number
    return Crowd(postgres_app, by)


def check_all_is_somewhere(crowd: Crowd) -> None:
    """Nothing broke, every mail is a message, on the ticket that the ledger names; every merger ends somewhere."""
    assert crowd.broken == []
    with crowd.app.app_context():
        mails = select(func.count()).select_from(InboundMail)
        landed = mails.join(Message, Message.id == InboundMail.message_id)
        there = db.session.scalar(landed.where(Message.ticket_id == InboundMail.ticket_id))
        assert there == db.session.scalar(mails) == TICKETS + crowd.sent
        assert db.session.scalar(select(func.count()).select_from(Message)) == there + crowd.written
        into = {ticket.id: ticket.merged_into_id for ticket in db.session.scalars(select(Ticket))}
        for ticket_id in into:
            way = [ticket_id]
            while (following := into[way[-1]]) is not None:
                assert following not in way
                way.append(following)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    "kinds",
    [
        ("merge", "merge", "merge", "merge", "separate", "separate"),
        ("merge", "separate", "mail", "mail", "mail"),
        ("merge", "separate", "move", "move", "move", "reply"),
        ("merge", "separate", "move", "split", "mail", "mail", "reply", "reclassify"),
    ],
    ids=["merging", "mail", "moving", "everything"],
)
def test_whoever_comes_at_once_gets_a_turn_and_every_message_is_somewhere(
    crowd: Crowd, seed: int, kinds: tuple[str, ...]
) -> None:
    crowd.run(seed, *kinds)
    check_all_is_somewhere(crowd)


def test_a_mail_that_was_placed_while_its_ticket_was_merged_lands_where_that_goes_on(crowd: Crowd) -> None:
    landed: list[int] = []

    def receive() -> None:
        with crowd.app.app_context():
            landed.append(take_in(letter(In_Reply_To="<first-4@x.example>")))

    thread = threading.Thread(target=receive)
    with crowd.app.app_context():
        with transaction() as session:
            tickets = lock_tickets(session, {4, 2})
            thread.start()
            wait_until_somebody_waits(session)
            tickets[4].status, tickets[4].merged_into_id = Status.CLOSED, 2
        thread.join(30)
        newest = select(Message).order_by(Message.id.desc()).limit(1)
        message = db.session.scalars(newest).one()
        assert landed == [message.ticket_id] == [2]
        assert message.thread_reason.endswith("That is ticket #4, which was merged into this one.")


def wait_until_somebody_waits(session: Session) -> None:
    """Return once another connection waits for a lock, within ten seconds."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    for _ in range(200):
        if session.scalar(waiting):
            return
        time.sleep(0.05)
    raise AssertionError("nobody waits")
