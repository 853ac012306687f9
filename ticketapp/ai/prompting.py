"""The request that puts a question to the model: orders from a versioned file, the customer's text fenced as data."""

import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import count

from ticketapp.ai.cutting import cut
from ticketapp.ai.manner import USUAL, Example, Manner
from ticketapp.ai.masking import EVERY_KIND, MaskedKind, masked_and_told, without_told

DEFAULT_PROMPT_VERSION = "v3"
MAX_TITLE_CHARACTERS = 500
MAX_DESCRIPTION_CHARACTERS = 12_000  # together with the newest reply, where there is one
MAX_REPLY_CHARACTERS = 4_000
MAX_EXAMPLE_TITLE_CHARACTERS = 200
MAX_EXAMPLE_CHARACTERS = 600

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
class Request:
    """One request: `orders` are ours alone, `data` holds the customer's text between lines with `boundary`."""

    orders: str
    data: str
    boundary: str


@dataclass(frozen=True, slots=True)
class _Masked:
    """What is left of the texts of a ticket or example, and the secrets that they told."""

    title: str
    text: str
    reply: str
    told: tuple[str, ...]

    def without(self, told: Iterable[str]) -> "_Masked":
        others = [secret for secret in told if secret not in self.told]
        title, text, reply = (without_told(part, others) for part in (self.title, self.text, self.reply))
        return _Masked(title, text, reply, self.told)


@cache
def load_prompt(version: str = DEFAULT_PROMPT_VERSION) -> Prompt:
    """The prompt of this version; LookupError naming the known versions when there is none."""
    folder = files(__package__) / "prompts"
    known = sorted(entry.name.removesuffix(".txt") for entry in folder.iterdir() if entry.name.endswith(".txt"))
    if version not in known:
        raise LookupError(f"there is no prompt version {version!r}; known are {', '.join(known)}")
    return Prompt(version=version, text=(folder / f"{version}.txt").read_text(encoding="utf-8"))


def takes_examples(version: str) -> bool:
    """Whether the orders of this version say what examples are; LookupError as for ``load_prompt``."""
    return "EXAMPLE" in load_prompt(version).text


def draw_boundary() -> str:
    """128 random bits in hexadecimal: nobody who writes a ticket can know them."""
    return secrets.token_hex(16)


def ask(
    prompt: Prompt,
    *,
    title: str,
    description: str,
    newest_reply: str = "",
    manner: Manner = USUAL,
    draw: Callable[[], str] = draw_boundary,
) -> Request:
    """The request about one ticket: examples, title, description and newest reply, each in a part of its own.

    The ticket loses what ``manner`` masks; examples lose every kind, as they are other people's. A secret that one of
    them tells goes in all of them. A boundary that occurs in any text is drawn again.
    """
    ticket = _masked(title, description, newest_reply, manner.masked)
    examples = [_masked(example.title, example.description, "", EVERY_KIND) for example in manner.examples]
    told = [secret for said in (ticket, *examples) for secret in said.told]
    left = ticket.without(told) if MaskedKind.SECRET in manner.masked else ticket
    parts = [
        *map(_example_part, count(1), manner.examples, (said.without(told) for said in examples)),
        *_ticket_parts(left, has_reply=bool(newest_reply)),
    ]
    boundary = draw()
    while any(boundary in text.lower() for _, text in parts):
        boundary = draw()
    lines = [line for name, text in parts for line in (f"-----{boundary} {name}-----", text)]
    data = "\n".join([*lines, f"-----{boundary} END-----"])
    return Request(orders=prompt.text.replace("{boundary}", boundary), data=data, boundary=boundary)


def ticket_parts(
    *, title: str, description: str, newest_reply: str, mask: frozenset[MaskedKind]
) -> list[tuple[str, str]]:
    """The parts of a ticket as the model reads them, each with its name; a newest reply, if any, takes room from the
    description."""
    return _ticket_parts(_masked(title, description, newest_reply, mask), has_reply=bool(newest_reply))


def readable(text: str, *, limit: int, mask: frozenset[MaskedKind] = frozenset(), title: str = "") -> str:
    """`text` without invisible characters and without what is masked, cut to `limit` characters by the one rule.

    What the `title` above it announces is masked too, such as the first line below *Password:*. Masking comes before
    cutting, so that no half of a number is left. The work is linear in the text's length.
    """
    return cut(_masked(title, text, "", mask).text, limit)


def _masked(title: str, text: str, reply: str, mask: frozenset[MaskedKind]) -> _Masked:
    """Title, text and reply of one question: the title announces what is below it, and what one tells goes in all."""
    title, text, reply = _one_line(_visible(title)), _visible(text), _visible(reply)
    (above, both, beside), told = masked_and_told([title, f"{title}\n{text}", reply], mask)
    if both.startswith(f"{above}\n"):
        return _Masked(above, both[len(above) + 1 :], beside, told)
    (title, text, reply), told = masked_and_told([title, text, reply], mask)
    return _Masked(title, text, reply, told)


def _ticket_parts(said: _Masked, *, has_reply: bool) -> list[tuple[str, str]]:
    words = MAX_DESCRIPTION_CHARACTERS if not has_reply else MAX_DESCRIPTION_CHARACTERS - MAX_REPLY_CHARACTERS
    parts = [
        ("TITLE", _one_line(cut(said.title, MAX_TITLE_CHARACTERS))),
        ("DESCRIPTION", cut(said.text, words)),
    ]
    if has_reply:
        parts.append(("NEWEST REPLY", cut(said.reply, MAX_REPLY_CHARACTERS)))
    return parts


def _example_part(number: int, example: Example, said: _Masked) -> tuple[str, str]:
    title = _one_line(cut(said.title, MAX_EXAMPLE_TITLE_CHARACTERS))
    return f"EXAMPLE {number}: {example.decision}", f"{title}\n{cut(said.text, MAX_EXAMPLE_CHARACTERS)}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _visible(text: str) -> str:
    text = _LINE_BREAKS.sub("\n", text)
    return _UNSEEN.sub("", _LONE_SURROGATES.sub("\ufffd", text))
