"""The parts the benchmarks run on: private servers, a seeded database, one web process, one session."""

import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from apiflask import APIFlask

from config import Config
from tests.app_fixtures import PASSWORD, SECRET, add_user, migrated, settings
from tests.services.ports import free_port
from tests.services.postgres import PostgresServer

ROOT = Path(__file__).parents[1]
EMAIL = "bench@example.com"
POSTGRES_SETTINGS = {"shared_buffers": "1GB", "max_wal_size": "4GB"}


@dataclass(frozen=True, slots=True)
class Milliseconds:
    """What one request took: the median and the 95th percentile of many."""

    p50: float
    p95: float


def postgres() -> PostgresServer:
    """A PostgreSQL that waits for its disk as in production."""
    return PostgresServer(durable=True, settings=POSTGRES_SETTINGS)


def seeded(server: PostgresServer, name: str, tickets: int, **changes: object) -> APIFlask:
    """An application on a new database with so many tickets and one admin."""
    app = migrated(settings(Path(tempfile.mkdtemp()), database_url=server.create_database(name), **changes))
    add_user(app, EMAIL, "Bench", "admin")
    if tickets:
        result = app.test_cli_runner().invoke(args=["seed", "--tickets", str(tickets)])
        assert result.exit_code == 0, result.output
    return app


@contextmanager
def web(config: Config) -> Iterator[str]:
    """One gunicorn process with eight threads; its address."""
    url = f"http://127.0.0.1:{free_port()}"
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": config.database_url,
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "SECRET_KEY": SECRET,
        "DATA_DIR": str(config.data_dir),
        "SUPPORT_ADDRESS": "support@example.com",
        "MAILDIR": str(config.data_dir / "mail"),
        "OUTBOX_DIR": str(config.data_dir / "outbox"),
        "LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", url.removeprefix("http://"), "--threads", "8"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True, stderr=subprocess.DEVNULL)
    try:
        _wait(url)
        yield url
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class Session:
    """A signed-in browser without a browser: one kept connection and a cookie."""

    def __init__(self, url: str) -> None:
        self._host = urlsplit(url).netloc
        self._connection = HTTPConnection(self._host, timeout=60)
        self._cookie = ""
        _, page = self.get("/session/new")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token is not None
        form = urlencode({"csrf_token": token[1], "email": EMAIL, "password": PASSWORD})
        self._request("POST", "/session", form, {"Content-Type": "application/x-www-form-urlencoded"})
        status, _ = self.get("/tickets")
        assert status == 200, f"not signed in: {status}"

    def get(self, path: str) -> tuple[int, str]:
        """Status and body."""
        return self._request("GET", path, None, {})

    def measure(self, path: str, *, times: int) -> Milliseconds:
        """The cost of this page, warm, one request after another."""
        for _ in range(5):
            assert self.get(path)[0] == 200, path
        taken = sorted(_timed(lambda: self.get(path)) for _ in range(times))
        return Milliseconds(statistics.median(taken), taken[int(len(taken) * 0.95)])

    def _request(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> tuple[int, str]:
        self._connection.request(method, path, body, {**headers, "Cookie": self._cookie})
        answer = self._connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie" and value.startswith("session="):
                self._cookie = value.partition(";")[0]
        return answer.status, answer.read().decode(errors="replace")


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def _wait(url: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(f"{url} did not answer")
