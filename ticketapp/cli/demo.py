"""flask demo: a few weeks of a small support team, told through the same actions as real work."""

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count, cycle
from random import Random

import click
from flask.cli import with_appcontext
from flask_migrate import upgrade

from ticketapp import clock
from ticketapp.actions import ledger
from ticketapp.actions.users import create_user
from ticketapp.cli.believable import mails
from ticketapp.cli.believable.mails import Writer
from ticketapp.cli.believable.people import plain
from ticketapp.cli.believable.sentences import CITIES
from ticketapp.cli.believable.stories import CUSTOMERS, Story, stories
from ticketapp.cli.believable.times import moments
from ticketapp.cli.demo_case import UIDVALIDITY, Case, Post, Step
from ticketapp.cli.plain import PlainCommand
from ticketapp.cli.progress import Progress
from ticketapp.errors import Conflict, NotFound
from ticketapp.models import Source, User
from ticketapp.outside import outside
from ticketapp.queries import ledger as ledger_queries
from ticketapp.queries import users

MAILBOX = f"{ledger_queries.IMPORTED}demo"
TICKETS, DAYS = 120, 28
LEASE_SECONDS = 600.0
STAFF = ("Mia Keller", "Jonas Okafor", "Ines Ricci")
STAFF_DOMAIN = "parcelroom.example"
SOURCES, SOURCE_SHARES = (Source.EMAIL, Source.WEB, Source.API), (0.82, 0.12, 0.06)
UNDECIDED_EVERY, UNREAD_EVERY = 5, 15  # of what people decide nothing about, the machine read two of three
STUCK_SHARE = 0.12
NEWSLETTERS = 3
TOO_LARGE = b'From: "Pat Quill" <pat.quill@granite-works.example>\r\nSubject: All our plans as one file\r\n\r\n'


@click.command("demo", cls=PlainCommand)
@with_appcontext
def command() -> None:
    """Fill in four weeks of believable tickets, people and mails; nobody in them exists.

    The database is migrated first. Its machine's verdicts are made up and say so, under the model name "demo"; people
    confirmed or corrected most of them, and some tickets wait to be read.
    """
    upgrade()
    mailbox_id = ledger.register_mailbox(MAILBOX)
    if _is_there(mailbox_id):
        click.echo("The demo is there already; nothing was added.")
        return
    now, die = clock.utc_now(), Random(7)  # noqa: S311 - stories, not secrets
    post = Post(outside(), mailbox_id)
    steps = [step for case, at in _cases(now, post, die) for step in case.steps(at)]
    steps += _other_mail(now, post, die)
    past = sorted((step for step in steps if step.at < now), key=lambda step: step.at)
    with Progress("steps", len(past)) as progress:
        for step in past:
            with clock.at(step.at):
                step.act()
            progress.add()
    ledger.end_poll(mailbox_id)
    click.echo(f"{TICKETS} tickets of {len(CUSTOMERS)} customers and {len(STAFF)} colleagues are there.")
    click.echo("The colleagues have passwords nobody knows; an admin can set new ones.", err=True)


def _is_there(mailbox_id: int) -> bool:
    """Whether an earlier demo was finished. Raises ``Conflict`` where one was not."""
    if ledger_queries.mailbox(mailbox_id).polled_at is not None:
        return True
    if not ledger.lease_mailbox(mailbox_id, seconds=LEASE_SECONDS):
        raise Conflict("Another demo is being filled in at this moment; if it was cut short, try in ten minutes.")
    if ledger_queries.cursor(mailbox_id, UIDVALIDITY):
        raise Conflict("An earlier demo was cut short. What it made stays; for a whole one take an empty database.")
    return False


def _cases(now: datetime, post: Post, die: Random) -> Iterator[tuple[Case, datetime]]:
    staff = [_colleague(name, now) for name in STAFF]
    customers = {language: cycle(_of(language)) for language, _, _ in CUSTOMERS}
    told = _shuffled(die)
    for number, opened_at in enumerate(moments(TICKETS, days=DAYS, now=now, die=die), start=1):
        story = next(told)
        name, email = next(customers[story.language])
        case = Case(
            story=story,
            writer=Writer(name=name, email=email, language=story.language, support=post.world.support.address),
            agent=die.choice(staff),
            source=die.choices(SOURCES, SOURCE_SHARES)[0] if not story.files else Source.EMAIL,
            is_read=number % UNREAD_EVERY != 0,
            is_decided=number % UNDECIDED_EVERY != 0,
            is_stuck=die.random() < STUCK_SHARE,
            slots=_slots(die),
            post=post,
            die=die,
        )
        yield case, opened_at


def _other_mail(now: datetime, post: Post, die: Random) -> Iterator[Step]:
    """Mail that becomes no ticket: newsletters, and one that is too large."""
    editor = Writer(name="Pack & Post", email="news@pack-and-post.example", language="en", support="")
    for number in range(NEWSLETTERS):
        at = now - timedelta(days=DAYS * (number + 0.5) / NEWSLETTERS)
        yield Step(at, lambda at=at: _deliver_newsletter(editor, post, at))  # type: ignore[misc]  # mypy#12557
    large_at = now - timedelta(days=2, hours=5)
    size = post.world.config.mail_max_bytes + die.randrange(10**6, 10**7)
    yield Step(large_at, lambda: post.leave_out(TOO_LARGE, next(post.numbers), large_at, size=size))


def _deliver_newsletter(editor: Writer, post: Post, at: datetime) -> None:
    number = next(post.numbers)
    post.deliver(mails.newsletter(editor, number=number, at=at), number, at)


def _colleague(name: str, now: datetime) -> User:
    email = f"{name.lower().replace(' ', '.')}@{STAFF_DOMAIN}"
    try:
        return users.by_email(email)
    except NotFound:
        with clock.at(now - timedelta(days=DAYS + 10)):
            return create_user(email, name=name, role="agent", password=secrets.token_urlsafe(24))


def _of(language: str) -> list[tuple[str, str]]:
    return [
        (name, f"{plain(name.replace(' ', '-'))}@{firm}.example")
        for spoken, name, firm in CUSTOMERS
        if spoken == language
    ]


def _shuffled(die: Random) -> Iterator[Story]:
    for _ in count():
        yield from die.sample(stories(), len(stories()))


def _slots(die: Random) -> dict[str, object]:
    return {
        "number": die.randrange(10_000, 99_999),
        "amount": f"{die.randrange(1_900, 240_000) / 100:,.2f} EUR",
        "city": die.choice(CITIES),
        "version": f"{die.randrange(3, 7)}.{die.randrange(0, 20)}",
        "count": die.randrange(6, 90),
    }
