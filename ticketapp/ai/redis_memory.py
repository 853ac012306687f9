"""The memory that all processes of all machines share: small texts in Redis."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any, TypeVar

from redis.exceptions import RedisError, WatchError

from ticketapp.ai.memory import Change, MemoryLost

if TYPE_CHECKING:
    from redis import Redis

T = TypeVar("T")
PREFIX = "ticketapp:gate:"
SILENT_SECONDS = 5.0
MOST_TRIES = 100
log = logging.getLogger(__name__)


class RedisMemory:
    """Texts in Redis under `ticketapp:gate:NAME`, on Redis' own clock.

    A change is WATCH, read, MULTI, write, EXEC, begun anew where somebody else came between: one of those who meet
    always gets through (https://redis.io/docs/latest/develop/using-commands/transactions/). After a failure nothing
    is tried for five seconds, so that nobody waits for a dead server again and again. The client is expected to give
    up quickly and to expect text (`decode_responses`).
    """

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._silent_until = 0.0

    def look(self, name: str) -> tuple[str | None, float]:
        """What is held under this name, and the time. Raises MemoryLost."""
        self._speak()
        try:
            with self._client.pipeline(transaction=False) as pipe:
                pipe.get(PREFIX + name)
                pipe.time()
                held, now = pipe.execute()
        except (RedisError, OSError) as error:
            raise self._lost(error) from error
        return held, _seconds(now)

    def update(self, name: str, change: Change[T]) -> T:
        """Change what is held, with nobody else in between. Raises MemoryLost."""
        self._speak()
        try:
            with self._client.pipeline() as pipe:
                for _ in range(MOST_TRIES):
                    try:
                        return _changed(pipe, PREFIX + name, change)
                    except WatchError:
                        continue
        except (RedisError, OSError) as error:
            raise self._lost(error) from error
        raise MemoryLost(f"{MOST_TRIES} times somebody else was quicker")

    def _speak(self) -> None:
        if time.monotonic() < self._silent_until:
            raise MemoryLost("Redis could not be reached just now")

    def _lost(self, error: Exception) -> MemoryLost:
        self._silent_until = time.monotonic() + SILENT_SECONDS
        log.warning("Redis cannot be reached, so nothing is shared about Gemini: %s", error)
        return MemoryLost(str(error))


def _changed(pipe: Any, key: str, change: Change[T]) -> T:
    pipe.watch(key)
    before, now = pipe.get(key), _seconds(pipe.time())
    held, answer = change(before, now)
    if held is None or held == before:
        pipe.unwatch()
        return answer
    pipe.multi()
    pipe.set(key, held)
    pipe.execute()
    return answer


def _seconds(now: tuple[int, int]) -> float:
    return now[0] + now[1] / 1_000_000
