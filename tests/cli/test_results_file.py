"""The file of an evaluation's answers: gone on with, by one run at a time, for its owner alone, never another's."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask

from tests.app_fixtures import add_user
from tests.cli.evaluating import app, labelled
from tests.cli.running import flask, run
from tests.services.gemini import GeminiServer
from ticketapp.actions.classification_settings import change_settings
from ticketapp.ai import MaskedKind
from ticketapp.queries.classification_settings import Settings

__all__ = ["app", "labelled"]


def test_it_goes_on_where_it_ended(app: APIFlask, labelled: Path, gemini: GeminiServer, tmp_path: Path) -> None:
    out = tmp_path / "r.jsonl"
    whole = run(app, "classify", "evaluate", labelled, "--out", out).stdout
    lines = out.read_bytes().splitlines(keepends=True)
    out.write_bytes(b"".join(lines[:3]) + lines[3][:40])
    gemini.reset()
    again = run(app, "classify", "evaluate", labelled, "--out", out)
    assert again.exit_code == 0
    assert len(gemini.requests) == 3, "two answers were whole, the third was cut off"
    assert again.stderr.startswith("2 of 5 tickets (2 done before)")
    assert len(out.read_bytes().splitlines()) == 6
    assert again.stdout.splitlines()[:14] == whole.splitlines()[:14]
    gemini.reset()
    assert run(app, "classify", "evaluate", labelled, "--out", out).exit_code == 0
    assert gemini.requests == []


def test_results_are_for_their_owner_alone(app: APIFlask, labelled: Path, tmp_path: Path) -> None:
    out, letter = tmp_path / "r.jsonl", tmp_path / "letter"
    run(app, "classify", "evaluate", labelled, "--out", out)
    assert out.stat().st_mode & 0o777 == 0o600
    out.chmod(0o644)
    run(app, "classify", "evaluate", labelled, "--out", out)
    assert out.stat().st_mode & 0o777 == 0o600, "one that an earlier release made"
    letter.write_text("Dear Sir")
    letter.chmod(0o644)
    run(app, "classify", "evaluate", labelled, "--out", letter)
    assert letter.stat().st_mode & 0o777 == 0o644, "no results, so none of ours"


@pytest.mark.parametrize("changed", ["--model", "--prompt", "file"])
def test_answers_to_another_question_are_not_gone_on_with(
    app: APIFlask, labelled: Path, tmp_path: Path, changed: str
) -> None:
    out = tmp_path / "r.jsonl"
    run(app, "classify", "evaluate", labelled, "--out", out)
    before = out.read_bytes()
    other = {"--model": ["--model", "gemini-other"], "--prompt": ["--prompt", "v1"], "file": []}[changed]
    if changed == "file":
        labelled.write_text(labelled.read_text().replace("Ticket 3", "Ticket three"))
    done = run(app, "classify", "evaluate", labelled, "--out", out, *other)
    assert done.exit_code == 1
    assert "holds the answers of another evaluation" in done.stderr
    assert out.read_bytes() == before


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"masked": frozenset[MaskedKind]()}, "masked"),
        ({"severity_words": "critical: ticket"}, "severity words"),
    ],
)
def test_answers_from_before_a_setting_was_changed_are_not_gone_on_with(
    app: APIFlask, labelled: Path, tmp_path: Path, changed: dict[str, Any], word: str
) -> None:
    out = tmp_path / "r.jsonl"
    run(app, "classify", "evaluate", labelled, "--out", out)
    before = out.read_bytes()
    admin = add_user(app, "ada@example.com", "Ada", "admin")
    with app.app_context():
        change_settings(replace(Settings(), **changed), by=admin)
    done = run(app, "classify", "evaluate", labelled, "--out", out)
    assert (done.exit_code, out.read_bytes()) == (1, before)
    assert f"what differs: {word}." in done.stderr


def test_a_second_run_on_the_same_file_asks_nobody(
    app: APIFlask, labelled: Path, gemini: GeminiServer, tmp_path: Path
) -> None:
    out, data = tmp_path / "r.jsonl", tmp_path / "beside"
    environ = {"DATA_DIR": str(data), "GEMINI_API_KEY": gemini.good_key, "GEMINI_BASE_URL": gemini.url}
    assert flask("db", "upgrade", cwd=tmp_path, **environ).returncode == 0
    gemini.next("hold")
    with ThreadPoolExecutor(1) as beside:
        first = beside.submit(flask, "classify", "evaluate", labelled, "--out", out, cwd=tmp_path, **environ)
        gemini.wait_for_requests(1, timeout_seconds=60)
        second = run(app, "classify", "evaluate", labelled, "--out", out)
        gemini.release()
    assert second.exit_code == 1
    assert f"Another classify evaluate is writing {out}; wait until it ends" in second.stderr
    assert first.result().returncode == 0
    assert len(gemini.requests) == 5, "each ticket once"
    assert len(out.read_bytes().splitlines()) == 6
    assert run(app, "classify", "evaluate", labelled, "--out", out).exit_code == 0, "the lock ended with its run"


def test_a_folder_that_is_missing_is_said_before_anybody_is_asked(
    app: APIFlask, labelled: Path, gemini: GeminiServer, tmp_path: Path
) -> None:
    done = run(app, "classify", "evaluate", labelled, "--out", tmp_path / "no" / "r.jsonl")
    assert done.exit_code == 1
    assert "cannot be read or written: No such file or directory." in done.stderr
    assert gemini.requests == []


def test_another_file_is_never_written_over(app: APIFlask, labelled: Path, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    for content in ("Dear Sir", "Dear Sir\n"):
        letter.write_text(content)
        done = run(app, "classify", "evaluate", labelled, "--out", letter)
        assert (done.exit_code, letter.read_text()) == (1, content)
        assert "holds no results of classify evaluate" in done.stderr


@pytest.mark.parametrize(
    ("number", "field", "value", "said"),
    [
        (1, "tickets", "5", "in line 1 tickets must be a whole number."),
        (1, "examples", 1, "in line 1 examples must be true or false."),
        (1, "model", None, "in line 1 model must be text."),
        (3, "confidence", "x", "in line 3 confidence must be a number from 0 to 1, or null."),
        (3, "confidence", 2, "in line 3 confidence must be a number from 0 to 1, or null."),
        (3, "confidence", float("nan"), "in line 3 confidence must be a number from 0 to 1, or null."),
        (3, "latency_ms", True, "in line 3 latency_ms must be a whole number."),
        (3, "tokens_in", 10**400, "in line 3 tokens_in must be a whole number or null."),
        (3, "category", "refunds", "in line 3 category must be one of "),
        (3, "right_priority", "urgent", "in line 3 right_priority must be one of "),
        (3, "hard", "\ud800", "in line 3 hard must be text."),
        (3, "id", ["t1"], "in line 3 id must be text."),
        (3, "mood", "glad", "in line 3 'mood' is no field."),
        (3, "id", ..., "in line 3 id is missing."),
    ],
)
@pytest.mark.parametrize("command", ["evaluate", "compare"])
def test_a_file_that_somebody_changed_is_refused_by_line_and_field(
    app: APIFlask, labelled: Path, tmp_path: Path, *, command: str, number: int, field: str, value: object, said: str
) -> None:
    out = tmp_path / "r.jsonl"
    run(app, "classify", "evaluate", labelled, "--out", out)
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    lines[number - 1][field] = value
    lines[number - 1] = {name: kept for name, kept in lines[number - 1].items() if kept is not ...}
    out.write_text("".join(json.dumps(line) + "\n" for line in lines))
    before = out.read_bytes()
    words = {"evaluate": [labelled, "--out", out], "compare": [out, out]}[command]
    done = run(app, "classify", command, *words)
    assert (done.exit_code, out.read_bytes()) == (1, before)
    assert f"Error: {out} holds no results of classify evaluate: {said}" in done.stderr


@pytest.mark.parametrize("device", ["/dev/full", "/dev/zero", "/dev/null", "pipe"])
def test_what_keeps_no_answers_is_said_before_anybody_is_asked(
    app: APIFlask, labelled: Path, gemini: GeminiServer, tmp_path: Path, device: str
) -> None:
    out = tmp_path / device
    if device == "pipe":
        os.mkfifo(out)
    done = run(app, "classify", "evaluate", labelled, "--out", out)
    assert (done.exit_code, gemini.requests) == (1, [])
    assert done.stderr == f"Error: {out} keeps no answers, as it is a device or a pipe; name a file with --out.\n"
