"""flask classify compare: two evaluations side by side, with all that differs between them."""

import json
import re
from pathlib import Path

from apiflask import APIFlask

from tests.app_fixtures import add_user
from tests.cli.evaluating import app, labelled, labelled_file
from tests.cli.running import run
from ticketapp.actions.classification_settings import change_settings
from ticketapp.queries.classification_settings import Settings

__all__ = ["app", "labelled"]


def test_two_runs_are_compared_with_the_chance_of_the_difference(
    app: APIFlask, labelled: Path, tmp_path: Path
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    run(app, "classify", "evaluate", labelled, "--out", one)
    run(app, "classify", "evaluate", labelled, "--model", "gemini-other", "--out", other)
    better = [json.loads(line) for line in other.read_text().splitlines()]
    for answer in better[1:]:
        answer["category"], answer["priority"] = answer["right_category"], answer["right_priority"]
    other.write_text("".join(json.dumps(line) + "\n" for line in better))
    done = run(app, "classify", "compare", one, other)
    said = " ".join(done.stdout.split())
    assert "5 tickets that both hold, of 5 in the first and 5 in the second" in said
    assert "category 80.0 % 100.0 % 4 0 1 0" in said
    assert "both 60.0 % 100.0 % 3 0 2 0" in said
    assert "both: The second is ahead, and the difference is perhaps chance alone" in said
    assert "p = 0.50" in said
    other.write_text("".join(json.dumps(line) + "\n" for line in better[:2]))
    said = run(app, "classify", "compare", one, other).stdout
    assert "1 ticket that both hold, of 5 in the first and 1 in the second" in said


def test_every_setting_that_differs_between_two_runs_is_named(app: APIFlask, labelled: Path, tmp_path: Path) -> None:
    one, other, third = tmp_path / "one", tmp_path / "other", tmp_path / "third"
    run(app, "classify", "evaluate", labelled, "--out", one)
    admin = add_user(app, "ada@example.com", "Ada", "admin")
    changed = Settings(masked=frozenset(), severity_words="critical: ticket", most_examples=2, gives_examples=True)
    with app.app_context():
        change_settings(changed, by=admin)
    run(app, "classify", "evaluate", labelled, "--out", other)
    said = run(app, "classify", "compare", one, other).stdout
    assert "differs masked: card, secret in the first, nothing in the second\n" in said
    assert re.search(r"differs severity words: list [0-9a-f]{8} in the first, list [0-9a-f]{8} in the second\n", said)
    assert said.count("differs") == 2
    assert "asked with the same settings" in run(app, "classify", "compare", one, one).stdout
    run(app, "classify", "evaluate", labelled, "--examples", "--model", "gemini-other", "--out", third)
    said = run(app, "classify", "compare", other, third).stdout
    assert "differs model: gemini-3.5-flash-lite in the first, gemini-other in the second\n" in said
    assert "differs examples: none in the first, at most 2 in the second\n" in said


def test_what_an_older_file_of_results_does_not_tell_is_not_known(
    app: APIFlask, labelled: Path, tmp_path: Path
) -> None:
    one, older = tmp_path / "one", tmp_path / "older"
    run(app, "classify", "evaluate", labelled, "--out", one)
    first, *answers = one.read_text().splitlines(keepends=True)
    kept = {name: value for name, value in json.loads(first).items() if name not in ("masked", "severity_words")}
    older.write_text("".join([json.dumps(kept) + "\n", *answers]))
    said = run(app, "classify", "compare", older, one).stdout
    assert "differs masked: not known in the first, card, secret in the second" in said


def test_runs_over_different_sets_are_not_compared(app: APIFlask, labelled: Path, tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    run(app, "classify", "evaluate", labelled, "--out", one)
    changed = labelled_file(tmp_path / "changed.jsonl", ["Words"] * 5)
    run(app, "classify", "evaluate", changed, "--out", other)
    done = run(app, "classify", "compare", one, other)
    assert (done.exit_code, "are about different labelled sets" in done.stderr) == (1, True)
    said = run(app, "classify", "compare", one, labelled).stderr
    assert said == f"Error: {labelled} holds no results of classify evaluate: line 1 cannot be read.\n"
    labelled.write_bytes(b"[" * 100_000 + b"\n")
    assert "holds no results" in run(app, "classify", "compare", one, labelled).stderr
