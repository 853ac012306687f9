"""Who and when, by browser: the portal's blueprints."""

from apiflask import APIFlask


def init_app(app: APIFlask) -> None:
    """Register the portal."""
