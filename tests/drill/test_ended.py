"""A drill or soak that is told to end leaves nothing running."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.worker.processes import wait_until


def started_in(home: Path) -> list[psutil.Process]:
    """The processes that inherited this home, without those that are only waited for."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("HOME") == str(home) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


def is_worker(process: psutil.Process) -> bool:
    """Whether this is a Celery worker or one of its children."""
    try:
        return any("celery" in word for word in process.cmdline())
    except psutil.Error:
        return False


@pytest.mark.timeout(180)
@pytest.mark.parametrize("program", [["tests.drill", "--tickets", "60"], ["tests.soak", "--mails", "40"]])
def test_what_it_started_ends_with_it(program: list[str], tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *program], env=os.environ | {"HOME": str(tmp_path)}, stdout=log, stderr=log
        )
    try:
        wait_until(lambda: any(map(is_worker, started_in(tmp_path))), seconds=60, what="a worker")
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 128 + signal.SIGTERM
        wait_until(lambda: not started_in(tmp_path), seconds=20, what="the end of all that it started")
    finally:
        for left in started_in(tmp_path):
            left.kill()
