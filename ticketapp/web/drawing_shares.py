"""Geometry of drawn shares: bars split into parts, and stated against real confidence. Pure, no Flask."""

from collections.abc import Sequence
from dataclasses import dataclass

from ticketapp.measuring import Bin


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a split bar, in percent of its width."""

    kind: str
    at_percent: float
    width_percent: float


@dataclass(frozen=True, slots=True)
class Place:
    """A bin of the calibration on its area: x what was stated, y (down from the top) what was right, in percent."""

    each: Bin
    x_percent: float
    y_percent: float


def split(parts: Sequence[tuple[str, int]]) -> tuple[Part, ...]:
    """Lay (kind, number) side by side over the whole width; parts of nothing are left out."""
    whole = sum(number for _, number in parts)
    placed: list[Part] = []
    at = 0.0
    for kind, number in parts:
        if number:
            width = 100.0 * number / whole
            placed.append(Part(kind, round(at, 2), round(width, 2)))
            at += width
    return tuple(placed)


def calibration_places(binned: Sequence[Bin], enough: int) -> tuple[Place, ...]:
    """Where the bins stand that hold at least ``enough`` answers, of fewer a share says nothing."""
    return tuple(
        Place(each, round(100 * each.stated, 2), round(100 - 100 * each.share, 2))
        for each in binned
        if each.stated is not None and each.share is not None and each.number >= enough
    )
