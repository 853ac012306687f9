"""Who and when, by program: the REST API."""

from apiflask import APIFlask


def init_app(app: APIFlask) -> None:
    """Register the API."""
