"""flask classify evaluate: a labelled set on the same path as tickets, answer by answer into a file."""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path

import click
from flask.cli import with_appcontext

from ticketapp.actions.evaluation import verdict_on
from ticketapp.ai import Classifier, FailureKind, Verdict, is_model_name, takes_examples
from ticketapp.cli.plain import PlainCommand
from ticketapp.cli.progress import Progress
from ticketapp.cli.results_file import ResultsFile, results_file
from ticketapp.composition import classifier_of
from ticketapp.measuring import (
    Answer,
    BadLines,
    BadResults,
    Evaluated,
    LabelledTicket,
    Prices,
    read_labelled,
    report,
    shipped_set,
)
from ticketapp.outside import Outside, outside
from ticketapp.queries import classification_settings

PACE_SLEEP_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What is asked of whom."""

    evaluated: Evaluated
    tickets: list[LabelledTicket]
    classifier: Classifier
    deadline_seconds: float


@click.command("evaluate", cls=PlainCommand)
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--model", help="Another model than the one that is set.")
@click.option("--prompt", help="Another version of the prompt, like v1.")
@click.option("--examples/--no-examples", default=False, help="Give similar decided tickets as examples, as set.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Where answers go, and are gone on with."
)
@with_appcontext
def evaluate(
    file: Path | None,
    model: str | None,
    prompt: str | None,
    examples: bool,  # noqa: FBT001 - click's way
    out: Path | None,
) -> None:
    """Measure how right the classifier is on the labelled tickets of FILE, or on the set that ships.

    Every answer is kept in --out at once. Started again, it goes on where it ended, and asks again where a failure
    may have passed.
    """
    asking = _asking(outside(), file or shipped_set(), model=model, prompt=prompt, gives_examples=examples)
    path = out or Path(_usual_name(asking.evaluated))
    try:
        with results_file(path, asking.evaluated) as results:
            _ask_the_rest(asking, results)
    except BadResults as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"{path} cannot be read or written: {error.strerror}.") from error
    config = outside().config
    prices = Prices(config.gemini_price_in, config.gemini_price_out)
    click.echo(report(asking.evaluated, list(results.answers.values()), prices))
    click.echo(f"The answers are in {path}.", err=True)


def _asking(
    world: Outside, file: Path | Traversable, *, model: str | None, prompt: str | None, gives_examples: bool
) -> Asking:
    raw, name = file.read_bytes(), click.format_filename(file.name)
    try:
        tickets = read_labelled(raw.splitlines())
    except BadLines as error:
        raise click.ClickException(f"{name} cannot be used:\n{error}") from error
    settings = classification_settings.current()
    if gives_examples and not settings.gives_examples:
        raise click.ClickException("Examples are switched off at Classification in the portal; switch them on first.")
    classifier = _classifier(world, prompt)
    if gives_examples and not takes_examples(classifier.prompt_version):
        raise click.ClickException(
            f"Prompt {classifier.prompt_version} does not tell the model what examples are; leave out --examples."
        )
    asked_model = model or settings.model or classifier.model
    if not is_model_name(asked_model):
        raise click.ClickException(f"{asked_model!r} is no model name; one looks like gemini-3.5-flash-lite.")
    evaluated = Evaluated(
        file=name,
        sha256=hashlib.sha256(raw).hexdigest(),
        tickets=len(tickets),
        model=asked_model,
        prompt=classifier.prompt_version,
        examples=gives_examples,
        masked=", ".join(sorted(settings.masked)),
        severity_words=hashlib.sha256(settings.severity_list.encode()).hexdigest(),
        most_examples=settings.most_examples if gives_examples else 0,
    )
    return Asking(
        evaluated=evaluated,
        tickets=tickets,
        classifier=classifier,
        deadline_seconds=world.config.classify_timeout_seconds,
    )


def _classifier(world: Outside, prompt: str | None) -> Classifier:
    if not world.classifier.is_configured:
        raise click.ClickException(f"{FailureKind.NO_KEY.sentence} Set GEMINI_API_KEY and try again.")
    if prompt is None:
        return world.classifier
    try:
        return classifier_of(world.config, prompt_version=prompt)
    except LookupError as error:
        raise click.ClickException(f"{error}.") from error


def _usual_name(evaluated: Evaluated) -> str:
    examples = ".examples" if evaluated.examples else ""
    model = evaluated.model.replace("/", "-")
    return f"{Path(evaluated.file).stem}.{model}.{evaluated.prompt}{examples}.results.jsonl"


def _ask_the_rest(asking: Asking, results: ResultsFile) -> None:
    known = results.answers
    rest = [ticket for ticket in asking.tickets if ticket.id not in known or known[ticket.id].may_pass]
    if rest:
        asking.classifier.warm_up()  # so that no latency holds the start of this process
    with Progress("tickets", len(asking.tickets), before=len(asking.tickets) - len(rest)) as progress:
        for answer in _answers(rest, asking):
            results.keep(answer)
            progress.add()


def _answers(tickets: list[LabelledTicket], asking: Asking) -> Iterator[Answer]:
    for ticket in tickets:
        verdict = _verdict(ticket, asking)
        failure = verdict.failure
        if failure is not None and (failure.kind.awaits_an_admin or not failure.kind.was_asked):
            raise click.ClickException(f"{failure.sentence} Started again, it goes on where it ended.")
        yield _answer(ticket, verdict)


def _verdict(ticket: LabelledTicket, asking: Asking) -> Verdict:
    """The verdict; where the pace refuses the question, it is put again as soon as it may be."""
    while True:
        verdict = verdict_on(
            ticket,
            asking.classifier,
            model=asking.evaluated.model,
            gives_examples=asking.evaluated.examples,
            deadline_seconds=asking.deadline_seconds,
        )
        if verdict.failure is None or verdict.failure.kind is not FailureKind.PACED:
            return verdict
        time.sleep(verdict.failure.retry_after_seconds or PACE_SLEEP_SECONDS)


def _answer(ticket: LabelledTicket, verdict: Verdict) -> Answer:
    said, failure = verdict.suggestion, verdict.failure
    found = {} if said is None else {"category": said.category, "priority": said.priority, "reason": said.reason}
    return Answer(
        id=ticket.id,
        language=ticket.language,
        hard=ticket.hard,
        right_category=ticket.category,
        right_priority=ticket.priority,
        confidence=said.confidence if said else None,
        failure=str(failure.kind) if failure else "",
        may_pass=failure.retryable if failure else False,
        latency_ms=verdict.latency_ms,
        tokens_in=verdict.tokens_in,
        tokens_out=verdict.tokens_out,
        **found,
    )
