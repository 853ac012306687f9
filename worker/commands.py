"""flask mail poll: one poll by hand. Added in wsgi.py, because the application itself never imports the worker."""

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext


def poll() -> None:
    """Poll the configured mailbox once, to its end, and exit; no broker is needed."""
    from ticketapp.outside import outside
    from worker import polling
    from worker.mailbox import MailboxError

    try:
        polled = polling.poll(outside(), asked=lambda _run_id: None, now=True)
    except MailboxError as error:
        raise click.ClickException(str(error)) from error
    if polled is None:
        raise click.ClickException(
            "This mailbox is paused, or another poll has it at the moment; try again when that is over."
        )
    became = ", ".join(f"{number} {state}" for state, number in sorted(polled.became.items()))
    click.echo(f"{outside().config.mailbox_name}: {polled.recorded} new; {became or 'nothing to process'}.")


def add_to(app: Flask) -> None:
    """Add the command to the ``mail`` group of a whole application; one that only reads mail files polls nothing."""
    if "sqlalchemy" not in app.extensions:
        return
    from ticketapp.cli.plain import PlainCommand

    group = app.cli.commands["mail"]
    assert isinstance(group, AppGroup)
    group.add_command(PlainCommand("poll", callback=with_appcontext(poll), help=poll.__doc__))
