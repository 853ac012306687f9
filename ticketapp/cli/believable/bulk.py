"""Tickets by the million: texts, choices and times drawn from one die, so that a seed tells the same stories."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random

from ticketapp.actions.seeding import SeedAnswer, SeedRequester, SeedTicket, SeedVerdict
from ticketapp.cli.believable.sentences import ANSWERS, ASIDES, BODIES, CITIES, CLOSINGS, GREETINGS, TITLES
from ticketapp.cli.believable.times import moments
from ticketapp.cli.believable.words import PLANTED, PRODUCT_WEIGHTS, PRODUCTS
from ticketapp.models import Category, ChosenBy, Priority, Source, Status, User

DAYS = 730
CATEGORY_SHARES = (0.26, 0.45, 0.17, 0.12)
PRIORITY_SHARES = (0.25, 0.52, 0.18, 0.05)
SOURCES, SOURCE_SHARES = tuple(Source), (0.72, 0.18, 0.10)
CHOSEN, CHOSEN_SHARES = (ChosenBy.MACHINE, ChosenBy.PERSON, ChosenBy.DEFAULT), (0.70, 0.27, 0.03)
CORRECTED_SHARE, UNASKED_SHARE = 0.2, 0.3  # of what people decided: not as the machine said; without its saying
STATUSES = tuple(Status)
FRESH_SHARES, RECENT_SHARES, OLD_SHARES = (0.7, 0.2, 0.1, 0.0), (0.25, 0.2, 0.35, 0.2), (0.01, 0.01, 0.1, 0.88)


def tickets(
    number: int, *, requesters: Sequence[SeedRequester], staff: Sequence[User], now: datetime, die: Random
) -> Iterator[SeedTicket]:
    """``number`` tickets in the order of their creation, over the two years before ``now``."""
    for created_at in moments(number, days=DAYS, now=now, die=die):
        yield _ticket(created_at, now - created_at, requesters, staff, die)


def _ticket(
    created_at: datetime, age: timedelta, requesters: Sequence[SeedRequester], staff: Sequence[User], die: Random
) -> SeedTicket:
    requester = requesters[int(len(requesters) * die.random() ** 2)]
    topic = die.choices(tuple(Category), CATEGORY_SHARES)[0]
    title, description = _text(topic, requester.name, die)
    chosen_by = die.choices(CHOSEN, CHOSEN_SHARES)[0]
    priority = die.choices(tuple(Priority), PRIORITY_SHARES)[0]
    verdict = _verdict(topic, priority, chosen_by, die)
    status = die.choices(STATUSES, _status_shares(age))[0]
    is_open = status == Status.OPEN
    answer = (
        None if is_open else SeedAnswer(die.choice(ANSWERS), _delay(age, die), die.choice(staff) if staff else None)
    )
    return SeedTicket(
        title=title,
        description=description,
        category=Category.GENERAL if chosen_by == ChosenBy.DEFAULT else topic,
        priority=Priority.MEDIUM if chosen_by == ChosenBy.DEFAULT else priority,
        chosen_by=chosen_by,
        verdict=verdict,
        status=status,
        source=die.choices(SOURCES, SOURCE_SHARES)[0],
        requester=requester,
        created_at=created_at,
        answer=answer,
    )


def _verdict(category: Category, priority: Priority, chosen_by: ChosenBy, die: Random) -> SeedVerdict | None:
    """What the machine said: what stands where it chose, and something near it before most of people's choices."""
    if chosen_by == ChosenBy.PERSON and die.random() < CORRECTED_SHARE:
        category = die.choice(tuple(Category))
        priority = die.choice(tuple(Priority))
    elif chosen_by == ChosenBy.DEFAULT or (chosen_by == ChosenBy.PERSON and die.random() < UNASKED_SHARE):
        return None
    return SeedVerdict(category, priority, round(die.triangular(0.5, 1.0, 0.9), 2))


def _text(topic: Category, name: str, die: Random) -> tuple[str, str]:
    products = die.choices(PRODUCTS, cum_weights=PRODUCT_WEIGHTS, k=2)
    slots = {
        "product": products[0],
        "product2": products[1],
        "number": die.randrange(10_000, 9_999_999),
        "number2": die.randrange(10_000, 9_999_999),
        "amount": f"{die.randrange(900, 240_000) / 100:,.2f} EUR",
        "percent": die.randrange(3, 99),
        "code": f"E{die.randrange(100, 9_999)}",
        "version": f"{die.randrange(1, 9)}.{die.randrange(0, 30)}",
        "city": die.choice(CITIES),
    }
    said = [*die.sample(BODIES[topic], die.randrange(2, 5)), die.choice(ASIDES)]
    said += [sentence for _, share, sentence in PLANTED if die.random() < share]
    body = f"{die.choice(GREETINGS)}\n\n{' '.join(said)}\n\n{die.choice(CLOSINGS)}\n{name}"
    return die.choice(TITLES[topic]).format_map(slots), body.format_map(slots)


def _status_shares(age: timedelta) -> tuple[float, ...]:
    if age < timedelta(days=2):
        return FRESH_SHARES
    return RECENT_SHARES if age < timedelta(days=30) else OLD_SHARES


def _delay(age: timedelta, die: Random) -> timedelta:
    return min(age, timedelta(minutes=10) + timedelta(hours=96) * die.random() ** 3)
