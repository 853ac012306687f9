"""Where dimension lines and plotted points land."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketapp.web.drawing import bars, plot

DAY = date(2026, 11, 1)


def days(values: list[int]) -> list[tuple[date, int]]:
    return [(DAY + timedelta(days=at), value) for at, value in enumerate(values)]


def test_greatest_bar_fills_its_row_and_the_rest_keep_proportion() -> None:
    drawn = bars([("low", 50, "/low"), ("high", 200, None), ("none", 0, None)])
    assert [bar.length_percent for bar in drawn] == [25.0, 100.0, 0.0]
    assert (drawn[0].url, drawn[1].url) == ("/low", None)


def test_figure_stands_beside_a_line_too_short_for_it() -> None:
    long, short = bars([("a", 1000, None), ("b", 30, None)])
    assert long.figure_on_line
    assert long.arrows_fit
    assert not short.figure_on_line
    assert not short.arrows_fit


def test_bars_of_nothing_have_no_length() -> None:
    assert [bar.length_percent for bar in bars([("a", 0, None), ("b", 0, None)])] == [0.0, 0.0]
    assert bars([]) == ()


def test_points_run_from_left_to_right_and_up_from_the_bottom() -> None:
    drawn = plot(days([0, 4, 2]))
    assert [(point.x_percent, point.y_percent) for point in drawn.points] == [
        (0.0, 100.0),
        (50.0, 0.0),
        (100.0, 50.0),
    ]
    assert drawn.total == 6


@pytest.mark.parametrize(
    ("greatest", "top"),
    [(0, "4"), (4, "4"), (5, "8"), (9, "12"), (13, "20"), (97, "120"), (121, "200"), (8_001, "12,000")],
)
def test_value_axis_ends_on_a_round_number(greatest: int, top: str) -> None:
    assert plot(days([greatest])).value_ticks[-1].label == top


@given(st.lists(st.integers(min_value=0, max_value=10**7), max_size=60))
def test_everything_plotted_stays_on_the_area(values: list[int]) -> None:
    drawn = plot(days(values))
    assert len(drawn.points) == len(values)
    assert all(0 <= point.x_percent <= 100 and 0 <= point.y_percent <= 100 for point in drawn.points)
    labels = [int(tick.label.replace(",", "")) for tick in drawn.value_ticks]
    assert len({after - before for before, after in itertools.pairwise(labels)}) == 1
    assert len(drawn.date_ticks) <= 5
