"""flask seed: bulk data that is believable, whole and the same for the same seed."""

import itertools
from datetime import timedelta
from random import Random

import pytest
from apiflask import APIFlask
from sqlalchemy import func, select, text

from tests.app_fixtures import MakeApp, add_user
from tests.cli.running import run
from ticketapp.actions import seeding
from ticketapp.actions.seeding import SeedRequester
from ticketapp.actions.tickets import NewTicket, open_ticket
from ticketapp.cli.believable import bulk, sentences
from ticketapp.cli.believable.people import people
from ticketapp.cli.believable.words import ABSENT, PLANTED, PRODUCTS
from ticketapp.clock import utc_now
from ticketapp.db import db
from ticketapp.models import (
    ChosenBy,
    ClassificationRun,
    EventKind,
    Message,
    Source,
    Status,
    ThreadReference,
    Ticket,
    TicketEvent,
    TicketParticipant,
)
from ticketapp.models.ticket import search_document
from ticketapp.queries import dashboard
from ticketapp.queries.accuracy import accuracy
from ticketapp.queries.accuracy_filter import AccuracyFilter
from ticketapp.queries.ticket_filter import TicketFilter
from ticketapp.queries.tickets import count

NUMBER = 400


@pytest.fixture
def seeded(make_app: MakeApp) -> APIFlask:
    """A database of either kind with 400 seeded tickets."""
    app = make_app()
    add_user(app, "agent@example.com", "Gil Agent", "agent")
    done = run(app, "seed", "--tickets", str(NUMBER))
    assert done.exit_code == 0
    assert done.stdout.startswith("400 tickets of 50 people added in ")
    return app


def test_every_ticket_hangs_together(seeded: APIFlask) -> None:
    with seeded.app_context():
        tickets = db.session.scalars(select(Ticket)).all()
        assert len(tickets) == NUMBER
        for ticket in tickets:
            assert ticket.search_document == search_document(ticket.title, ticket.description)
            verdicts = of(ClassificationRun, ticket)
            assert len(verdicts) in {ChosenBy.MACHINE: (1,), ChosenBy.DEFAULT: (0,)}.get(ticket.category_by, (0, 1))
            if ticket.category_by == ChosenBy.MACHINE:
                assert (verdicts[0].category, verdicts[0].priority) == (ticket.category, ticket.priority)
            inbound, *answers = of(Message, ticket)
            assert (inbound.text, inbound.author_email) == (ticket.description, ticket.requester.email)
            assert [a.in_reply_to for a in answers] == [inbound.message_id] * (ticket.status != Status.OPEN)
            assert [row.email for row in of(TicketParticipant, ticket)] == [ticket.requester.email]
            assert len(of(ThreadReference, ticket)) == 1 + len(answers)
            events = of(TicketEvent, ticket)
            assert events[0].kind == EventKind.OPENED
            assert [event.at for event in events] == sorted(event.at for event in events)
            assert {event.new for event in events if event.kind == EventKind.STATUS} <= {ticket.status}


def test_people_confirmed_and_corrected_enough_to_measure_it(seeded: APIFlask) -> None:
    with seeded.app_context():
        found = accuracy(AccuracyFilter.from_args({"period": "all"}), utc_now())
        assert found.category.agreement is not None
        assert 0.6 < found.category.agreement < 0.95
        assert found.category.untouched > NUMBER * 0.6
        assert found.calibration_error is not None
        events = db.session.scalars(select(TicketEvent).where(TicketEvent.kind == EventKind.CONFIRMED)).all()
        assert len(events) == found.category.confirmed + found.priority.confirmed
        assert all(event.run_id for event in events)


def of(model: type, ticket: Ticket) -> list:  # type: ignore[type-arg]  # rows of whatever model it is
    return list(db.session.scalars(select(model).where(model.ticket_id == ticket.id)))


