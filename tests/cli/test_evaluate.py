"""flask classify evaluate and compare: a labelled set on the real path, against a Gemini-speaking server."""

import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask

from tests.app_fixtures import MakeApp, add_user
from tests.cli.running import flask, run
from tests.services.gemini import GeminiServer
from tests.slow_start import START_MS, slow_start
from ticketapp.actions.classification_settings import change_settings
from ticketapp.actions.tickets import NewTicket, open_ticket
from ticketapp.ai import MaskedKind
from ticketapp.models import Source
from ticketapp.queries.classification_settings import Settings

SAID = ("billing/high", "billing/high", "technical/low", "account/medium", "general/low")
RIGHT = ("billing/high", "billing/low", "technical/low", "general/medium", "general/low")


@pytest.fixture
def app(make_sqlite_app: MakeApp, gemini: GeminiServer) -> APIFlask:
    """An application with a key and prices."""
    return make_sqlite_app(
        gemini_api_key=gemini.good_key, gemini_base_url=gemini.url, gemini_price_in=1.0, gemini_price_out=2.0
    )


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """Five labelled tickets: the server will say SAID, right is RIGHT."""
    return labelled_file(tmp_path / "set.jsonl", [f"gemini:answer={said}" for said in SAID])


def labelled_file(path: Path, texts: list[str]) -> Path:
    lines = [
        {
            "id": f"t{number}",
            "language": "en" if number % 2 else "de",
            "title": f"Ticket {number}",
            "description": text,
            "category": right.split("/")[0],
            "priority": right.split("/")[1],
            "hard": "angry" if number == 1 else "",
        }
        for number, (text, right) in enumerate(zip(texts, RIGHT, strict=True))
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_a_labelled_set_is_measured(app: APIFlask, labelled: Path, gemini: GeminiServer, tmp_path: Path) -> None:
    done = run(app, "classify", "evaluate", labelled, "--out", tmp_path / "r.jsonl")
    assert done.exit_code == 0
    said = " ".join(done.stdout.split())
    assert "5 of 5 tickets of set.jsonl, model gemini-3.5-flash-lite, prompt v3, without examples" in said
    # F1: billing 1, technical 1, account 0, general 2/3; then low 4/5, medium 1, high 2/3
    assert "category accuracy 80.0 % macro-F1 0.667" in said
    assert "priority accuracy 80.0 % macro-F1 0.822" in said
    assert "both right 60.0 % (3/5) by language: de 100.0 % (3/3), en 0.0 % (0/2)" in said
    assert "by hard cases: angry 0.0 % (0/1)" in said
    assert "general 0 0 1 1 0" in said, "one general ticket was taken for account"
    assert "failures 0" in said
    assert "p50" in said
    assert "cost 0.00" in said
    assert len(gemini.requests) == 5


def test_a_field_that_nobody_decided_on_is_judged_nowhere(app: APIFlask, labelled: Path, tmp_path: Path) -> None:
    lines = [json.loads(line) for line in labelled.read_text().splitlines()]
    del lines[1]["category"], lines[2]["priority"]
    labelled.write_text("".join(json.dumps(line) + "\n" for line in lines))
    done = run(app, "classify", "evaluate", labelled, "--out", tmp_path / "r.jsonl")
    said = " ".join(done.stdout.split())
    assert "category accuracy 75.0 %" in said, "three of four"
    assert "priority accuracy 75.0 %" in said
    assert "both right 66.7 % (2/3)" in said
    compared = run(app, "classify", "compare", tmp_path / "r.jsonl", tmp_path / "r.jsonl")
    assert "category 75.0 % 75.0 %" in " ".join(compared.stdout.split())


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


def test_the_start_of_the_process_is_no_latency(
    app: APIFlask, labelled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_start(monkeypatch)
    out = tmp_path / "r"
    assert run(app, "classify", "evaluate", labelled, "--out", out).exit_code == 0
    assert max(json.loads(line)["latency_ms"] for line in out.read_text().splitlines()[1:]) < START_MS


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


def test_a_failure_counts_as_wrong_and_is_asked_again_where_it_may_pass(
    app: APIFlask, labelled: Path, gemini: GeminiServer, tmp_path: Path
) -> None:
    gemini.next("503")
    gemini.next("blocked")
    first = run(app, "classify", "evaluate", labelled, "--out", tmp_path / "r.jsonl")
    said = " ".join(first.stdout.split())
    assert "failures 2: 1 unavailable, 1 blocked" in said
    assert "both right 40.0 % (2/5)" in said
    gemini.reset()
    second = " ".join(run(app, "classify", "evaluate", labelled, "--out", tmp_path / "r.jsonl").stdout.split())
    assert "failures 1: 1 blocked" in second
    assert "both right 60.0 % (3/5)" in second
    assert len(gemini.requests) == 1


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


def test_a_bad_line_is_named_with_its_field(app: APIFlask, labelled: Path, gemini: GeminiServer) -> None:
    labelled.write_text(labelled.read_text().replace('"priority": "low"', '"priority": "lowest"', 1))
    done = run(app, "classify", "evaluate", labelled)
    assert done.exit_code == 1
    assert "set.jsonl cannot be used:\nline 2: priority must be one of low, medium, high, critical" in done.stderr
    assert gemini.requests == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"id": ' + b"[" * 100_000, "line 6: is no labelled ticket: it is nested too deep"),
        (
            b'{"id": "\\ud800", "title": "", "description": "", "category": "billing"}',
            r"line 6: id holds \ud800, which",
        ),
    ],
)
def test_a_line_that_cannot_be_kept_is_said_before_anybody_is_asked(
    app: APIFlask, labelled: Path, gemini: GeminiServer, line: bytes, said: str
) -> None:
    labelled.write_bytes(labelled.read_bytes() + line)
    done = run(app, "classify", "evaluate", labelled)
    assert (done.exit_code, gemini.requests) == (1, [])
    assert said in done.stderr


