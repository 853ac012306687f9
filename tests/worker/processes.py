"""The worker and the schedule as real processes, configured by environment like in production."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from apiflask import APIFlask

from tests.app_fixtures import SECRET
from tests.services.redis import RedisServer
from tests.worker.conftest import Account
from ticketapp.outside import EXTENSION

ROOT = Path(__file__).parents[2]
CELERY = (sys.executable, "-m", "celery", "-A", "worker.celery_app")
PLACES = 2
WORKER = (*CELERY, "worker", f"--concurrency={PLACES}", "--loglevel=INFO")
BEAT = (*CELERY, "beat", "--pidfile=", "--loglevel=INFO")
# The default scheduler writes a file where it stands.
BOTH = (*WORKER, "--beat", "--scheduler=celery.beat:Scheduler")


def environment(app: APIFlask, account: Account, redis: RedisServer, **changes: str) -> dict[str, str]:
    """The environment in which worker and schedule serve this application and account."""
    config = app.extensions[EXTENSION].config
    return {
        "DATABASE_URL": config.database_url,
        "REDIS_URL": redis.url,
        "SECRET_KEY": SECRET,
        "DATA_DIR": str(config.data_dir),
        "IMAP_HOST": account.server.host,
        "IMAP_PORT": str(account.server.imap_port),
        "IMAP_SECURITY": "none",
        "IMAP_USER": account.user,
        "IMAP_PASSWORD": account.server.users[account.user],
        "OUTBOX_DIR": str(config.data_dir / "outbox"),
        "SUPPORT_ADDRESS": "support@example.com",
        "POLL_SECONDS": "0.5",
        "SWEEP_SECONDS": "1",
        "MAILBOX_LEASE_SECONDS": "1",
        "ALIVE_DIR": str(config.data_dir),
        **changes,
    }


class CeleryProcess:
    """One process of ours and its children, in a process group of its own; use it in a `with`."""

    def __init__(self, command: Sequence[str], environment: dict[str, str], log: Path) -> None:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self._command = command
        self._environment = {**kept, **environment, "C_FORCE_ROOT": "1"}
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def start(self) -> None:
        """Start (again)."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The process's id; it must be running."""
        assert self._process is not None
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not ended, by whatever."""
        return self._process is not None and self._process.poll() is None

    def end(self, number: signal.Signals, *, seconds: float) -> int:
        """Send the process alone a signal and wait so long for its end; its status."""
        assert self._process is not None
        self._process.send_signal(number)
        return self._process.wait(seconds)

    def kill(self) -> None:
        """kill -9 the process and all its children."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None


class WorkerProcess(CeleryProcess):
    """`celery worker` with the schedule inside."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        super().__init__(BOTH, environment, log)


def wait_until(is_so: Callable[[], bool], *, seconds: float, what: str, every: float = 0.1) -> None:
    """Return as soon as it is so, looked at ``every`` so many seconds; fail with `what` after so many."""
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, f"not within {seconds:g} s: {what}"
        time.sleep(every)
