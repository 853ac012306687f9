"""The documents as the house tests read them: links, commands, addresses and tables in Markdown."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.house.files import ROOT

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|<(?:img|source)\b[^>]*\bsrc(?:set)?=\"([^\"]+)\"")
ELSEWHERE = ("http://", "https://", "mailto:")
ROW = re.compile(r"^\| (`[A-Z_`, ]+`) \| (.+) \| (.+) \|$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Setting:
    """A line of the README's tables of settings."""

    name: str
    meaning: str
    default: str


def documents() -> list[Path]:
    """Every Markdown file that people read about this project."""
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def relative_links(path: Path) -> list[str]:
    """The addresses a document links to or shows that lie in this project."""
    found = [link or picture for link, picture in LINK.findall(path.read_text())]
    return [address for address in found if not address.startswith(ELSEWHERE)]


def anchors(path: Path) -> set[str]:
    """The names under which a document's headings can be linked to."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def settings() -> list[Setting]:
    """The settings as the README's tables tell them; a row may name several."""
    rows = ROW.findall((ROOT / "README.md").read_text())
    return [
        Setting(name, meaning, default) for names, meaning, default in rows for name in re.findall(r"[A-Z_]+", names)
    ]


def code(path: Path) -> str:
    """What a document sets as code, in a line or in a block, a piece a line."""
    text = path.read_text()
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    blocks += re.findall(r"^(?: {4}.*\n)+", text, re.MULTILINE)
    return "\n".join([*blocks, *re.findall(r"`([^`\n]+)`", text)])
