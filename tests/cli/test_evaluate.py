"""flask classify evaluate: a labelled set on the real path, against a Gemini-speaking server."""

import dataclasses
import json
import os
from pathlib import Path

import pytest
from apiflask import APIFlask

from tests.app_fixtures import MakeApp, add_user
from tests.cli.evaluating import app, labelled, labelled_file
from tests.cli.running import run
from tests.services.gemini import GeminiServer
from tests.slow_start import START_MS, slow_start
from ticketapp.actions.classification_settings import change_settings
from ticketapp.actions.tickets import NewTicket, open_ticket
from ticketapp.models import Source
from ticketapp.queries.classification_settings import Settings

__all__ = ["app", "labelled"]


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


def test_the_start_of_the_process_is_no_latency(
    app: APIFlask, labelled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_start(monkeypatch)
    out = tmp_path / "r"
    assert run(app, "classify", "evaluate", labelled, "--out", out).exit_code == 0
    assert max(json.loads(line)["latency_ms"] for line in out.read_text().splitlines()[1:]) < START_MS


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


def test_examples_are_not_given_with_a_prompt_that_does_not_speak_of_them(
    app: APIFlask, labelled: Path, gemini: GeminiServer, tmp_path: Path
) -> None:
    out = tmp_path / "r"
    done = run(app, "classify", "evaluate", labelled, "--prompt", "v1", "--examples", "--out", out)
    assert (done.exit_code, gemini.requests, out.exists()) == (1, [], False)
    assert done.stderr == "Error: Prompt v1 does not tell the model what examples are; leave out --examples.\n"
    assert run(app, "classify", "evaluate", labelled, "--prompt", "v2", "--examples", "--out", out).exit_code == 0


def test_a_ticket_takes_no_place_among_its_own_examples(
    make_app: MakeApp, gemini: GeminiServer, tmp_path: Path
) -> None:
    app = make_app(gemini_api_key=gemini.good_key, gemini_base_url=gemini.url)
    admin = add_user(app, "ada@example.com", "Ada", "admin")
    words, others = (
        f"The export of our yearly figures stops at the same row {when}" for when in ("always", "since Monday")
    )
    with app.app_context():
        change_settings(dataclasses.replace(Settings(), most_examples=1), by=admin)
        for text in (words, others):
            new = NewTicket(title="Export", description=text, source=Source.WEB, category="technical", priority="low")
            open_ticket(new, by=None)
    run(app, "classify", "export", tmp_path / "ours.jsonl")
    run(app, "classify", "evaluate", tmp_path / "ours.jsonl", "--examples", "--out", tmp_path / "with")
    told = [
        (asked.text.count("EXAMPLE"), asked.text.count(words), asked.text.count(others)) for asked in gemini.requests
    ]
    assert told == [(1, 1, 1), (1, 1, 1)]


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
