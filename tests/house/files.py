"""The files of this project as the house tests read them."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = ("ticketapp", "worker", "migrations", "bench", "tests")


def modules(*folders: str) -> list[Path]:
    """Every Python file below the folders, and the two at the root where none is named."""
    found = [path for folder in folders or CODE for path in sorted((ROOT / folder).rglob("*.py"))]
    return found if folders else [ROOT / "config.py", ROOT / "wsgi.py", *found]


def templates() -> list[Path]:
    """Every template."""
    return sorted((ROOT / "ticketapp" / "templates").rglob("*.*"))


def name_of(path: Path) -> str:
    """A file's path from the root of the project."""
    return path.relative_to(ROOT).as_posix()


def tree_of(path: Path) -> ast.Module:
    """A module's syntax tree."""
    return ast.parse(path.read_text(), filename=str(path))
