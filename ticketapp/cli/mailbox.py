"""flask mailbox: what is done to the mailboxes of the portal by hand."""

import click

from ticketapp.cli.plain import PlainGroup

group = PlainGroup("mailbox", help="Mailboxes that were added in the portal.")


@group.command("rekey")
def rekey() -> None:
    """Encrypt the secrets of all mailboxes anew, with the first key of CREDENTIALS_KEY."""
    from ticketapp.actions import mailboxes
    from ticketapp.outside import outside
    from ticketapp.vault import VaultError

    try:
        number = mailboxes.rekey(outside().vault)
    except VaultError as error:
        raise click.ClickException(f"{error} Nothing was changed.") from error
    click.echo(f"The secrets of {number} {'mailbox' if number == 1 else 'mailboxes'} are encrypted anew.")
