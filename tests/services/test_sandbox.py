"""What holds for every private server: unprivileged, and gone when the tests are gone, whatever ended them."""

import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.services.programs import Program
from tests.services.sandbox import Sandbox

START_ALL_AND_WAIT = """
from tests.services.postgres import PostgresServer
from tests.services.redis import RedisServer
from tests.services.fixtures import start_imap
servers = [start_imap(), PostgresServer(), RedisServer()]
open_connection = servers[0].connect("support@example.org")
print(*(server.folder for server in servers), flush=True)
input()
"""


def test_tests_killed_with_nine_leave_neither_process_nor_file(processes_in: Callable[[Path], list[str]]) -> None:
    tests = subprocess.Popen(
        [sys.executable, "-c", START_ALL_AND_WAIT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert tests.stdout is not None
    folders = [Path(name) for name in tests.stdout.readline().split()]
    assert len(folders) == 3
    assert all(processes_in(folder) for folder in folders)
    tests.send_signal(signal.SIGKILL)
    tests.communicate()
    deadline = time.monotonic() + 20
    while any(folder.exists() for folder in folders) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [name for folder in folders for name in processes_in(folder)] == []
    assert not any(folder.exists() for folder in folders)


def test_a_server_runs_as_whoever_runs_the_tests_and_never_as_root() -> None:
    with_root = os.geteuid() == 0
    sandbox = Sandbox("sleeper")
    sandbox.start("/bin/sleep", "60", ready=lambda: True)
    assert sandbox.pid is not None
    owner = Path(f"/proc/{sandbox.pid}").stat().st_uid
    sandbox.close()
    assert owner == (pwd.getpwnam("nobody").pw_uid if with_root else os.geteuid())


def test_a_server_that_ends_at_once_says_why() -> None:
    sandbox = Sandbox("broken")
    with pytest.raises(RuntimeError, match="broken did not start: no such setting"):
        sandbox.start("/bin/sh", "-c", "echo no such setting; exit 1", ready=lambda: False)
    sandbox.close()


def test_a_server_that_never_gets_ready_is_given_up() -> None:
    sandbox = Sandbox("slow")
    with pytest.raises(RuntimeError, match="slow did not start"):
        sandbox.start("/bin/sleep", "60", ready=lambda: False, timeout_seconds=0.2)
    assert sandbox.pid is None
    sandbox.close()


def test_what_the_stop_signal_leaves_behind_is_killed(processes_in: Callable[[Path], list[str]]) -> None:
    sandbox = Sandbox("stubborn")
    # The child ignores the signal as its parent did when it was born; the parent then listens to it again.
    script = "trap '' TERM; sleep 60 & trap - TERM; touch started; wait"
    sandbox.start("/bin/sh", "-c", script, ready=(sandbox.folder / "started").exists)
    sandbox.stop()
    deadline = time.monotonic() + 20
    while processes_in(sandbox.folder) and time.monotonic() < deadline:  # the kernel ends what was killed when it can
        time.sleep(0.02)
    assert processes_in(sandbox.folder) == []
    sandbox.close()


def test_a_wheel_in_a_closed_folder_runs_with_what_it_needs(tmp_path: Path) -> None:
    closed = tmp_path / "packages"
    (closed / "wheel/bin").mkdir(parents=True, mode=0o755)
    (closed / "wheel.libs").mkdir()
    (closed / "wheel/bin/server").write_text("#!/bin/sh\ncat $(dirname $0)/../../wheel.libs/word\n")
    (closed / "wheel/bin/server").chmod(0o755)
    (closed / "wheel.libs/word").write_text("here")
    closed.chmod(0o700)
    sandbox = Sandbox("copied")
    program = Program(closed / "wheel/bin/server", "wheel", needs=(closed / "wheel", closed / "wheel.libs"))
    assert sandbox.run(sandbox.reachable(program)) == "here"
    sandbox.close()
