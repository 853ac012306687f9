"""Running the command line: inside this process against an application, or as a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

from apiflask import APIFlask
from click.testing import Result

ROOT = Path(__file__).parent.parent.parent
FLASK = (sys.executable, "-m", "flask", "--app", str(ROOT / "wsgi.py"))


def run(app: APIFlask, *args: str | Path, stdin: str | bytes = "") -> Result:
    """Run a command of the application; what it raised by mistake is raised here."""
    result = app.test_cli_runner().invoke(args=[str(arg) for arg in args], input=stdin)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def flask(*args: str | Path, cwd: Path, stdin: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
    """Run ``flask --app wsgi …`` in a process of its own, in ``cwd``, with nothing set but ``environ``."""
    return subprocess.run(
        [*FLASK, *map(str, args)],
        cwd=cwd,
        input=stdin,
        env=bare_environment(**environ),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def bare_environment(**environ: str) -> dict[str, str]:
    """What a process needs to run at all, and ``environ``."""
    return {"PATH": os.environ["PATH"], **environ}
