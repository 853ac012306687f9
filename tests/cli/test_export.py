"""flask classify export: what people decided, as a labelled set that evaluate takes."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from apiflask import APIFlask

from tests.app_fixtures import MakeApp
from tests.cli.running import FLASK, bare_environment, run
from tests.judged_tickets import judged
from tests.web.statements import statements_of
from ticketapp.cli import evaluations
from ticketapp.measuring import LabelledTicket, read_labelled
from ticketapp.queries import decisions
from ticketapp.queries.decisions import decided_tickets


def test_every_decision_is_written_and_nothing_else(make_app: MakeApp, tmp_path: Path) -> None:
    app = make_app()
    with app.app_context():
        decided = [judged("billing/low", "technical/high"), judged("general/low", "general/low")]
        judged("billing/low")
        half = judged("account/low", "general/low", decided=(True, False))
    file = tmp_path / "decisions.jsonl"
    done = run(app, "classify", "export", file)
    assert (done.exit_code, done.stdout) == (0, f"3 decisions are in {file}.\n")
    found = read_labelled(file.read_bytes().splitlines())
    assert {(ticket.id, ticket.category, ticket.priority) for ticket in found} == {
        (f"ticket-{decided[0]}", "technical", "high"),
        (f"ticket-{decided[1]}", "general", "low"),
        (f"ticket-{half}", "general", ""),
    }
    assert found[1].title == "Said general/low"
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_dash_is_standard_output_and_no_file(
    app: APIFlask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with app.app_context():
        decided = judged("billing/low", "technical/high")
    done = run(app, "classify", "export", "-")
    assert done.exit_code == 0
    assert [ticket.id for ticket in read_labelled(done.stdout_bytes.splitlines())] == [f"ticket-{decided}"]
    assert not (tmp_path / "-").exists()


@pytest.mark.parametrize("decisions_made", [1, 40])
def test_a_full_disk_behind_a_dash_is_told_in_a_sentence(
    make_sqlite_app: MakeApp, tmp_path: Path, decisions_made: int
) -> None:
    app = make_sqlite_app()
    with app.app_context():
        for _ in range(decisions_made):
            judged("billing/low", "technical/high")
    environment = bare_environment(DATA_DIR=str(tmp_path / "data"))
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*FLASK, "classify", "export", "-"],
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment,
            cwd=tmp_path,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.endswith("Error: Standard output cannot be written: No space left on device.\n")
    assert "Traceback" not in done.stderr


def test_a_file_that_is_there_is_left_alone(app: APIFlask, tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear Sir")
    done = run(app, "classify", "export", file)
    assert (done.exit_code, file.read_text()) == (1, "Dear Sir")
    assert "is there already" in done.stderr
    assert "cannot be written" in run(app, "classify", "export", tmp_path / "no" / "folder").stderr


def test_what_lies_beside_the_file_is_left_alone_and_no_link_is_followed(app: APIFlask, tmp_path: Path) -> None:
    """The customers' words would be in a file that others may read."""
    part, elsewhere, file = tmp_path / "set.part", tmp_path / "public", tmp_path / "set"
    part.write_text("Somebody's own")
    with app.app_context():
        judged("billing/low", "technical/high")
    assert run(app, "classify", "export", file).exit_code == 0
    assert (part.read_text(), file.stat().st_mode & 0o777) == ("Somebody's own", 0o600)
    link = tmp_path / "link"
    link.symlink_to(elsewhere)
    assert "is there already" in run(app, "classify", "export", link).stderr
    assert not elsewhere.exists()


def test_of_two_at_once_the_first_to_end_has_the_file_and_it_stays_whole(
    app: APIFlask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "sets" / "set.jsonl"
    file.parent.mkdir()
    with app.app_context():
        judged("billing/low", "technical/high")
        judged("general/low", "general/low")
    whole, written = evaluations.decided_tickets, []

    def overtaken() -> Iterator[LabelledTicket]:
        for number, ticket in enumerate(whole()):
            yield ticket
            if not number:
                monkeypatch.setattr(evaluations, "decided_tickets", whole)
                assert run(app, "classify", "export", file).exit_code == 0
                written.append(file.read_bytes())

    monkeypatch.setattr(evaluations, "decided_tickets", overtaken)
    done = run(app, "classify", "export", file)
    assert (done.exit_code, "is there already" in done.stderr) == (1, True)
    assert [file.read_bytes()] == written
    assert len(read_labelled(file.read_bytes().splitlines())) == 2
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_what_could_not_be_written_whole_is_taken_away(
    app: APIFlask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def fails() -> Iterator[LabelledTicket]:
        raise error

    sets = tmp_path / "sets"
    sets.mkdir()
    monkeypatch.setattr(evaluations, "decided_tickets", fails)
    assert run(app, "classify", "export", sets / "set.jsonl").exit_code == 1
    assert list(sets.iterdir()) == []


def test_decisions_are_read_a_few_at_a_time(each_app: APIFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decisions, "AT_ONCE", 3)
    made = [judged("billing/low", "billing/low") for _ in range(7)]
    with statements_of(each_app) as sent:
        found = [ticket.id for ticket in decided_tickets()]
    assert found == [f"ticket-{number}" for number in reversed(made)]
    assert len(sent) == 3
    assert all("LIMIT" in statement for statement in sent)
