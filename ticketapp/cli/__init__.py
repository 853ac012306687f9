"""Who and when, by command line: flask --app wsgi …"""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the commands."""
    # Imported here, so that reading a mail file (ticketapp.cli.entry) starts without the database's libraries.
    from ticketapp.cli import classify, demo, mail, mailbox, people, seed

    app.cli.add_command(people.user)
    app.cli.add_command(people.token)
    app.cli.add_command(mail.group)
    app.cli.add_command(mailbox.group)
    app.cli.add_command(classify.command)
    app.cli.add_command(seed.command)
    app.cli.add_command(demo.command)
