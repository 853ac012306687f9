"""A folder and the one server that lives in it: unprivileged, in a process group of its own, gone with the tests."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.services.programs import Program

# Reads the server's process group line by line from the tests (0: none is running). At the end of the
# stream, however it came about, ends what runs and removes the folder.
GUARD = """
while read -r line; do group=$line; done
if [ "${group:-0}" -gt 0 ]; then
    kill -s "$2" -- "-$group"
    tries=0
    while kill -s 0 -- "-$group" && [ "$tries" -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done
    kill -s KILL -- "-$group"
fi
rm -rf -- "$1"
"""


@dataclass(frozen=True, slots=True)
class Account:
    """Whom the servers run as."""

    name: str
    uid: int
    gid: int

    @classmethod
    def unprivileged(cls) -> Self:
        """Whoever runs the tests; `nobody` in place of root, as PostgreSQL refuses root and the rest need none."""
        entry = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)

    @classmethod
    def own(cls) -> Self:
        """Whoever runs the tests, root too: for programs only root can reach."""
        entry = pwd.getpwuid(os.geteuid())
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)

    def popen_arguments(self) -> dict[str, Any]:
        """What makes subprocess start a child as this account; only root can change who it is."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


class Sandbox:
    """Runs one server at a time in a folder of its own; both are gone after `close`, or when the tests die."""

    def __init__(self, name: str, *, account: Account | None = None, stop_signal: signal.Signals = signal.SIGTERM):
        self.name = name
        self.account = account or Account.unprivileged()
        self._stop_signal = stop_signal
        # Not $TMPDIR: a unix socket's path may have 107 bytes, and `nobody` must get through every parent.
        self.folder = Path(tempfile.mkdtemp(prefix=f"ticketapp-{name}-", dir="/tmp"))
        self.own(self.folder)
        self._process: subprocess.Popen[bytes] | None = None
        self._guard = subprocess.Popen(
            ["/bin/sh", "-c", GUARD, "guard", self.folder, stop_signal.name.removeprefix("SIG")],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )

    @property
    def pid(self) -> int | None:
        """The running server's process id, which is its process group's too; None when none runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def own(self, path: Path) -> Path:
        """Hand a file or folder to the server's account; the same path."""
        os.chown(path, self.account.uid, self.account.gid)
        return path

    def make_folder(self, name: str) -> Path:
        """A folder inside the sandbox that belongs to the server's account, with the parents it lacks."""
        path = self.folder
        for part in Path(name).parts:
            path = path / part
            if not path.exists():
                path.mkdir()
                self.own(path)
        return path

    def write(self, name: str, text: str) -> Path:
        """A file only the server's account may read."""
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(text)
        return self.own(path)

    def reachable(self, program: Program) -> Path:
        """The program, or a copy of it in the sandbox where the account cannot get at the original."""
        others_may = all(parent.stat().st_mode & stat.S_IXOTH for parent in program.path.resolve().parents)
        if others_may or self.account.uid == os.geteuid() or not program.needs:
            return program.path
        packages = Path(os.path.commonpath(program.needs))
        if len(program.needs) == 1:
            packages = packages.parent
        for folder in program.needs:
            shutil.copytree(folder, self.folder / "copy" / folder.relative_to(packages), symlinks=True)
        return self.folder / "copy" / program.path.relative_to(packages)

    def run(self, *command: str | Path) -> str:
        """Run a command to its end as the server's account; what it printed. RuntimeError if it fails."""
        done = subprocess.run(command, **self._surroundings(), capture_output=True, timeout=120)
        output: bytes = done.stdout + done.stderr
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed ({done.returncode}): {output.decode(errors='replace')}")
        return output.decode(errors="replace")

    def start(self, *command: str | Path, ready: Callable[[], bool], timeout_seconds: float = 30) -> None:
        """Start the server and wait until `ready` says so. RuntimeError with the end of its log if it never does."""
        if self.pid:
            raise RuntimeError(f"{self.name} is running already")
        with (self.folder / "output.log").open("ab") as log:
            self._process = subprocess.Popen(
                command,
                **self._surroundings(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._tell_guard(self._process.pid)
        deadline = time.monotonic() + timeout_seconds
        while not ready():
            if self.pid is None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"{self.name} did not start: {self.log()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """End the server as it likes to be ended; what is left of its process group after ten seconds is killed."""
        if self._process is None:
            return
        with suppress(ProcessLookupError, subprocess.TimeoutExpired):
            self._process.send_signal(self._stop_signal)
            self._process.wait(10)
        self.kill()

    def kill(self) -> None:
        """kill -9 of the server and all its children."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10)
        self._process = None
        self._tell_guard(0)

    def close(self) -> None:
        """Stop the server and remove the folder."""
        self.stop()
        if self._guard.stdin and not self._guard.stdin.closed:
            self._guard.stdin.close()
        self._guard.wait(30)

    def log(self) -> str:
        """The last lines the server wrote."""
        files = [path for path in sorted(self.folder.glob("*.log")) if path.is_file()]
        return "\n".join(path.read_text(errors="replace")[-4000:] for path in files)

    def _surroundings(self) -> Mapping[str, Any]:
        environment = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8", "HOME": str(self.folder)}
        return {"cwd": self.folder, "env": environment, **self.account.popen_arguments()}

    def _tell_guard(self, group: int) -> None:
        assert self._guard.stdin is not None
        self._guard.stdin.write(f"{group}\n".encode())
        self._guard.stdin.flush()
