"""flask classify: the runs that are due, done now and in the foreground."""

from collections import Counter
from collections.abc import Iterator

import click
from flask.cli import with_appcontext

from ticketapp.actions.classification import classify
from ticketapp.ai import FailureKind
from ticketapp.cli.plain import PlainCommand
from ticketapp.cli.progress import Progress
from ticketapp.clock import utc_now
from ticketapp.outside import outside
from ticketapp.queries.classification import due

PAGE_SIZE = 100
# After one of these every further question would fail alike and use up that ticket's only try.
HOPELESS = (FailureKind.REFUSED_KEY, FailureKind.UNKNOWN_MODEL)


@click.command("classify", cls=PlainCommand)
@click.option("--pending", is_flag=True, help="Every ticket whose classification is due.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many tickets.")
@with_appcontext
def command(pending: bool, limit: int | None) -> None:  # noqa: FBT001 - click's way
    """Have tickets classified now, without the worker."""
    if not pending:
        raise click.UsageError("Say which tickets: --pending takes every one whose classification is due.")
    world = outside()
    if not world.classifier.is_configured:
        raise click.ClickException(f"{FailureKind.NO_KEY.sentence} Set GEMINI_API_KEY and try again.")
    outcomes: Counter[str] = Counter()
    with Progress("tickets") as progress:
        for run_id in _due_runs(limit):
            verdict = classify(run_id, world.classifier, deadline_seconds=world.config.classify_timeout_seconds)
            if verdict is None:
                continue
            progress.add()
            outcomes[verdict.failure.sentence if verdict.failure else ""] += 1
            if verdict.failure and verdict.failure.kind in HOPELESS:
                break
    _tell(outcomes)


def _due_runs(limit: int | None) -> Iterator[int]:
    seen: set[int] = set()
    while limit is None or len(seen) < limit:
        page = [run_id for run_id in due(utc_now(), limit=PAGE_SIZE) if run_id not in seen]
        if not page:
            return
        for run_id in page[: None if limit is None else limit - len(seen)]:
            seen.add(run_id)
            yield run_id


def _tell(outcomes: Counter[str]) -> None:
    failures = {cause: number for cause, number in outcomes.items() if cause}
    click.echo(f"{outcomes['']:,} classified, {sum(failures.values()):,} failed.")
    for cause, number in failures.items():
        click.echo(f"  {number:,} times: {cause}", err=True)
    if failures:
        raise click.exceptions.Exit(1)
