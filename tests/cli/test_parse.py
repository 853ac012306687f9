"""flask mail parse: one JSON object a line, whatever the files and the configuration are like."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.running import FLASK, bare_environment, flask
from tests.letters import letter, letter_with_file
from ticketapp.cli.entry import only_reads_mail


def write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_files_become_objects_a_line_in_their_order(tmp_path: Path) -> None:
    first = write(tmp_path, "a.eml", letter("First", "Grüße, 東京"))
    second = write(tmp_path, "b.eml", letter_with_file(b"12345"))
    done = flask("mail", "parse", second, first, second, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    objects = [json.loads(line) for line in done.stdout.splitlines()]
    assert [found["subject"] for found in objects] == ["The log", "First", "The log"]
    assert objects[1]["text"] == "Grüße, 東京"
    assert objects[0]["attachments"][0]["size"] == 5


def test_output_is_utf8_whatever_the_terminal_is(tmp_path: Path) -> None:
    path = write(tmp_path, "a.eml", letter("First", "Grüße, 東京"))
    done = flask("mail", "parse", path, cwd=tmp_path, PYTHONIOENCODING="latin-1", LC_ALL="C")
    assert json.loads(done.stdout)["text"] == "Grüße, 東京"


def test_it_needs_no_configuration_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = write(tmp_path, "a.eml", letter())
    bad = {"DATABASE_URL": "bogus://", "IMAP_PORT": "none", "DATA_DIR": str(tmp_path / "data")}
    done = flask("mail", "parse", path, cwd=tmp_path, **bad)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 1
    assert flask("mail", "parse", path, cwd=tmp_path).returncode == 0
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", [b"", b"\0", b"\xff" * 1000, b"\n\n\n", b"Content-Type: multipart/mixed\n\n--"])
def test_a_broken_mail_gives_an_object_too(tmp_path: Path, content: bytes) -> None:
    done = flask("mail", "parse", write(tmp_path, "broken.eml", content), cwd=tmp_path)
    assert done.returncode == 0
    assert set(json.loads(done.stdout)) >= {"message_id", "from", "text", "attachments", "spam"}


def test_a_file_that_cannot_be_read_is_named_and_gives_the_object_of_an_empty_mail(tmp_path: Path) -> None:
    path, empty = write(tmp_path, "a.eml", letter("Here")), write(tmp_path, "empty.eml", b"")
    long = tmp_path / ("n" * 300)
    done = flask("mail", "parse", tmp_path / "none.eml", path, tmp_path, long, path, empty, cwd=tmp_path)
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert [json.loads(line)["subject"] for line in lines] == ["", "Here", "", "", "Here", ""]
    assert lines[0] == lines[2] == lines[3] == lines[5]
    assert "none.eml cannot be read: No such file or directory" in done.stderr
    assert "Is a directory" in done.stderr
    assert "File name too long" in done.stderr
    assert len(done.stderr.splitlines()) == 3


def test_a_dash_is_standard_input(tmp_path: Path) -> None:
    done = flask(
        "mail", "parse", "-", write(tmp_path, "a.eml", letter("Here")), cwd=tmp_path, stdin=letter("Piped").decode()
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert [json.loads(line)["subject"] for line in done.stdout.splitlines()] == ["Piped", "Here"]


def test_each_object_is_there_before_the_next_file_is_read(tmp_path: Path) -> None:
    first, slow = write(tmp_path, "a.eml", letter("First")), tmp_path / "slow.eml"
    os.mkfifo(slow)
    command = [*FLASK, "mail", "parse", str(first), str(slow)]
    with subprocess.Popen(command, cwd=tmp_path, env=bare_environment(), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["subject"] == "First"
        slow.write_bytes(letter("Second"))
        assert json.loads(process.stdout.readline())["subject"] == "Second"
        assert process.wait(timeout=30) == 0


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("flask --app wsgi mail parse a.eml", True),
        ("/x/bin/flask -A wsgi --debug mail parse --help", True),
        ("/x/site-packages/flask/__main__.py --app wsgi mail parse a", True),
        ("flask --app wsgi mail import mail parse", False),
        ("flask --app wsgi user create mail parse", False),
        ("flask --app mail parse", False),
        ("gunicorn wsgi:app mail parse", False),
        ("pytest", False),
        ("", False),
    ],
)
def test_only_this_command_goes_without_the_application(line: str, *, expected: bool) -> None:
    assert only_reads_mail(line.split()) is expected


def test_any_other_command_says_what_is_wrong_with_the_configuration(tmp_path: Path) -> None:
    done = flask("classify", "--pending", cwd=tmp_path, DATA_DIR=str(tmp_path), IMAP_PORT="x", LOG_LEVEL="y")
    assert done.returncode == 1
    assert "Error: The configuration cannot be used:" in done.stderr
    assert "IMAP_PORT must be" in done.stderr
    assert "LOG_LEVEL must be" in done.stderr
    assert "Traceback" not in done.stderr
