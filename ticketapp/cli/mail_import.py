"""flask mail import: mail files taken into the system through the same ledger as mail that comes by IMAP."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from flask.cli import with_appcontext

from ticketapp.actions import intake, ledger
from ticketapp.actions.ledger import SeenMail
from ticketapp.cli.mail_files import FoundMail, find_mails
from ticketapp.cli.plain import PlainCommand
from ticketapp.cli.progress import Progress
from ticketapp.models import MailState
from ticketapp.outside import Outside, outside
from ticketapp.queries.ledger import known_digests

BATCH_BYTES = 8_000_000
UIDVALIDITY = 1


@dataclass(slots=True)
class Tally:
    """What became of the mails of one import; ``messages`` are those that joined a ticket that was there."""

    recorded: int = 0
    tickets: int = 0
    messages: int = 0
    set_aside: int = 0
    quarantined: int = 0
    known: int = 0
    unreadable: int = 0

    def __str__(self) -> str:
        return (
            f"{self.recorded:,} recorded, {self.tickets:,} tickets, {self.messages:,} messages, "
            f"{self.set_aside:,} set aside, {self.quarantined:,} quarantined, {self.known:,} known already"
        )


@click.command("import", cls=PlainCommand)
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", type=click.Path(exists=True, path_type=Path))
@with_appcontext
def import_mails(paths: tuple[Path, ...]) -> None:
    """Take .eml files, mbox files, Maildirs and folders of all these in as tickets.

    Each thing that is passed over is named on stderr with the cause, and the exit code is then 1.

    A mail that was taken in from the same place before is recognised by its bytes and left alone, so that an import
    that was cut off can simply be run again.
    """
    world, tally = outside(), Tally()
    with Progress("mails") as progress:
        mails = _readable(find_mails(paths, limit=world.config.mail_max_bytes), tally)
        for mailbox, batch in _batches(mails, world.config.mail_batch):
            _take_in(mailbox, batch, world, tally)
            progress.add(len(batch))
    click.echo(str(tally))
    if not (tally.recorded or tally.known or tally.unreadable):
        raise click.ClickException("There is no mail in what was named.")
    if tally.unreadable:
        raise click.exceptions.Exit(1)


def _readable(found: Iterable[FoundMail], tally: Tally) -> Iterator[tuple[str, SeenMail]]:
    for one in found:
        if one.mail is None:
            tally.unreadable += 1
            click.echo(f"Error: {one.complaint}.", err=True)
        else:
            yield one.mailbox, one.mail


def _batches(mails: Iterable[tuple[str, SeenMail]], most: int) -> Iterator[tuple[str, list[SeenMail]]]:
    """Neighbours of one mailbox, at most so many and little more than 8 MB at a time."""
    name, batch, size = "", list[SeenMail](), 0
    for mailbox, mail in mails:
        if batch and (mailbox != name or len(batch) >= most or size >= BATCH_BYTES):
            yield name, batch
            batch, size = [], 0
        name = mailbox
        batch.append(mail)
        size += len(mail.raw or b"")
    if batch:
        yield name, batch


def _take_in(mailbox: str, batch: Sequence[SeenMail], world: Outside, tally: Tally) -> None:
    mailbox_id = ledger.register_mailbox(mailbox)
    known = known_digests(mailbox_id, [mail.sha256 for mail in batch])
    new = {mail.sha256: mail for mail in batch if mail.sha256 not in known}
    too_large = f"It is over the limit of {world.config.mail_max_bytes:,} bytes; its bytes stayed in {mailbox}."
    to_process = ledger.record(mailbox_id, UIDVALIDITY, batch, no_bytes=too_large)
    tally.recorded += len(new)
    tally.known += len(batch) - len(new)
    tally.quarantined += sum(mail.raw is None for mail in new.values())
    for mail_id in to_process:
        _count(intake.process(mail_id, store=world.store, rules=world.rules), tally)


def _count(landed: intake.Landed | None, tally: Tally) -> None:
    if landed is None:
        return
    if landed.state == MailState.SET_ASIDE:
        tally.set_aside += 1
    elif landed.state == MailState.QUARANTINED:
        tally.quarantined += 1
    elif landed.run_id is not None:  # only a mail that opens a ticket asks for a classification
        tally.tickets += 1
    else:
        tally.messages += 1
