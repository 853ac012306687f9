"""Comments of structured header values (RFC 5322 section 3.2.2), which may hold others."""

import re

_COMMENT = re.compile(r"\([^()]*\)")
_DEEPEST = 5


def without_comments(text: str, instead: str = "") -> str:
    """The text without comments, at most five deep in each other; `instead` stands where one was."""
    for _ in range(_DEEPEST):
        text, count = _COMMENT.subn(instead, text)
        if not count:
            break
    return text
