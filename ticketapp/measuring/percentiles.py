"""Percentiles of measured values."""

from collections.abc import Sequence


def nearest_rank(values: Sequence[int], percent: int) -> int | None:
    """The smallest of the values that at least ``percent`` of 100 of them do not exceed; None of none."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)] if ordered else None
