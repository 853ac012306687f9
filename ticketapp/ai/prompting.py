"""The question put to the model: orders from a versioned file, the customer's text fenced as mere data."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files

DEFAULT_PROMPT_VERSION = "v1"
MAX_TITLE_CHARACTERS = 500
MAX_DESCRIPTION_CHARACTERS = 12_000

_LINE_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")
# Control characters, and the invisible ones that reorder text or smuggle words a person cannot see.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e0fff]"
)


@dataclass(frozen=True, slots=True)
class Prompt:
    """The orders of one version, with a place for the boundary."""

    version: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """One request: `orders` are ours alone, `data` holds the customer's text between lines with `boundary`."""

    orders: str
    data: str
    boundary: str


def load_prompt(version: str = DEFAULT_PROMPT_VERSION) -> Prompt:
    """The prompt of this version; LookupError naming the known versions when there is none."""
    folder = files(__package__) / "prompts"
    known = sorted(entry.name.removesuffix(".txt") for entry in folder.iterdir() if entry.name.endswith(".txt"))
    if version not in known:
        raise LookupError(f"there is no prompt version {version!r}; known are {', '.join(known)}")
    return Prompt(version=version, text=(folder / f"{version}.txt").read_text(encoding="utf-8"))


def draw_boundary() -> str:
    """128 random bits in hexadecimal: nobody who writes a ticket can know them."""
    return secrets.token_hex(16)


def ask(prompt: Prompt, *, title: str, description: str, draw: Callable[[], str] = draw_boundary) -> Question:
    """The question about one ticket. A boundary that occurs in the text is drawn again."""
    title = " ".join(readable(title, limit=MAX_TITLE_CHARACTERS).split())
    description = readable(description, limit=MAX_DESCRIPTION_CHARACTERS)
    boundary = draw()
    while boundary in (title + description).lower():
        boundary = draw()
    fence = f"-----{boundary} {{}}-----"
    data = "\n".join((fence.format("TITLE"), title, fence.format("DESCRIPTION"), description, fence.format("END")))
    return Question(orders=prompt.text.replace("{boundary}", boundary), data=data, boundary=boundary)


def readable(text: str, *, limit: int) -> str:
    """`text` without invisible characters; over `limit` characters, its beginning (two thirds) and its end.

    What was left out is said in its place. The work is bounded by `limit`, not by the text's length.
    """
    if len(text) <= limit:
        return _visible(text)
    head, tail = limit - limit // 3, limit // 3
    left_out = len(text) - head - tail
    return f"{_visible(text[:head])}\n[... {left_out} characters left out ...]\n{_visible(text[-tail:])}"


def _visible(text: str) -> str:
    text = _LINE_BREAKS.sub("\n", text)
    return _UNSEEN.sub("", _LONE_SURROGATES.sub("\ufffd", text))
