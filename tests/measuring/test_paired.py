"""Whether a difference is real: the exact test against values known from elsewhere, and its plain words."""

import pytest

from ticketapp.measuring import Paired, chance_in_words, pair, sign_test


@pytest.mark.parametrize(
    ("one", "other", "chance"),
    [
        (0, 0, 1.0),
        (1, 1, 1.0),
        (0, 5, 2 / 32),
        (10, 2, 2 * (1 + 12 + 66) / 4096),
        (3, 12, 0.03515625),  # R: binom.test(3, 15)$p.value
        (12, 3, 0.03515625),
        (4, 4, 1.0),
        (7, 8, 1.0),
    ],
)
def test_the_chance_is_the_exact_binomial_one(one: int, other: int, chance: float) -> None:
    assert sign_test(one, other) == pytest.approx(chance)


def test_thousands_of_pairs_lose_no_digit() -> None:
    assert 0 < sign_test(9_000, 11_000) < 1e-40
    assert sign_test(10_000, 10_000) == 1.0


def test_pairs_are_counted_by_who_was_right() -> None:
    counted = pair([(True, True), (True, False), (True, False), (False, True), (False, False)])
    assert counted == Paired(both=1, only_first=2, only_second=1, neither=1)


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        (5, 5, "Neither is ahead"),
        (2, 3, "The second is ahead, and the difference is perhaps chance alone"),
        (12, 3, "The first is ahead, and the difference is probably real"),
        (12, 3, "in about 3.5 of 100 such comparisons (p = 0.035)"),
        (1, 12, "The second is ahead, and the difference is real"),
        (40, 2, "in fewer than 1 of 1,000"),
        (2, 4, "in about 69 of 100 such comparisons (p = 0.69)"),
    ],
)
def test_the_chance_is_said_in_plain_words(one: int, other: int, words: str) -> None:
    assert words in chance_in_words(Paired(100, one, other, 7))
