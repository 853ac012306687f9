"""The private servers as pytest fixtures: each starts when the first test asks for it and ends with the test run."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.services import chromium, programs
from tests.services.dovecot import DovecotServer
from tests.services.gemini import GeminiServer
from tests.services.imap import ImapServer
from tests.services.postgres import PostgresServer
from tests.services.pymap import PymapServer
from tests.services.redis import RedisServer
from tests.services.smtp import SmtpServer


def start_imap(users: Mapping[str, str] | None = None) -> ImapServer:
    """A new Dovecot, or pymap where that is missing, for `with`; for tests that kill it or need it to themselves."""
    return (PymapServer if programs.imap().path.name == "pymap" else DovecotServer)(users)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL; make a database of your own in it."""
    with PostgresServer() as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """A Redis; `flush()` it before use."""
    with RedisServer() as server:
        yield server


@pytest.fixture(scope="session")
def dovecot() -> Iterator[ImapServer]:
    """A Dovecot, or pymap where that is missing; `add_user()` an account of your own."""
    with start_imap() as server:
        yield server


@pytest.fixture(scope="session")
def smtp_server() -> Iterator[SmtpServer]:
    """An SMTP server, without any mail and accepting every one at the start of each test."""
    with SmtpServer() as server:
        yield server


@pytest.fixture(scope="session")
def gemini() -> Iterator[GeminiServer]:
    """A server that speaks Gemini's protocol, as good as new at the start of each test."""
    with GeminiServer() as server:
        yield server


@pytest.fixture(autouse=True)
def _forget_the_last_test(request: pytest.FixtureRequest) -> None:
    for name in {"smtp_server", "gemini"} & set(request.fixturenames):
        request.getfixturevalue(name).reset()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Makes pytest-playwright start the machine's own Chromium."""
    return {**browser_type_launch_args, **chromium.launch_arguments()}
