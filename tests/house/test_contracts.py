"""Who may import whom: the contracts hold, and each turns red where it is broken."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.files import ROOT

DOWN = "Imports go down only"
WORLD = "ai, mail, storage and measuring know nothing of ours"
TRUTH = "What is true, changes or is asked knows no request, no queue, no network"
SHELLS = "The browser and the API never touch the database themselves"
WORKER = "The app never imports the worker"
BREACHES = [
    (DOWN, "ticketapp/models/words.py", "import ticketapp.queries.users"),
    (DOWN, "ticketapp/queries/users.py", "import ticketapp.actions.users"),
    (DOWN, "ticketapp/actions/users.py", "import ticketapp.web.security"),
    (WORLD, "ticketapp/ai/retries.py", "import ticketapp.models"),
    (WORLD, "ticketapp/mail/message.py", "import flask"),
    (WORLD, "ticketapp/storage.py", "import sqlalchemy"),
    (WORLD, "ticketapp/measuring/paired.py", "import ticketapp.queries"),
    (TRUTH, "ticketapp/actions/users.py", "from flask import request"),
    (TRUTH, "ticketapp/queries/users.py", "import redis"),
    (TRUTH, "ticketapp/models/words.py", "import celery"),
    (SHELLS, "ticketapp/web/session.py", "from ticketapp.db import db"),
    (SHELLS, "ticketapp/api/access.py", "import sqlalchemy"),
    (WORKER, "ticketapp/hints.py", "import worker.tasks"),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code elsewhere, free to be broken."""
    folder = tmp_path_factory.mktemp("copy")
    left_out = shutil.ignore_patterns("static", "templates", "*.pyc")
    for package in ("ticketapp", "worker"):
        shutil.copytree(ROOT / package, folder / package, ignore=left_out)
    for file in ("pyproject.toml", "config.py", "wsgi.py"):
        shutil.copy(ROOT / file, folder)
    return folder


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the contracts over a tree."""
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


def test_every_contract_holds(copy: Path) -> None:
    found = lint(copy)

    assert found.returncode == 0, found.stdout
    assert " 0 broken" in found.stdout


def test_every_contract_is_broken_below() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]

    assert {each["name"] for each in contracts} == {contract for contract, _, _ in BREACHES}


@pytest.mark.parametrize(("contract", "file", "line"), BREACHES)
def test_a_breach_turns_its_contract_red(copy: Path, contract: str, file: str, line: str) -> None:
    module = copy / file
    kept = module.read_text()
    module.write_text(f"{kept}\n{line}\n")
    try:
        found = lint(copy)
    finally:
        module.write_text(kept)

    assert found.returncode != 0
    assert f"{contract} BROKEN" in found.stdout
