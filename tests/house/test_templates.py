"""Every template compiles, and none holds what the content policy refuses."""

import re

import pytest
from apiflask import APIFlask
from jinja2 import StrictUndefined, nodes

from tests.house.files import ROOT, name_of, templates

MOST_LINES = 100
REFUSED = {
    "a style of its own": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "an event handler": re.compile(r"\son[a-z]+\s*=|\shx-on\b", re.IGNORECASE),
    "a script in the page": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "a script address": re.compile(r"javascript:", re.IGNORECASE),
    "another host": re.compile(r"""(?:src|href|action)\s*=\s*["'](?:https?:)?//""", re.IGNORECASE),
    "text that is not escaped": re.compile(r"\|\s*safe\b|autoescape\s+false", re.IGNORECASE),
}
TEMPLATES = [path for path in templates() if path.suffix == ".html"]


def refused(text: str) -> list[str]:
    """What a template holds that it must not."""
    return [what for what, pattern in REFUSED.items() if pattern.search(text)]


def test_there_are_no_other_kinds_of_template() -> None:
    assert templates() == TEMPLATES
    assert len(TEMPLATES) > 30


def test_each_compiles_and_asks_only_for_filters_that_exist(app: APIFlask) -> None:
    environment = app.jinja_env
    for path in TEMPLATES:
        name = path.relative_to(ROOT / "ticketapp" / "templates").as_posix()
        tree = environment.parse(path.read_text(), name=name)
        environment.get_template(name)
        assert {node.name for node in tree.find_all(nodes.Filter)} <= set(environment.filters), name


def test_none_holds_what_the_policy_refuses() -> None:
    found = {name_of(path): refused(path.read_text()) for path in TEMPLATES}

    assert {name: what for name, what in found.items() if what} == {}


def test_each_is_of_a_readable_size() -> None:
    sizes = {name_of(path): len(path.read_text().splitlines()) for path in TEMPLATES}

    assert {name: size for name, size in sizes.items() if size > MOST_LINES} == {}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('<p style="color:red">', "a style of its own"),
        ("<style>p{}</style>", "a style of its own"),
        ('<a href="/" onclick="x()">', "an event handler"),
        ('<p hx-on:click="x()">', "an event handler"),
        ("<script>x()</script>", "a script in the page"),
        ('<a href="javascript:x()">', "a script address"),
        ('<img src="//evil.example/x.png">', "another host"),
        ("{{ text|safe }}", "text that is not escaped"),
    ],
)
def test_what_is_refused_would_be_seen(text: str, what: str) -> None:
    assert refused(text) == [what]


def test_an_undefined_name_is_an_error(app: APIFlask) -> None:
    assert app.jinja_env.undefined is StrictUndefined
    assert app.jinja_env.autoescape
