"""How Celery speaks with Redis: as kombu does, but a channel without its connection says so as Celery expects."""

from typing import Any

from kombu.transport import redis


class Channel(redis.Channel):
    """A channel of kombu 5 whose lost connection is an error of connections.

    By itself it raises an AttributeError where a task is acknowledged, or given back, after Redis was lost: nobody
    expects that, and the whole worker ends.
    """

    def _connparams(self, *arguments: Any, **named: Any) -> Any:
        if self.connection is None or self.connection.client is None:
            raise ConnectionError("the connection to Redis was lost")
        return super()._connparams(*arguments, **named)  # type: ignore[misc]  # the stubs leave it out
