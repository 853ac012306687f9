"""Finding the servers' programs, and saying what to install where there are none."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.services import programs
from tests.services.programs import ProgramMissing


def test_the_environment_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = tmp_path / "redis-server"
    mine.write_text("#!/bin/sh\necho Redis server v=9.9.1 sha=00000000\n")
    mine.chmod(0o755)
    monkeypatch.setenv("TEST_REDIS", str(mine))
    assert programs.redis().path == mine
    assert programs.redis().version() == "9.9.1"


def test_a_variable_that_names_nothing_is_an_error_and_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_DOVECOT", "/nowhere/dovecot")
    with pytest.raises(ProgramMissing, match="TEST_DOVECOT should name the program of Dovecot, but /nowhere/dovecot"):
        programs.imap()


def test_a_wheel_is_taken_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("TEST_POSTGRES", "TEST_DOVECOT"):
        monkeypatch.setenv(variable, "wheel")
    found = [programs.postgres(), programs.imap()]
    assert [(program.path.name, program.origin) for program in found] == [("postgres", "wheel"), ("pymap", "wheel")]


def test_without_debian_packages_the_wheels_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    _hide_what_is_installed(monkeypatch)
    monkeypatch.setattr(Path, "glob", lambda *_: iter(()))
    assert [find().origin for find in (programs.postgres, programs.imap)] == ["wheel", "wheel"]


def test_a_missing_browser_is_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _hide_what_is_installed(monkeypatch)
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    with pytest.raises(ProgramMissing, match=r"Chromium is missing.* On Debian: apt install chromium"):
        programs.chromium()


def test_the_set_up_fails_with_a_sentence_when_a_server_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_CHROMIUM", "/nowhere/chromium")
    done = subprocess.run([sys.executable, "-m", "tests.setup"], capture_output=True, text=True)
    assert done.returncode == 1
    assert "TEST_CHROMIUM should name the program of Chromium" in done.stderr
    assert "PostgreSQL: postgres " in done.stdout


def _hide_what_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "DEBIAN_FOLDERS", ())
    monkeypatch.setenv("PATH", "/nowhere")
    for wanted in (programs.POSTGRES, programs.REDIS, programs.DOVECOT, programs.CHROMIUM):
        monkeypatch.delenv(wanted.variable, raising=False)
