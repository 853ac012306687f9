"""The memory that all processes of all machines share: small texts in Redis."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, TypeVar

from redis.exceptions import RedisError, WatchError

from ticketapp.ai.memory import Change, MemoryLost

if TYPE_CHECKING:
    from redis import Redis

T = TypeVar("T")
PREFIX = "ticketapp:gate:"
SILENT_SECONDS = 5.0
MOST_TRIES = 100
log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Line:
    """What is known of the way to the server, by all memories that use it."""

    silent_until: float = 0.0


class RedisMemory:
    """Texts in Redis under `ticketapp:gate:NAME`, on Redis' own clock, which also forgets what is to be brief.

    A change is WATCH, read, MULTI, write, EXEC, begun anew where somebody else came between: one of those who meet
    always gets through (https://redis.io/docs/latest/develop/using-commands/transactions/). After a failure nothing
    is tried for five seconds, so that nobody waits for a dead server again and again. The client is expected to give
    up quickly and to expect text (`decode_responses`).
    """

    def __init__(
        self, client: Redis, *, prefix: str = PREFIX, seconds: float | None = None, line: _Line | None = None
    ) -> None:
        self._client = client
        self._prefix = prefix
        self._seconds = seconds
        self._line = line or _Line()

    def look(self, name: str) -> tuple[str | None, float]:
        """What is held under this name, and the time. Raises MemoryLost."""
        self._speak()
        try:
            with self._client.pipeline(transaction=False) as pipe:
                pipe.get(self._prefix + name)
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
                        return self._changed(pipe, self._prefix + name, change)
                    except WatchError:
                        continue
        except (RedisError, OSError) as error:
            raise self._lost(error) from error
        raise MemoryLost(f"{MOST_TRIES} times somebody else was quicker")

    def brief(self, name: str, *, seconds: float) -> Self:
        """The memory of this name beside this one, under `ticketapp:gate:THIS:NAME`, where each text expires."""
        return type(self)(self._client, prefix=f"{self._prefix}{name}:", seconds=seconds, line=self._line)

    def _changed(self, pipe: Any, key: str, change: Change[T]) -> T:
        pipe.watch(key)
        before, now = pipe.get(key), _seconds(pipe.time())
        held, answer = change(before, now)
        if held == before:
            pipe.unwatch()
            return answer
        pipe.multi()
        if held is None:
            pipe.delete(key)
        else:
            pipe.set(key, held, px=None if self._seconds is None else round(self._seconds * 1000))
        pipe.execute()
        return answer

    def _speak(self) -> None:
        if time.monotonic() < self._line.silent_until:
            raise MemoryLost("Redis could not be reached just now")

    def _lost(self, error: Exception) -> MemoryLost:
        self._line.silent_until = time.monotonic() + SILENT_SECONDS
        log.warning("Redis cannot be reached, so nothing is shared about Gemini: %s", error)
        return MemoryLost(str(error))


def _seconds(now: tuple[int, int]) -> float:
    return now[0] + now[1] / 1_000_000
