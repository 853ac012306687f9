"""Who and when, by command line: flask --app wsgi …"""

from apiflask import APIFlask


def init_app(app: APIFlask) -> None:
    """Register the commands."""
