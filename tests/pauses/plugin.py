"""Runs a test once more where it failed while the machine stood still, and says so; decision 40.

A test that waits ten seconds for what takes one fails on a machine that stands still for ten, which says nothing of
the code. Whether it stood still is measured (`tests.pauses.watch`), never guessed from the failure: a failure without
a pause in the test's time counts, and so does the third one in any case. Each that did not count is shown at the end.
"""

import json
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

ROOT = Path(__file__).parents[2]
MOST_TRIES = 3
LONGEST_PAUSE_SECONDS = 60.0  # to wait for what the watching process says
REPEATED = "repeated"
SECTION = "Pauses of the machine"
_PAUSES = pytest.StashKey["Pauses"]()
_TRIES = pytest.StashKey[int]()


class Pauses:
    """The pauses so far, as a process beside this one tells them."""

    def __init__(self) -> None:
        self._told: list[tuple[float, float]] = []
        self._is_up_to_date = threading.Event()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.pauses.watch", tempfile.gettempdir()],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._listen, name="pauses", daemon=True).start()
        self._is_up_to_date.wait(LONGEST_PAUSE_SECONDS)

    def since(self, started: float) -> list[tuple[float, float]]:
        """From when to when the machine stood still, of the pauses that ended after ``started``."""
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):  # it was killed: no pause is known
            self._is_up_to_date.clear()
            self.process.stdin.write("\n")
            self.process.stdin.flush()
            self._is_up_to_date.wait(LONGEST_PAUSE_SECONDS)
        return [(start, end) for start, end in self._told.copy() if end > started]

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait(10)

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            pause = json.loads(line)
            if pause is None:
                self._is_up_to_date.set()
            else:
                self._told.append((pause[0], pause[1]))
        self._is_up_to_date.set()


class _Tried:
    """One try of a test: since when, and whether anything of it failed while the machine stood still."""

    def __init__(self, pauses: Pauses) -> None:
        self._pauses = pauses
        self._started = time.monotonic()
        self.reports: list[pytest.TestReport] = []

    @property
    def has_failed(self) -> bool:
        return any(report.failed for report in self.reports)

    def pause(self) -> str:
        """What to say of the pauses within this try; nothing where there was none."""
        lengths = [end - max(start, self._started) for start, end in self._pauses.since(self._started)]
        told = ", ".join(f"{length:.1f} s" for length in lengths)
        return f"The machine stood still meanwhile: {told}." if told else ""


def pytest_sessionstart(session: pytest.Session) -> None:
    """Begin to watch, in the processes that run tests."""
    is_controller = session.config.getoption("dist", "no") != "no" and not hasattr(session.config, "workerinput")
    if not is_controller and not session.config.option.collectonly:
        session.config.stash[_PAUSES] = Pauses()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Watch no more."""
    if pauses := config.stash.get(_PAUSES, None):
        pauses.close()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run the test; where it failed while the machine stood still, have the whole protocol run once more."""
    pauses = item.config.stash.get(_PAUSES, None)
    if pauses is None:
        return None
    tries = item.stash.setdefault(_TRIES, 0) + 1
    item.stash[_TRIES] = tries
    if tries == 1:
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    tried = _Tried(pauses)
    tried.reports = runtestprotocol(item, log=False, nextitem=nextitem)
    pause = tried.pause() if tried.has_failed else ""
    is_repeated = bool(pause) and tries < MOST_TRIES
    for report in tried.reports:
        if report.failed and pause:
            report.sections.append((SECTION, pause))
        if report.failed and is_repeated:
            report.outcome = REPEATED  # type: ignore[assignment]
        elif is_repeated:
            continue
        item.ihook.pytest_runtest_logreport(report=report)
    if is_repeated:
        item.ihook.pytest_runtest_protocol(item=item, nextitem=nextitem)
    if tries == 1:
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """How a failure is counted that did not count."""
    return (REPEATED, "R", "REPEATED") if report.outcome == REPEATED else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name every test that was run again, how long the machine stood still, and how the test had failed."""
    for report in terminalreporter.getreports(REPEATED):
        pause = next(text for name, text in report.sections if name == SECTION)
        terminalreporter.write_line(f"REPEATED {report.nodeid} ({report.when}). {pause}")
        terminalreporter.write_line(str(report.longreprtext))
