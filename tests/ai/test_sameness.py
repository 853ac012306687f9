"""Two questions are the same where the model is shown the same, and only there."""

import pytest

from ticketapp.ai import USUAL, digest
from ticketapp.ai.prompting import ask, load_prompt

# Beside a reply the middle of such a text is left out.
LONG_WITH_Y, LONG_WITH_Z = (f"{'x' * 6000}{each * 500}{'x' * 5000}" for each in "yz")


def digest_of(title: str, description: str, newest_reply: str) -> str:
    text = {"title": title, "description": description, "newest_reply": newest_reply}
    return digest(**text, manner=USUAL, model="m", prompt_version="v3")


def shown(title: str, description: str, newest_reply: str) -> str:
    text = {"title": title, "description": description, "newest_reply": newest_reply}
    return ask(load_prompt("v3"), **text, draw=lambda: "boundary").data


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (("", "x" * 8000, "More"), ("", "x" * 8000, "More"), True),
        (("", LONG_WITH_Y, "More"), ("", LONG_WITH_Z, "More"), True),
        (("", LONG_WITH_Y, ""), ("", LONG_WITH_Z, ""), False),
        (("A  title", "x", ""), ("A\ntitle", "x", ""), True),
        (("", "x", ""), ("", "x", "\u200b"), False),
        (("", "x", "y"), ("", "xy", ""), False),
    ],
)
def test_the_same_is_what_is_shown_alike(
    one: tuple[str, str, str], other: tuple[str, str, str], *, is_same: bool
) -> None:
    assert (shown(*one) == shown(*other)) is is_same
    assert (digest_of(*one) == digest_of(*other)) is is_same
