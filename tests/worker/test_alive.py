"""The health check of worker and beat: the age of the file they touch."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROLES = ("worker", "beat")


@pytest.mark.parametrize("role", ROLES)
def test_whoever_was_seen_just_now_is_alive(tmp_path: Path, role: str) -> None:
    _seen(tmp_path, role, seconds_ago=1)
    assert _check(tmp_path, role) == (0, "")


@pytest.mark.parametrize("role", ROLES)
def test_whoever_was_never_seen_is_not(tmp_path: Path, role: str) -> None:
    other = next(one for one in ROLES if one != role)
    _seen(tmp_path, other, seconds_ago=1)
    assert _check(tmp_path, role) == (1, f"{role} has not been seen yet\n")


def test_after_90_seconds_of_silence_it_is_dead(tmp_path: Path) -> None:
    _seen(tmp_path, "worker", seconds_ago=80)
    assert _check(tmp_path, "worker")[0] == 0
    _seen(tmp_path, "worker", seconds_ago=95)
    status, complaint = _check(tmp_path, "worker")
    assert status == 1
    assert complaint.startswith("worker was last seen 9")


def test_where_the_sweep_comes_rarely_silence_may_last_three_sweeps(tmp_path: Path) -> None:
    _seen(tmp_path, "beat", seconds_ago=800)
    assert _check(tmp_path, "beat", SWEEP_SECONDS="300")[0] == 0
    assert _check(tmp_path, "beat", SWEEP_SECONDS="200")[0] == 1
    assert _check(tmp_path, "beat", SWEEP_SECONDS="")[0] == 1


def test_it_loads_neither_celery_nor_the_application() -> None:
    heavy = ("celery", "flask", "ticketapp", "config")
    code = f"import sys, worker.alive; print([name for name in {heavy} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def _seen(folder: Path, role: str, *, seconds_ago: float) -> None:
    file = folder / f"ticketapp-{role}-alive"
    file.touch()
    os.utime(file, (time.time() - seconds_ago,) * 2)


def _check(folder: Path, role: str, **environ: str) -> tuple[int, str]:
    run = subprocess.run(
        [sys.executable, "-m", "worker.alive", role],
        env=os.environ | {"ALIVE_DIR": str(folder)} | environ,
        capture_output=True,
        text=True,
    )
    return run.returncode, run.stderr
