"""Which variables there are: those the configuration reads, those listed for people, those of the compose file."""

import re
from pathlib import Path

from config import Config

ROOT = Path(__file__).parent.parent.parent
PRODUCTION = {
    "DATABASE_URL": "postgresql://u:p@db/tickets",
    "REDIS_URL": "redis://redis:6379/0",
    "SECRET_KEY": "x" * 32,
    "IMAP_HOST": "imap.example.com",
    "IMAP_USER": "help",
    "IMAP_PASSWORD": "secret",
    "SMTP_HOST": "smtp.example.com",
    "SUPPORT_ADDRESS": "help@example.com",
}


class _Listening(dict[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self, values: dict[str, str]) -> None:
        super().__init__(values)
        self.asked: set[str] = set()

    def get(self, name: str, default: str = "") -> str:  # type: ignore[override]  # narrower, as the reader uses it
        self.asked.add(name)
        return super().get(name, default)


def read_by_config() -> set[str]:
    """Every variable that the configuration asks for."""
    environ = _Listening(PRODUCTION)
    Config.from_env(environ)
    return environ.asked


def listed() -> dict[str, str]:
    """The variables of .env.example with their values, in order."""
    found = re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert len(found) == len(dict(found)), "a variable is listed twice"
    return dict(found)


def interpolated_by_compose() -> set[str]:
    """The variables that docker-compose.yml puts into itself."""
    return set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
