"""format=flowed (RFC 3676): soft-broken lines joined, quote marks and signatures kept."""

_MOST_LINES = 50_000


def unflow(text: str, *, delete_space: bool) -> str:
    """The text with flowed lines joined; `delete_space` is the parameter DelSp=yes.

    More than 50,000 lines are a file and no letter: what follows these stays as it came.
    """
    lines = text.split("\n", _MOST_LINES)
    rest = lines[_MOST_LINES:]
    out: list[str] = []
    held: list[str] = []
    held_depth = -1
    for line in lines[:_MOST_LINES]:
        depth, content = _measure(line)
        if held and (depth != held_depth or content == "-- "):
            out.append(_joined(held_depth, held))
            held = []
        if content.endswith(" ") and content != "-- ":
            held_depth = depth
            held.append(content[:-1] if delete_space else content)
        else:
            out.append(_joined(depth, [*held, content]))
            held = []
    if held:
        out.append(_joined(held_depth, held))
    return "\n".join([*out, *rest])


def _measure(line: str) -> tuple[int, str]:
    """Quote depth and content without quote marks and stuffing."""
    content = line.lstrip(">")
    depth = len(line) - len(content)
    return depth, content[1:] if content.startswith(" ") else content


def _joined(depth: int, pieces: list[str]) -> str:
    content = "".join(pieces)
    return f"{'>' * depth} {content}" if depth > 0 else content
