"""flask mail …: the group of commands about mail.

``group`` is open: whoever else has a command about mail adds it with ``group.add_command``.
"""

from ticketapp.cli.mail_import import import_mails
from ticketapp.cli.parse import parse
from ticketapp.cli.plain import PlainGroup

group = PlainGroup("mail", help="Mail files and mailboxes.")
group.add_command(parse)
group.add_command(import_mails)
