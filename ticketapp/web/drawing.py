"""Geometry of drawn figures: dimension lines and plotted lines as percentages of an area. Pure, no Flask."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

_FIGURE_PERCENT_PER_DIGIT = 4.0
_ARROWS_PERCENT = 10.0
_DATE_LABELS = 5


@dataclass(frozen=True, slots=True)
class Bar:
    """One dimension line: its length in percent of the row, where its figure stands, room for its arrows."""

    label: str
    value: int
    url: str | None
    length_percent: float
    figure_on_line: bool
    arrows_fit: bool


@dataclass(frozen=True, slots=True)
class Point:
    """One plotted day; x and y in percent of the area, y measured down from the top."""

    day: date
    value: int
    x_percent: float
    y_percent: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled place on an axis, in percent of that axis as SVG measures it."""

    label: str
    at_percent: float


@dataclass(frozen=True, slots=True)
class Plot:
    """A plotted line with its ticks; the whole area when there is one day is that one point."""

    points: tuple[Point, ...]
    value_ticks: tuple[Tick, ...]
    date_ticks: tuple[Tick, ...]
    total: int


def bars(rows: Iterable[tuple[str, int, str | None]]) -> tuple[Bar, ...]:
    """Lay out (label, value, address or None) as dimension lines; the greatest value fills its row."""
    listed = list(rows)
    greatest = max((value for _, value, _ in listed), default=0)
    return tuple(_bar(row, greatest) for row in listed)


def plot(points: Sequence[tuple[date, int]]) -> Plot:
    """Lay out (day, count), in the order given, on an area from zero to a round number above the rest."""
    top = _round_top(max((value for _, value in points), default=0))
    last = max(len(points) - 1, 1)
    placed = tuple(
        Point(day, value, _percent(at, last), 100.0 - _percent(value, top)) for at, (day, value) in enumerate(points)
    )
    return Plot(placed, _value_ticks(top), _date_ticks(placed), sum(point.value for point in placed))


def _bar(row: tuple[str, int, str | None], greatest: int) -> Bar:
    label, value, url = row
    length = _percent(value, greatest) if greatest else 0.0
    room_needed = 14.0 + _FIGURE_PERCENT_PER_DIGIT * len(f"{value:,}")
    return Bar(label, value, url, length, figure_on_line=length >= room_needed, arrows_fit=length >= _ARROWS_PERCENT)


def _percent(part: int, whole: int) -> float:
    return round(100.0 * part / whole, 2)


def _round_top(greatest: int) -> int:
    """The smallest of 4, 8, 12, 20, 40, 60, 80, 120 (and so on by tens) that holds the greatest value."""
    if greatest <= 8:
        return 4 if greatest <= 4 else 8
    power = int(10 ** (len(str(greatest)) - 1))
    steps = (1.2, 2, 4, 6, 8, 12)
    return next(round(step * power) for step in steps if step * power >= greatest)


def _value_ticks(top: int) -> tuple[Tick, ...]:
    return tuple(Tick(f"{top * quarter // 4:,}", 100.0 - 25.0 * quarter) for quarter in range(5))


def _date_ticks(points: tuple[Point, ...]) -> tuple[Tick, ...]:
    stride = max(1, ceil(len(points) / _DATE_LABELS))
    return tuple(Tick(f"{point.day.day} {point.day:%b}", point.x_percent) for point in points[::stride])
