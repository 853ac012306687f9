"""Colour pairs of both themes against WCAG 2.2 AA, computed from the tokens themselves."""

import re

import pytest

from tests.look.office import ROOT

TOKENS = (ROOT / "ticketapp/static/css/tokens.css").read_text()
PAIRS = {
    name: (light, dark)
    for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", TOKENS)
}
TEXT_ON_GROUND = [
    (text, ground) for text in ("ink", "quiet", "accent", "alarm") for ground in ("sheet", "panel", "tint")
] + [("sheet", "ink"), ("sheet", "accent"), ("mark-ink", "mark")]


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2 definition."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio, WCAG 2.2 definition."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_of_black_on_white_is_twenty_one() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", [0, 1], ids=["paper", "blueprint"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON_GROUND)
def test_lettering_reads_at_four_and_a_half_to_one(text: str, ground: str, theme: int) -> None:
    assert contrast(PAIRS[text][theme], PAIRS[ground][theme]) >= 4.5


@pytest.mark.parametrize(
    ("token", "light", "dark"),
    [
        ("sheet", "#fbfbf8", "#0b2545"),
        ("panel", "#ffffff", "#0f2e55"),
        ("ink", "#1f1f1d", "#e8f1fb"),
        ("accent", "#0b3d91", "#8ecbff"),
        ("alarm", "#b00020", "#ff9d8a"),
    ],
)
def test_tokens_are_the_ones_the_look_prescribes(token: str, light: str, dark: str) -> None:
    assert PAIRS[token] == (light, dark)
