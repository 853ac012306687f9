"""flask mail parse: the mail reader on the command line; touches no database and no configuration."""

import json
import sys
from pathlib import Path

import click

from ticketapp.mail import as_contract
from ticketapp.mail import parse as read_mail


@click.command("parse")
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
def parse(files: tuple[Path, ...]) -> None:
    """Print what each mail FILE says, one JSON object a line; - is standard input.

    Every FILE gives one object, in order, however broken it is, so that lines and files match. One that cannot be
    read gives the object of an empty mail, and its name and the cause on stderr.
    """
    for path in files:
        # Bytes, because the contract is UTF-8 whatever the terminal's encoding is.
        sys.stdout.buffer.write(
            json.dumps(as_contract(read_mail(_bytes_of(path))), ensure_ascii=False).encode() + b"\n"
        )
        sys.stdout.buffer.flush()


def _bytes_of(path: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        click.echo(f"Error: {click.format_filename(path)} cannot be read: {error.strerror}", err=True)
        return b""
