"""flask classify compare and export: two evaluations side by side, and people's decisions as a labelled set."""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import click
from flask.cli import with_appcontext

from ticketapp.cli.plain import PlainCommand
from ticketapp.cli.progress import Progress
from ticketapp.measuring import Answer, BadResults, Evaluated, comparison, read_answers, written
from ticketapp.queries.decisions import decided_tickets

RESULT = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("compare", cls=PlainCommand)
@click.argument("first", type=RESULT)
@click.argument("second", type=RESULT)
def compare(first: Path, second: Path) -> None:
    """Two results of evaluate side by side, and whether the difference is real."""
    try:
        one, other = _results(first), _results(second)
    except BadResults as error:
        raise click.ClickException(str(error)) from error
    if one[0].sha256 != other[0].sha256:
        raise click.ClickException(
            f"{first} and {second} are about different labelled sets ({one[0].file} and {other[0].file}); "
            "only runs over the same file can be compared."
        )
    if not one[1].keys() & other[1].keys():
        raise click.ClickException(f"{first} and {second} have no ticket in common yet.")
    click.echo(comparison(one, other))


@click.command("export", cls=PlainCommand)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def export(file: Path) -> None:
    """Write every ticket whose category or priority people chose to FILE, as a labelled set for evaluate.

    A line holds what people chose: a field that they left to the machine is not in it.

    The customers' words are in it as they wrote them, nothing masked; only its owner may read the file.
    With - as FILE it goes to standard output.
    """
    if str(file) == "-":
        _write_to_stdout()
        return
    _refuse_what_is_there(file)
    try:
        number = _write_whole(file)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}.") from error
    click.echo(f"{number:,} decisions are in {file}.")


def _write_to_stdout() -> None:
    """Whoever reads it may have enough at any time; of anything else a sentence tells."""
    try:
        _write(sys.stdout.buffer.write)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # where the rest goes as the process ends
        raise click.ClickException(f"Standard output cannot be written: {error.strerror}.") from error


def _refuse_what_is_there(file: Path) -> None:
    if os.path.lexists(file):
        raise click.ClickException(f"{file} is there already; name a file that is not.")


def _write_whole(file: Path) -> int:
    """Under a name that is nobody else's until it is whole: of two at once the first to end has the name."""
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=".export-", suffix=".part", delete=False) as draft:
        try:
            number = _write(draft.write)
            draft.flush()
            _refuse_what_is_there(file)
            Path(draft.name).rename(file)
        except BaseException:
            Path(draft.name).unlink(missing_ok=True)
            raise
    return number


def _results(path: Path) -> tuple[Evaluated, dict[str, Answer]]:
    return read_answers(path.read_bytes().splitlines(keepends=True), name=str(path))


def _write(write: Callable[[bytes], object]) -> int:
    with Progress("decisions") as progress:
        for ticket in decided_tickets():
            write(written(ticket).encode() + b"\n")
            progress.add()
        return progress.done
