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
    """Print what each mail FILE says, one JSON object a line.

    Every file that can be opened gives an object, however broken the mail. Files that cannot be opened are named on
    stderr, and the exit code is then 1.
    """
    unread = 0
    for path in files:
        try:
            raw = path.read_bytes()
        except OSError as error:
            unread += 1
            click.echo(f"Error: {click.format_filename(path)} cannot be read: {error.strerror}", err=True)
            continue
        # Bytes, because the contract is UTF-8 whatever the terminal's encoding is.
        sys.stdout.buffer.write(json.dumps(as_contract(read_mail(raw)), ensure_ascii=False).encode() + b"\n")
        sys.stdout.buffer.flush()
    if unread:
        raise click.exceptions.Exit(1)
