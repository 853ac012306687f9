"""flask seed: bulk data to try the system with and to measure it."""

from collections.abc import Iterable, Iterator
from itertools import islice
from random import Random

import click
from flask.cli import with_appcontext

from ticketapp.actions import seeding
from ticketapp.actions.seeding import SeedTicket
from ticketapp.cli.believable import bulk
from ticketapp.cli.believable.people import people
from ticketapp.cli.plain import PlainCommand
from ticketapp.cli.progress import Progress
from ticketapp.clock import utc_now
from ticketapp.queries.users import assignable

BATCH = 5_000
TICKETS_A_PERSON = 8
FEWEST_PEOPLE = 20


@click.command("seed", cls=PlainCommand)
@click.option("--tickets", "number", type=click.IntRange(1, 10_000_000), required=True, help="How many to add.")
@click.option("--random-seed", type=int, default=1, show_default=True, help="The same seed tells the same stories.")
@with_appcontext
def command(number: int, random_seed: int) -> None:
    """Add believable tickets, spread over the past two years, with people, messages, history and verdicts.

    The word "subscription" stands in 9 % of them, "warranty" in 1 %, "observatory" in 0.01 % and "quagga" in none.
    """
    die = Random(random_seed)  # noqa: S311 - stories, not secrets
    requesters = seeding.add_requesters(islice(people(), max(FEWEST_PEOPLE, number // TICKETS_A_PERSON)))
    stories = bulk.tickets(number, requesters=requesters, staff=assignable(), now=utc_now(), die=die)
    with Progress("tickets", number) as progress:
        for batch in _batches(stories):
            seeding.add_tickets(batch)
            progress.add(len(batch))
        seeding.refresh_statistics()
        click.echo(f"{number:,} tickets of {len(requesters):,} people added in {progress.seconds:,.1f} s.")


def _batches(stories: Iterable[SeedTicket]) -> Iterator[list[SeedTicket]]:
    rest = iter(stories)
    while batch := list(islice(rest, BATCH)):
        yield batch
