"""A test that fails while the machine stands still is run once more, and only then."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.pauses.plugin import MOST_TRIES, ROOT
from tests.pauses.watch import stolen_seconds

Run = Callable[..., tuple[pytest.RunResult, int]]

# A watcher that is stopped for a second cannot tell it from a machine that stood still for as long.
HEAD = """
import os, signal, time
from pathlib import Path
import pytest
from tests.pauses.plugin import _PAUSES

def stand_still(request):
    pid = request.config.stash[_PAUSES].process.pid
    os.kill(pid, signal.SIGSTOP)
    time.sleep(0.9)
    os.kill(pid, signal.SIGCONT)

def count(request):
    seen = Path(__file__).with_suffix(".seen")
    seen.write_text(seen.read_text() + "x" if seen.exists() else "x")
    return len(seen.read_text())
"""


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a module of tests with the plugin; what came of it, and how often they counted."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)

    def run_it(body: str, *arguments: str) -> tuple[pytest.RunResult, int]:
        path = pytester.makepyfile(test_it=HEAD + body)
        result = pytester.runpytest_subprocess("-p", "tests.pauses.plugin", *arguments)
        seen = path.with_suffix(".seen")
        return result, len(seen.read_text()) if seen.exists() else 0

    return run_it


@pytest.mark.parametrize("arguments", [(), ("-n", "1")], ids=["alone", "xdist"])
def test_what_failed_while_the_machine_stood_still_is_run_once_more_and_shown(
    run: Run, arguments: tuple[str, ...]
) -> None:
    result, tries = run(
        """
def test_late(request):
    if count(request) == 1:
        stand_still(request)
        raise AssertionError("too late")
""",
        *arguments,
    )
    assert (result.ret, tries) == (0, 2)
    result.assert_outcomes(passed=1)
    output = result.stdout.str()
    assert "REPEATED test_it.py::test_late (call). The machine stood still meanwhile: " in output
    assert "AssertionError: too late" in output


def test_what_fails_on_a_machine_that_runs_fails_at_once(run: Run) -> None:
    result, tries = run("def test_wrong(request):\n    assert count(request) > 1\n")
    assert (result.ret, tries) == (1, 1)
    result.assert_outcomes(failed=1)


def test_a_pause_before_a_test_excuses_nothing(run: Run) -> None:
    body = "def test_first(request):\n    stand_still(request)\n    time.sleep(0.5)\n"
    result, tries = run(body + "def test_second(request):\n    assert count(request) > 1\n")
    assert (result.ret, tries) == (1, 1)
    result.assert_outcomes(passed=1, failed=1)


def test_without_a_watch_every_failure_counts(run: Run) -> None:
    kill = "    os.kill(request.config.stash[_PAUSES].process.pid, signal.SIGKILL)\n    time.sleep(0.5)\n"
    result, tries = run(f"def test_wrong(request):\n{kill}    assert count(request) > 1\n")
    assert (result.ret, tries) == (1, 1)


def test_what_fails_each_time_fails_and_says_that_the_machine_stood_still(run: Run) -> None:
    result, tries = run(
        "def test_wrong(request):\n    count(request)\n    stand_still(request)\n    raise AssertionError('wrong')\n"
    )
    assert (result.ret, tries) == (1, MOST_TRIES)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*Pauses of the machine*", "The machine stood still meanwhile: *"])


def test_a_fixture_is_made_anew_for_the_second_try_and_may_itself_be_what_failed(run: Run) -> None:
    result, tries = run(
        """
@pytest.fixture
def made(request):
    number = count(request)
    yield number
    if number == 1:
        stand_still(request)
        raise AssertionError("ended too late")

def test_it(made):
    assert made in (1, 2)
"""
    )
    assert (result.ret, tries) == (0, 2)
    result.assert_outcomes(passed=1)


def test_the_second_try_is_given_up_after_its_own_time(run: Run) -> None:
    result, tries = run(
        """
def test_hangs(request):
    if count(request) == 1:
        stand_still(request)
        raise AssertionError("too late")
    time.sleep(60)
""",
        "--timeout=3",
    )
    assert (result.ret, tries) == (1, 2)
    result.stdout.fnmatch_lines(["*Timeout (>3.0s)*"])


def test_time_that_the_host_gave_to_others_is_read_as_the_kernel_counts_it(tmp_path: Path) -> None:
    stat = tmp_path / "stat"
    stat.write_text("cpu  3328 0 1719 27520 102 0 23 170 0 0\ncpu0 1 0 1 1 1 0 1 9 0 0\n")
    assert stolen_seconds(stat) == 170 / os.sysconf("SC_CLK_TCK")
    stat.write_text("cpu  3328 0 1719\n")
    assert stolen_seconds(stat) == stolen_seconds(tmp_path / "missing") == 0.0
