"""Whether a stated confidence can be taken at its word: answers binned by confidence, and how far off each bin is."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """The answers whose confidence lies from ``low`` to below ``high`` (the last bin holds 1 too)."""

    low: float
    high: float
    number: int
    hits: int
    confidence: float

    @property
    def share(self) -> float | None:
        """The share that was right, None of none."""
        return self.hits / self.number if self.number else None

    @property
    def stated(self) -> float | None:
        """The mean of what was stated, None of none."""
        return self.confidence / self.number if self.number else None


def bin_of(confidence: float) -> int:
    """The number of the bin, 0 to 9, that a confidence of 0 to 1 falls into."""
    return sum(confidence >= at / BINS for at in range(1, BINS))  # as a database compares, whatever 0.7 * 10 may be


def bins(answers: Iterable[tuple[float, bool]]) -> tuple[Bin, ...]:
    """Ten bins of the same width over these (stated confidence, was right) pairs; a bin's ``confidence`` is a sum."""
    number, hits = Counter[int](), Counter[int]()
    stated = [0.0] * BINS
    for confidence, is_right in answers:
        at = bin_of(confidence)
        number[at] += 1
        hits[at] += is_right
        stated[at] += confidence
    return tuple(Bin(at / BINS, (at + 1) / BINS, number[at], hits[at], stated[at]) for at in range(BINS))


def expected_calibration_error(binned: Sequence[Bin]) -> float | None:
    """How far stated confidence and share of right answers lie apart, 0 to 1, the mean over answers; None of none.

    ECE as of Guo et al. 2017 (arXiv:1706.04599), with the bins given.
    """
    total = sum(each.number for each in binned)
    return sum(abs(each.hits - each.confidence) for each in binned) / total if total else None
