"""What the documents say is so: every setting, command, address, link and file that they name is there."""

import re
from pathlib import Path

import pytest
from apiflask import APIFlask

from config import Config
from tests.config.variables import listed
from tests.house import documents
from tests.house.files import ROOT, name_of
from worker import commands

README = ROOT / "README.md"
ARCHITECTURE = ROOT / "docs" / "architecture.md"
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
MOST_LINES_OF_A_DECISION = 25
LARGEST_PICTURE = 200_000


def test_the_readme_explains_every_setting_once_and_no_other() -> None:
    assert sorted(setting.name for setting in documents.settings()) == sorted(listed())


def test_the_defaults_in_the_readme_are_the_defaults(tmp_path: Path) -> None:
    config = Config.from_env({"DATA_DIR": str(tmp_path)})
    checked = 0
    for setting in documents.settings():
        told = re.fullmatch(r"`([^`]+)`", setting.default)
        value = getattr(config, setting.name.lower(), None)
        if told and isinstance(value, int | float | str):
            assert told[1] == (f"{value:g}" if isinstance(value, float) else str(value)), setting.name
            checked += 1
    assert checked > 12


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        target for path in documents.documents() for target in re.findall(r"\bmake ([a-z]+)", documents.code(path))
    }

    assert {"run", "test", "mail", "demo"} <= named
    assert named - targets == set()


def test_every_command_that_is_named_exists(app: APIFlask) -> None:
    commands.add_to(app)
    named = {
        tuple(words.split())
        for path in documents.documents()
        for words in re.findall(r"flask --app wsgi ((?:[a-z]+ ?){1,2})", documents.code(path))
    }

    assert {("mail", "poll"), ("user", "create"), ("seed",)} <= named
    for first, *rest in named:
        command = app.cli.commands[first]
        assert set(rest[:1]) <= set(getattr(command, "commands", rest)), (first, *rest)


def test_every_address_of_the_api_that_is_named_exists(app: APIFlask) -> None:
    there = {
        (method, re.sub(r"<[^>]+>", "7", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
    }
    named = set(re.findall(r"`(GET|POST|PATCH) (/api/[a-z0-9/]+)`", README.read_text()))

    assert len(named) >= 5
    assert named - there == set()


@pytest.mark.parametrize("path", documents.documents(), ids=name_of)
def test_every_link_leads_somewhere(path: Path) -> None:
    for link in documents.relative_links(path):
        file, _, anchor = link.partition("#")
        target = path.parent / file if file else path
        assert target.exists(), link
        assert not anchor or anchor in documents.anchors(target), link


def test_the_pictures_are_small() -> None:
    pictures = sorted((ROOT / "docs" / "img").iterdir())

    assert len(pictures) >= 4
    assert {
        picture.name: picture.stat().st_size for picture in pictures if picture.stat().st_size > LARGEST_PICTURE
    } == {}


def test_every_file_that_the_architecture_names_exists() -> None:
    named = set(re.findall(r"`((?:[\w.]+/)+[\w.]*|\w+\.(?:py|yml|toml))`", ARCHITECTURE.read_text()))

    assert len(named) > 20
    assert [
        name for name in sorted(named) if not (ROOT / name).exists() and not (ROOT / "ticketapp" / name).exists()
    ] == []


def test_every_part_of_the_house_is_in_the_architecture() -> None:
    text = ARCHITECTURE.read_text()
    parts = [*(ROOT / "ticketapp").iterdir(), *(ROOT / "worker").glob("*.py")]
    names = {path.name + ("/" if path.is_dir() else "") for path in parts}

    assert {name for name in names - {"__init__.py", "__pycache__/"} if name not in text} == set()


def test_decisions_are_numbered_short_and_say_why() -> None:
    assert [path.name[:4] for path in DECISIONS] == [f"{number:04}" for number in range(1, len(DECISIONS) + 1)]
    for path in DECISIONS:
        lines = path.read_text().splitlines()
        assert len([line for line in lines if not line.startswith("|")]) <= MOST_LINES_OF_A_DECISION, path.name
        assert lines[0].startswith(f"# {int(path.name[:4])}. "), path.name
        headings = [line.removeprefix("## ") for line in lines if line.startswith("## ")]
        assert headings == ["Context", "Decision", "Consequence"], path.name


def test_every_dependency_has_its_reason() -> None:
    wanted = [line for line in (ROOT / "requirements.in").read_text().splitlines() if line and line[0] != "#"]
    told = re.findall(r"^\| ([A-Za-z][\w-]*) \|", DECISIONS[0].read_text(), re.MULTILINE)

    assert [name.lower() for name in told if name != "package"] == [name.lower() for name in wanted]