def test_figures_and_search_know_the_new_tickets(seeded: APIFlask) -> None:
    with seeded.app_context():
        now = utc_now()
        figures = dashboard.overview(now)
        assert figures.total_tickets == sum(figures.category_breakdown.values()) == NUMBER
        assert figures.first_ticket_at is not None
        assert timedelta(days=700) < now - figures.first_ticket_at < timedelta(days=731)
        assert db.session.scalar(select(func.max(Ticket.created_at))) <= now
        assert min(figures.category_breakdown.values()) > NUMBER * 0.05
        assert min(figures.priority_breakdown.values()) > 0
        assert count(TicketFilter(search="kind regards")).number > 10
        assert count(TicketFilter(search=ABSENT)).number == 0


def test_numbers_go_on_after_those_that_are_taken(make_app: MakeApp) -> None:
    app = make_app()
    with app.app_context():
        before = open_ticket(NewTicket(title="Before", description="x", source=Source.WEB), by=None).id
    run(app, "seed", "--tickets", "30")
    run(app, "seed", "--tickets", "30")
    with app.app_context():
        after = open_ticket(NewTicket(title="After", description="x", source=Source.WEB), by=None).id
        assert after > db.session.scalar(select(func.max(Ticket.id)).where(Ticket.id != after)) >= before + 60
        assert db.session.scalar(select(func.count()).select_from(ClassificationRun)) > 20


def test_numbers_rise_with_the_time(seeded: APIFlask) -> None:
    with seeded.app_context():
        moments = db.session.scalars(select(Ticket.created_at).order_by(Ticket.id)).all()
        assert list(moments) == sorted(moments)


def test_the_planner_knows_what_was_written(postgres_app: APIFlask) -> None:
    run(postgres_app, "seed", "--tickets", "100")
    with postgres_app.app_context():
        rows = db.session.scalar(text("SELECT reltuples FROM pg_class WHERE relname = 'ticket'"))
        assert rows == 100


def test_the_same_seed_tells_the_same_stories() -> None:
    now, requesters = utc_now(), [SeedRequester(n, f"Name {n}", f"n{n}@seed.example") for n in range(9)]

    def told(seed: int) -> list[seeding.SeedTicket]:
        return list(bulk.tickets(50, requesters=requesters, staff=[], now=now, die=Random(seed)))

    assert told(1) == told(1) != told(2)


def test_planted_words_have_the_shares_they_promise() -> None:
    number, die = 40_000, Random(1)
    requesters = [SeedRequester(1, "Jo", "jo@seed.example")]
    tickets = bulk.tickets(number, requesters=requesters, staff=[], now=utc_now(), die=die)
    documents = [search_document(ticket.title, ticket.description) for ticket in tickets]
    assert len(documents) == number
    for word, share, _ in PLANTED:
        found = sum(word in document for document in documents)
        # Three standard deviations of a binomial distribution.
        assert abs(found - share * number) <= 3 * (number * share) ** 0.5, word
    assert not any(ABSENT in document for document in documents)


def test_planted_words_stand_nowhere_else() -> None:
    pools = [*sentences.TITLES.values(), *sentences.BODIES.values(), sentences.ASIDES, sentences.ANSWERS]
    texts = " ".join(itertools.chain(*pools, PRODUCTS, sentences.CITIES, sentences.GREETINGS)).casefold()
    assert not any(word in texts for word in (ABSENT, *(word for word, _, _ in PLANTED)))
    assert len(set(PRODUCTS)) == len(PRODUCTS)


def test_people_have_names_and_addresses_that_nobody_can_have() -> None:
    some = list(itertools.islice(people(), 20_000))
    assert len({email for _, email in some}) == len(some)
    for name, email in some:
        assert name.strip()
        assert email == email.lower()
        assert email.isascii()
        assert email.rpartition("@")[2].split(".")[1] == "example"


@pytest.mark.parametrize("number", ["0", "-1", "many", "10000001"])
def test_absurd_numbers_are_refused(app: APIFlask, number: str) -> None:
    done = run(app, "seed", "--tickets", number)
    assert done.exit_code == 2
    assert "--tickets" in done.stderr
