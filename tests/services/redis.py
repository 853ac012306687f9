"""A private Redis."""

import secrets

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.services import programs
from tests.services.ports import free_port
from tests.services.sandbox import Sandbox
from tests.services.server import Server


class RedisServer(Server):
    """A Redis on 127.0.0.1. `appendonly` writes each change to disk, so that `kill` loses a second's at most."""

    def __init__(self, *, appendonly: bool = False):
        self._appendonly = appendonly
        self._password = secrets.token_hex(16)
        self.port = free_port()
        super().__init__(Sandbox("redis"))

    @property
    def url(self) -> str:
        """The address of database 0, as Celery, Flask-Limiter and redis-py take it."""
        return f"redis://:{self._password}@127.0.0.1:{self.port}/0"

    def flush(self) -> None:
        """Empty every database."""
        with self._client() as client:
            client.flushall()

    def start(self) -> None:
        """Start (again) on the same port, with whatever reached the disk."""
        self._sandbox.start(self._program, self._sandbox.folder / "redis.conf", ready=self._answers)

    def _prepare(self) -> None:
        self._program = self._sandbox.reachable(programs.redis())
        settings = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "requirepass": self._password,
            "dir": str(self._sandbox.folder),
            "save": '""',
            "appendonly": "yes" if self._appendonly else "no",
            "appendfsync": "everysec",
        }
        self._sandbox.write("redis.conf", "".join(f"{name} {value}\n" for name, value in settings.items()))

    def _answers(self) -> bool:
        try:
            with self._client() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def _client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url, socket_timeout=5, retry=Retry(NoBackoff(), retries=0))
