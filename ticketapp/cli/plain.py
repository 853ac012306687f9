"""Commands whose errors are sentences: what a person can put right is said without a traceback."""

from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.exc import DBAPIError

from ticketapp.errors import TicketAppError
from ticketapp.storage import StorageError


class Plain(click.Command):
    """What ends with one line on stderr and exit code 1 where input, database or store are at fault."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. Raises ``click.ClickException``."""
        try:
            return super().invoke(ctx)
        except (TicketAppError, StorageError) as error:
            raise click.ClickException(str(error)) from error
        except DBAPIError as error:
            cause = str(error.orig).strip().split("\n")[0]
            raise click.ClickException(
                f"The database cannot be used: {cause}. Is it running, and migrated (flask --app wsgi db upgrade)?"
            ) from error


class PlainCommand(Plain):
    """One such command."""


class PlainGroup(Plain, AppGroup):
    """A group of such commands, each run inside the application's context; it may do something itself."""

    command_class = PlainCommand
