"""The WSGI entry point: gunicorn wsgi:app, flask --app wsgi."""

import sys

from ticketapp.cli.entry import application
from worker.commands import add_to

app = application(sys.argv)
add_to(app)
