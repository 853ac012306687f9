"""Which application a command line is for: the whole one, or one that only reads mail files and needs no settings."""

from collections.abc import Sequence
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

from config import ConfigError
from ticketapp.cli.parse import parse

OPTIONS_WITH_VALUE = ("-A", "--app", "-e", "--env-file")


def application(argv: Sequence[str]) -> Flask:
    """The application for this process's arguments. Raises ``ConfigError``, at a prompt as a plain sentence."""
    if only_reads_mail(argv):
        return mail_reader()
    from ticketapp import create_app

    try:
        return create_app()
    except ConfigError as error:
        if click.get_current_context(silent=True) is None:
            raise
        raise click.ClickException(str(error)) from None


def only_reads_mail(argv: Sequence[str]) -> bool:
    """Whether these are the arguments of ``flask … mail parse …``."""
    program = Path(argv[0]) if argv else Path()
    words: list[str] = []
    rest = iter(argv[1:])
    for word in rest:
        if word in OPTIONS_WITH_VALUE:
            next(rest, None)
        elif not word.startswith("-"):
            words.append(word)
    return "flask" in (program.stem, program.parent.name) and words[:2] == ["mail", "parse"]


def mail_reader() -> Flask:
    """An application with ``mail parse`` alone: no configuration is read, no database opened, no folder made."""
    app = Flask("ticketapp", static_folder=None)
    group = AppGroup("mail")
    group.add_command(parse)
    app.cli.add_command(group)
    return app
