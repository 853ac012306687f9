"""flask mail poll: one poll by hand. Added in wsgi.py, because the application itself never imports the worker."""

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext


def poll() -> None:
    """Poll every mailbox once, to its end, and exit; no broker is needed."""
    from ticketapp.outside import outside
    from worker import polling
    from worker.accounts import accounts
    from worker.imap_connection import MailboxError

    failed = 0
    mailboxes = accounts(outside())
    if not mailboxes:
        raise click.ClickException("There is no mailbox: set IMAP_HOST or MAILDIR, or add one in the portal.")
    for mailbox in mailboxes:
        try:
            polled = polling.poll(outside(), asked=lambda _run_id: None, now=True, mailbox_id=mailbox.mailbox_id)
        except MailboxError as error:
            sentence = str(error)
        else:
            sentence = "It is paused, or another poll has it at the moment; try again when that is over."
            if polled is not None:
                became = ", ".join(f"{number} {state}" for state, number in sorted(polled.became.items()))
                click.echo(f"{mailbox.name}: {polled.recorded} new; {became or 'nothing to process'}.")
                continue
        failed += 1
        click.echo(f"{mailbox.name}: {sentence}", err=True)
    if failed:
        raise click.ClickException(f"{failed} of {len(mailboxes)} mailboxes could not be polled.")


def add_to(app: Flask) -> None:
    """Add the command to the ``mail`` group of a whole application; one that only reads mail files polls nothing."""
    if "sqlalchemy" not in app.extensions:
        return
    from ticketapp.cli.plain import PlainCommand

    group = app.cli.commands["mail"]
    assert isinstance(group, AppGroup)
    group.add_command(PlainCommand("poll", callback=with_appcontext(poll), help=poll.__doc__))
