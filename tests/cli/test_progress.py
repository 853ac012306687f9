"""How far a long command has got: a bar on a terminal, lines in a log, both beginning where an earlier run ended."""

import fcntl
import os
import re
import struct
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from ticketapp.cli import progress
from ticketapp.cli.progress import Progress


@pytest.fixture(autouse=True)
def moment(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time by the counter's clock, which stands still unless a test moves it."""
    now = [100.0]
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: now[0]))
    return now


class Terminal:
    """A terminal whose other end is read by the test."""

    def __init__(self, ours: int) -> None:
        self._ours = ours

    def shown(self) -> list[str]:
        """What stood on its line, one after the other; the last has ended."""
        said = ""
        while not said.endswith("\r\n"):
            said += os.read(self._ours, 100_000).decode()
        return [line.removesuffix("\033[K") for line in said.removesuffix("\r\n").split("\r") if line]


@contextmanager
def terminal(monkeypatch: pytest.MonkeyPatch, *, columns: int) -> Iterator[Terminal]:
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with os.fdopen(theirs, "w") as stderr, monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", stderr)
        patched.setattr(progress, "EVERY_SECONDS_ON_TERMINAL", 0.0)
        yield Terminal(ours)
    os.close(ours)


def test_a_terminal_shows_a_bar_that_begins_at_what_was_done_before(monkeypatch: pytest.MonkeyPatch) -> None:
    with terminal(monkeypatch, columns=120) as screen:
        with Progress("tickets", 8, before=4) as counted:
            for _ in range(4):
                counted.add()
        first, *between, last = screen.shown()
    assert first == f"[{'#' * 20}{'-' * 20}] 4 of 8 tickets (4 done before) in 0 s"
    assert between[1].startswith(f"[{'#' * 30}{'-' * 10}] 6 of 8 tickets (4 done before) in 0 s, about 0 s left")
    assert last == f"[{'#' * 40}] 8 of 8 tickets (4 done before) in 0 s"


def test_a_line_is_never_wider_than_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    with terminal(monkeypatch, columns=60) as screen:
        with Progress("tickets", 2) as counted:
            counted.add(2)
        assert all(len(line) < 60 for line in screen.shown())
    with terminal(monkeypatch, columns=24) as screen:
        with Progress("tickets", 2):
            pass
        assert screen.shown()[0] == "0 of 2 tickets in 0 s", "no room for a bar"


def test_the_bar_narrows_for_longer_words_and_never_widens(
    monkeypatch: pytest.MonkeyPatch, moment: list[float]
) -> None:
    with terminal(monkeypatch, columns=60) as screen:
        with Progress("tickets", 2) as counted:
            moment[0] += 1000
            counted.add()
            counted.add()
        widths = [line.index("]") for line in screen.shown()]
    assert widths[0] > widths[1] == widths[2]


def test_without_a_total_there_is_a_count(monkeypatch: pytest.MonkeyPatch) -> None:
    with terminal(monkeypatch, columns=80) as screen:
        with Progress("mails") as counted:
            counted.add(3)
        assert screen.shown()[-1] == "3 mails in 0 s"


def test_what_is_left_is_told_by_the_speed_of_this_run(monkeypatch: pytest.MonkeyPatch, moment: list[float]) -> None:
    with terminal(monkeypatch, columns=120) as screen:
        with Progress("tickets", 300, before=100) as counted:
            moment[0] += 20
            counted.add(20)
        assert screen.shown()[-1].endswith("] 120 of 300 tickets (100 done before) in 20 s, about 3 min left")


def test_a_log_gets_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(progress, "EVERY_SECONDS_IN_LOG", 0.0)
    with Progress("tickets", 3, before=1) as counted:
        counted.add()
    said = capsys.readouterr().err
    assert said.startswith("1 of 3 tickets (1 done before) in 0 s\n2 of 3 tickets (1 done before) in 0 s, about")
    assert not re.search(r"[\r\[#\033]", said)
