"""Installs the servers the tests need from Debian where it may, and says what each test server will be."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.services import programs
from tests.services.programs import Program, ProgramMissing, Wanted

OTHERS_SECONDS = 300  # a machine that has just started may be updating itself
POLICY = Path("/usr/sbin/policy-rc.d")

FINDERS: Mapping[Wanted, Callable[[], Program]] = {
    programs.POSTGRES: programs.postgres,
    programs.REDIS: programs.redis,
    programs.DOVECOT: programs.imap,
    programs.CHROMIUM: programs.chromium,
}


def main() -> int:
    """0 if every server the tests need is there in the end; otherwise a sentence for each that is not, and 1."""
    absent = [package for wanted in FINDERS if not _is_settled(wanted) for package in wanted.packages]
    if absent and os.geteuid() == 0 and shutil.which("apt-get"):
        _install(absent)
    missing = [sentence for wanted in FINDERS if (sentence := _report(wanted))]
    for sentence in missing:
        print(sentence, file=sys.stderr)
    return 1 if missing else 0


def _is_settled(wanted: Wanted) -> bool:
    """Whether it is installed, or the environment names it: a wheel only stands in where it must."""
    try:
        return bool(wanted.named) or FINDERS[wanted]().origin == "system"
    except ProgramMissing:
        return False


def _report(wanted: Wanted) -> str:
    try:
        program = FINDERS[wanted]()
    except ProgramMissing as missing:
        return str(missing)
    print(f"{wanted.name}: {program.path.name} {program.version()} ({program.path})")
    return ""


def _install(packages: list[str]) -> None:
    print(f"Installing {' '.join(packages)} ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-qq", "-o", f"DPkg::Lock::Timeout={OTHERS_SECONDS}"]
    install = [*apt, "install", "-y", "--no-install-recommends", *packages]
    with _nothing_starts():
        for command in ([*apt, "update"], install):
            done = subprocess.run(command, env=environment, capture_output=True, text=True)
            if done.returncode:
                print(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}", file=sys.stderr)


@contextmanager
def _nothing_starts() -> Iterator[None]:
    """Keeps Debian from starting or restarting any service meanwhile: invoke-rc.d(8) asks this file."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()


if __name__ == "__main__":
    sys.exit(main())
