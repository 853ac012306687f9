"""Every module says what may live in it, is of a readable size, has a name, and has its functions typed."""

import ast
import tomllib
from pathlib import Path

from tests.house.files import ROOT, modules, name_of, tree_of

MOST_LINES = 300
NAMELESS = frozenset(
    {"utils", "util", "helpers", "helper", "common", "manager", "managers", "service", "base", "misc"}
)
BELOW_THE_SHELLS = tuple(f"ticketapp/{part}" for part in ("models", "actions", "queries", "ai", "mail"))
OF_THE_LIBRARY = frozenset({"process_bind_param", "process_result_value"})


def test_each_opens_with_one_line_that_says_what_may_live_there() -> None:
    first_lines = {name_of(path): (ast.get_docstring(tree_of(path)) or "").partition("\n")[0] for path in _written()}

    assert len(first_lines) > 100
    assert [name for name, line in first_lines.items() if not line.endswith((".", "…"))] == []


def test_each_is_of_a_readable_size() -> None:
    """Migrations are left out: one is never touched again, and splitting it would be a lie about history."""
    sizes = {name_of(path): len(path.read_text().splitlines()) for path in modules()}

    too_long = {name: size for name, size in sizes.items() if size > MOST_LINES}
    assert {name: size for name, size in too_long.items() if not name.startswith("migrations/versions/")} == {}


def test_each_has_a_name_that_says_something() -> None:
    assert [name_of(path) for path in modules("ticketapp", "worker") if path.stem in NAMELESS] == []


def test_each_function_that_others_call_states_its_promise() -> None:
    assert [
        f"{name_of(path)}:{function.lineno} {function.name}"
        for path in modules(*BELOW_THE_SHELLS)
        for function in _public_functions(tree_of(path))
        if not ast.get_docstring(function)
    ] == []


def test_types_are_checked_strictly_and_everywhere() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]

    assert settings["strict"] is True
    assert {"ticketapp", "worker", "config"} <= set(settings["packages"])
    assert [each for each in settings["overrides"] if set(each) - {"module", "ignore_missing_imports"}] == []


def test_each_function_says_what_it_returns() -> None:
    assert [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for path in modules()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.returns is None
        and node.name != "__init__"
    ] == []


def _written() -> list[Path]:
    """Modules that hold anything; an empty __init__.py only makes its folder a package."""
    return [path for path in modules() if path.read_text().strip()]


def _public_functions(tree: ast.Module) -> list[ast.FunctionDef]:
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")]
    standing = [node for body in (tree.body, *(each.body for each in classes)) for node in body]
    return [
        node
        for node in standing
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and node.name not in OF_THE_LIBRARY
    ]