def test_a_set_may_have_any_name(app: APIFlask, labelled: Path, tmp_path: Path) -> None:
    odd = labelled.rename(tmp_path / os.fsdecode(b"caf\xe9.jsonl"))
    done = run(app, "classify", "evaluate", odd, "--out", tmp_path / "r")
    assert "5 of 5 tickets of caf\ufffd.jsonl" in done.stdout


def test_model_and_prompt_are_those_asked_for(
    app: APIFlask, labelled: Path, gemini: GeminiServer, tmp_path: Path
) -> None:
    done = run(
        app, "classify", "evaluate", labelled, "--model", "gemini-other", "--prompt", "v1", "--out", tmp_path / "r"
    )
    assert "model gemini-other, prompt v1" in done.stdout
    assert {asked.model for asked in gemini.requests} == {"gemini-other"}
    unknown = run(app, "classify", "evaluate", labelled, "--prompt", "v99")
    assert (unknown.exit_code, "known are v1, v2, v3" in unknown.stderr) == (1, True)
    assert "is no model name" in run(app, "classify", "evaluate", labelled, "--model", "a b").stderr


def test_texts_take_the_path_of_tickets(app: APIFlask, gemini: GeminiServer, tmp_path: Path) -> None:
    texts = ["gemini:answer=general/low Our card 4111 1111 1111 1111 and a data breach", *["Words"] * 4]
    out = tmp_path / "r"
    run(app, "classify", "evaluate", labelled_file(tmp_path / "set.jsonl", texts), "--out", out)
    assert "[card number]" in gemini.requests[0].text, "masked as for tickets"
    assert "4111" not in gemini.requests[0].text
    first = json.loads(out.read_text().splitlines()[1])
    assert first["priority"] == "critical", "raised by a severity word as for tickets"


def test_examples_are_given_where_asked_for_but_never_the_ticket_itself(
    app: APIFlask, gemini: GeminiServer, tmp_path: Path
) -> None:
    text = "The export of our yearly figures stops at the same row every time"
    with app.app_context():
        for title, ending in (("Ticket 0", ""), ("Another export", " since Monday")):
            open_ticket(
                NewTicket(
                    title=title, description=text + ending, source=Source.WEB, category="technical", priority="low"
                ),
                by=None,
            )
    file = labelled_file(tmp_path / "set.jsonl", [text, "One", "Two", "Three", "Four"])
    run(app, "classify", "evaluate", file, "--out", tmp_path / "without")
    assert "EXAMPLE" not in gemini.requests[0].text
    gemini.reset()
    done = run(app, "classify", "evaluate", file, "--examples", "--out", tmp_path / "with")
    assert "with examples" in done.stdout
    assert "EXAMPLE 1: technical, low" in gemini.requests[0].text
    assert "EXAMPLE 2" not in gemini.requests[0].text


def test_a_refused_key_ends_it_at_once_and_keeps_no_answer(
    make_sqlite_app: MakeApp, gemini: GeminiServer, labelled: Path, tmp_path: Path
) -> None:
    app = make_sqlite_app(gemini_api_key="wrong", gemini_base_url=gemini.url)
    done = run(app, "classify", "evaluate", labelled, "--out", tmp_path / "r")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "Gemini refused the API key" in done.stderr
    assert len(gemini.requests) == 1
    assert len((tmp_path / "r").read_text().splitlines()) == 1


def test_without_a_key_it_says_so(make_sqlite_app: MakeApp, labelled: Path) -> None:
    assert "Set GEMINI_API_KEY" in run(make_sqlite_app(), "classify", "evaluate", labelled).stderr


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
    assert "5 tickets that both hold" in said
    assert "category 80.0 % 100.0 % 4 0 1 0" in said
    assert "both 60.0 % 100.0 % 3 0 2 0" in said
    assert "both: The second is ahead, and the difference is perhaps chance alone" in said
    assert "p = 0.50" in said


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
    labelled.write_bytes(b"[" * 100_000 + b"\n")
    assert "holds no results" in run(app, "classify", "compare", one, labelled).stderr
