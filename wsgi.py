"""The WSGI entry point: gunicorn wsgi:app, flask --app wsgi."""

import sys

from ticketapp.cli.entry import application

app = application(sys.argv)
