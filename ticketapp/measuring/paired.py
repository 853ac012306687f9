"""Two runs over the same tickets: where only one of them was right, and whether that can be chance."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paired:
    """How often both were right, only the first, only the second, neither."""

    both: int
    only_first: int
    only_second: int
    neither: int

    @property
    def chance(self) -> float:
        """The p-value of the exact McNemar test."""
        return sign_test(self.only_first, self.only_second)


def pair(outcomes: Iterable[tuple[bool, bool]]) -> Paired:
    """Count (first was right, second was right) pairs."""
    listed = list(outcomes)
    return Paired(*(listed.count(kind) for kind in ((True, True), (True, False), (False, True), (False, False))))


def sign_test(one: int, other: int) -> float:
    """The chance, 0 to 1, of a split at least as uneven as ``one`` to ``other`` if both sides were equally likely.

    Two-sided and exact: the binomial test over the pairs that differ, which is McNemar's test with few cases
    (McNemar 1947, doi:10.1007/BF02295996). Whole numbers until the last division, so that no large count is lost.
    """
    total = one + other
    ways = tail = 1  # of so many wins of the weaker side: total over wins, each from the one before
    for wins in range(1, min(one, other) + 1):
        ways = ways * (total - wins + 1) // wins
        tail += ways
    chance: float = 2 * tail / 2**total
    return min(1.0, chance)


def chance_in_words(paired: Paired) -> str:
    """The p-value as a sentence that needs no statistics."""
    if paired.only_first == paired.only_second:
        return "Neither is ahead: each was right as often where the other was wrong."
    ahead = "first" if paired.only_first > paired.only_second else "second"
    chance = paired.chance
    often = "in fewer than 1 of 1,000" if chance < 0.001 else f"in about {_of_a_hundred(chance)} of 100"
    verdict = "real" if chance < 0.01 else "probably real" if chance < 0.05 else "perhaps chance alone"
    return (
        f"The {ahead} is ahead, and the difference is {verdict}: if both were equally good, "
        f"one at least this large would show {often} such comparisons (p = {_short(chance)})."
    )


def _of_a_hundred(chance: float) -> str:
    return f"{100 * chance:.1f}" if chance < 0.1 else f"{100 * chance:.0f}"


def _short(chance: float) -> str:
    return f"{chance:.2g}" if chance < 0.1 else f"{chance:.2f}"
