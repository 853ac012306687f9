"""Only actions write: nothing else opens a transaction, commits, or knows the statements that change rows."""

import ast

import pytest

from tests.house.files import modules, name_of, tree_of

OUTSIDE_ACTIONS = (*(f"ticketapp/{part}" for part in ("models", "queries", "web", "api", "cli")), "worker")
WRITING_METHODS = frozenset({"commit", "add_all", "bulk_save_objects", "bulk_insert_mappings"})
SESSION_METHODS = frozenset({"add", "delete", "flush", "merge"})
WRITING_NAMES = frozenset({"transaction", "insert", "update", "delete"})


def writes(tree: ast.Module) -> list[str]:
    """What in a module would change rows, with its line."""
    return [f"{line}: {what}" for node in ast.walk(tree) for line, what in [*_called(node), *_imported(node)]]


def _called(node: ast.AST) -> list[tuple[int, str]]:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return []
    method, owner = node.func.attr, ast.unparse(node.func.value)
    is_write = method in WRITING_METHODS or (method in SESSION_METHODS and owner.endswith("session"))
    return [(node.lineno, f"{owner}.{method}()")] if is_write else []


def _imported(node: ast.AST) -> list[tuple[int, str]]:
    if not (isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("sqlalchemy", "ticketapp.db"))):
        return []
    return [(node.lineno, name.name) for name in node.names if name.name in WRITING_NAMES]


def test_nothing_outside_actions_writes() -> None:
    found = {name_of(path): writes(tree_of(path)) for path in modules(*OUTSIDE_ACTIONS)}

    assert len(found) > 50
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "source",
    [
        "db.session.commit()",
        "session.flush()",
        "db.session.add(row)",
        "from ticketapp.db import transaction",
        "from sqlalchemy import select, update",
        "from sqlalchemy.dialects.postgresql import insert",
    ],
)
def test_a_write_would_be_seen(source: str) -> None:
    assert len(writes(ast.parse(source))) == 1


def test_actions_are_where_writes_are() -> None:
    assert sum(len(writes(tree_of(path))) for path in modules("ticketapp/actions")) > 10
