"""Accuracy, macro-F1, calibration, percentiles: against values counted by hand."""

import pytest

from ticketapp.measuring import NO_ANSWER, Confusion, bin_of, bins, expected_calibration_error, nearest_rank

WORDS = ("cat", "dog", "bird")
# Six cats, ten dogs, nine birds, as they were taken for by somebody.
SAID = [
    *[("cat", "cat")] * 4, *[("cat", "bird")] * 2,
    *[("dog", "dog")] * 2, *[("dog", "cat")] * 6, *[("dog", "bird")] * 2,
    *[("bird", "bird")] * 6, *[("bird", "cat")] * 3,
]  # fmt: skip


def test_accuracy_and_macro_f1_of_a_counted_example() -> None:
    confusion = Confusion.of(WORDS, SAID)
    assert (confusion.total, confusion.hits) == (25, 12)
    assert confusion.accuracy == pytest.approx(0.48)
    # F1: cat 8/(6+13), dog 4/(10+2), bird 12/(9+10)
    assert confusion.macro_f1 == pytest.approx((8 / 19 + 4 / 12 + 12 / 19) / 3)
    assert confusion.row("dog") == (6, 2, 2, 0)


def test_no_answer_is_a_wrong_answer() -> None:
    confusion = Confusion.of(WORDS, [("cat", "cat"), ("cat", NO_ANSWER)])
    assert confusion.accuracy == 0.5
    assert confusion.macro_f1 == pytest.approx(2 / 3)
    assert confusion.row("cat") == (1, 0, 0, 1)


def test_a_word_that_never_occurs_does_not_count() -> None:
    assert Confusion.of(WORDS, [("cat", "cat")]).macro_f1 == 1.0


def test_of_nothing_there_is_no_share() -> None:
    empty = Confusion.of(WORDS, [])
    assert (empty.accuracy, empty.macro_f1) == (None, None)
    assert expected_calibration_error(bins([])) is None
    assert nearest_rank([], 95) is None


def test_calibration_error_of_a_counted_example() -> None:
    answers = [(0.95, True), (0.95, True), (0.95, False), (0.95, True), (0.65, False), (0.65, True)]
    binned = bins(answers)
    assert [(each.number, each.hits) for each in binned if each.number] == [(2, 1), (4, 3)]
    assert binned[9].share == 0.75
    assert binned[9].stated == pytest.approx(0.95)
    # 4 of 6 are 0.20 off, 2 of 6 are 0.15 off
    assert expected_calibration_error(binned) == pytest.approx((4 * 0.20 + 2 * 0.15) / 6)


def test_who_is_always_as_right_as_they_say_has_no_error() -> None:
    assert expected_calibration_error(bins([(0.5, True), (0.5, False)])) == 0


@pytest.mark.parametrize(("confidence", "at"), [(0.0, 0), (0.099, 0), (0.1, 1), (0.7, 7), (0.999, 9), (1.0, 9)])
def test_a_bin_holds_its_lower_end(confidence: float, at: int) -> None:
    assert bin_of(confidence) == at


@pytest.mark.parametrize(("percent", "value"), [(5, 15), (30, 20), (40, 20), (50, 35), (100, 50)])
def test_percentiles_are_values_that_were_measured(percent: int, value: int) -> None:
    """The textbook's example of the nearest-rank method."""
    assert nearest_rank([35, 20, 15, 50, 40], percent) == value
