"""Each memory that processes can share, for the tests of what is kept in one."""

from pathlib import Path

import pytest
from redis import Redis

from tests.services.redis import RedisServer
from ticketapp.ai import FileMemory, Memory, ProcessMemory
from ticketapp.ai.redis_memory import RedisMemory


@pytest.fixture(params=["process", "file", "redis"])
def memory(request: pytest.FixtureRequest, tmp_path: Path) -> Memory:
    if request.param == "process":
        return ProcessMemory()
    if request.param == "file":
        return FileMemory(tmp_path / "gate")
    redis: RedisServer = request.getfixturevalue("redis_server")
    redis.flush()
    return RedisMemory(Redis.from_url(redis.url, decode_responses=True, socket_timeout=5))
