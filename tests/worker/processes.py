"""The worker and the schedule as real processes, configured by environment like in production."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[2]
COMMAND = [
    *(sys.executable, "-m", "celery", "-A", "worker.celery_app", "worker", "--concurrency=2", "--loglevel=INFO"),
    *("--beat", "--scheduler=celery.beat:Scheduler"),  # the default scheduler writes a file where it stands
]


class WorkerProcess:
    """`celery worker` with the schedule inside, in a process group of its own; use it in a `with`."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
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
                COMMAND,
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self) -> None:
        """kill -9 the worker and all its children."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None


def wait_until(is_so: Callable[[], bool], *, seconds: float, what: str) -> None:
    """Return as soon as it is so; fail with `what` after so many seconds."""
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, f"not within {seconds:g} s: {what}"
        time.sleep(0.1)
