"""What Celery is told when Redis is gone: an error that it expects, and outlives."""

from collections.abc import Iterator

import pytest
from kombu import Connection
from kombu.transport import redis

from tests.services.redis import RedisServer
from worker import broker


@pytest.fixture
def connection(redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    monkeypatch.setattr(redis.Transport, "Channel", broker.Channel)
    redis_server.flush()
    with Connection(redis_server.url) as connection:
        yield connection


def test_a_channel_whose_connection_is_gone_raises_what_celery_catches(connection: Connection) -> None:
    """Where it acknowledges a task after Redis was lost, and where it closes: anything else ends the whole worker."""
    channel, errors = connection.channel(), connection.connection_errors
    with channel.conn_or_acquire() as client:
        assert client.ping()
    channel.close()
    channel.connection = None
    with pytest.raises(errors, match="lost"), channel.conn_or_acquire():
        pass
    other = connection.channel()
    connection.transport.client = None
    with pytest.raises(errors, match="lost"), other.conn_or_acquire():
        pass
    connection.transport.client = connection
