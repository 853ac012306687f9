"""flask classify: the runs that are due, done now and in the foreground; and the group of what measures answers."""

import time
from collections import Counter
from collections.abc import Iterator

import click
from flask.cli import with_appcontext

from ticketapp.actions.classification import classify
from ticketapp.ai import FailureKind, GatedClassifier, Verdict
from ticketapp.cli.evaluate import evaluate
from ticketapp.cli.evaluations import compare, export
from ticketapp.cli.plain import PlainGroup
from ticketapp.cli.progress import Progress
from ticketapp.clock import utc_now
from ticketapp.outside import Outside, outside
from ticketapp.queries import classification_settings
from ticketapp.queries.classification import being_asked, due, due_later

PAGE_SIZE = 100
LONGEST_SLEEP_SECONDS = 1.0
MOST_COUNTED = 1000


@click.group("classify", cls=PlainGroup, invoke_without_command=True)
@click.option("--pending", is_flag=True, help="Every ticket whose classification is due.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many tickets.")
@click.pass_context
@with_appcontext
def command(context: click.Context, pending: bool, limit: int | None) -> None:  # noqa: FBT001 - click's way
    """Have tickets classified now, without the worker; or measure how right the classifier is.

    The exit code is 1 where a ticket failed, or was due and nobody could be asked.
    """
    if context.invoked_subcommand is not None:
        return
    if not pending:
        raise click.UsageError("Say which tickets: --pending takes every one whose classification is due.")
    world = outside()
    if not world.classifier.is_configured:
        raise click.ClickException(f"{FailureKind.NO_KEY.sentence} Set GEMINI_API_KEY and try again.")
    world.classifier.warm_up()  # so that no latency holds the start of this process
    outcomes: Counter[str] = Counter()
    pause, refused = None, ""
    with Progress("tickets") as progress:
        for run_id in _due_runs(limit):
            if (pause := _awaited(world.classifier)) is not None:
                break
            verdict = _verdict_on(run_id, world)
            if verdict is None:
                continue
            if verdict.failure and not verdict.failure.kind.was_asked:
                refused = verdict.failure.sentence
                continue
            progress.add()
            outcomes[verdict.failure.sentence if verdict.failure else ""] += 1
    if pause or refused:
        click.echo(f"The rest stays queued: {pause or refused}", err=True)
    elif limit is None:
        _tell_of_later()
    _tell(outcomes)
    if pause or refused or outcomes.total() > outcomes[""]:
        raise click.exceptions.Exit(1)


def _verdict_on(run_id: int, world: Outside) -> Verdict | None:
    """The verdict on this run; where the pace refused the question, it is put again as soon as it allows one."""
    deadline_seconds = world.config.classify_timeout_seconds
    while verdict := classify(run_id, world.classifier, deadline_seconds=deadline_seconds):
        if verdict.failure is None or verdict.failure.kind is not FailureKind.PACED:
            break
        time.sleep(verdict.failure.retry_after_seconds or LONGEST_SLEEP_SECONDS)
    return verdict


def _awaited(classifier: GatedClassifier) -> str | None:
    """Wait until the pace allows a question; why none can be asked, where waiting is not enough."""
    model = classification_settings.current().model
    while (availability := classifier.availability(model)).wait_seconds:
        if availability.kind is not None:
            return availability.kind.sentence
        if availability.is_lost:
            return "Redis cannot be reached, so nobody knows how much may be asked."
        time.sleep(min(availability.wait_seconds, LONGEST_SLEEP_SECONDS))
    return None


def _due_runs(limit: int | None) -> Iterator[int]:
    seen: set[int] = set()
    while limit is None or len(seen) < limit:
        page = [run_id for run_id in due(utc_now(), limit=PAGE_SIZE) if run_id not in seen]
        if not page:
            return
        for run_id in page[: None if limit is None else limit - len(seen)]:
            seen.add(run_id)
            yield run_id


def _tell_of_later() -> None:
    now = utc_now()
    number = len(due_later(now, limit=MOST_COUNTED + 1))
    if number:
        shown = f"more than {MOST_COUNTED:,}" if number > MOST_COUNTED else f"{number:,}"
        click.echo(f"Not due yet: {shown}. The next try comes by itself, or at once by Reclassify.", err=True)
    if asked := being_asked(now):
        click.echo(f"Left to the worker that asks about it at this moment: {asked:,}.", err=True)


def _tell(outcomes: Counter[str]) -> None:
    failures = {cause: number for cause, number in outcomes.items() if cause}
    click.echo(f"{outcomes['']:,} classified, {sum(failures.values()):,} failed.")
    for cause, number in failures.items():
        click.echo(f"  {number:,} times: {cause}", err=True)


for each in (evaluate, compare, export):
    command.add_command(each)
