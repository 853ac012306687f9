"""How the cost of a work grows with a text: in proportion, or by its square, by the time of the process alone."""

import time
from collections.abc import Callable

Work = Callable[[str], object]


def is_in_proportion(small: str, large: str, work: Work) -> bool:
    """Whether four times the text costs less than nine times as much; the square would be sixteen times."""
    return any(seconds_once(work, large) < 9 * seconds(work, small) for _ in range(3))


def grows_in_proportion(unit: str, work: Work, *, start: str = "") -> bool:
    """The same for texts of 4,000 and 16,000 characters that repeat ``unit`` behind ``start``."""
    small, large = (start + (unit * size)[:size] for size in (4_000, 16_000))
    return is_in_proportion(small, large, work)


def seconds(work: Work, text: str) -> float:
    """The least of three."""
    return min(seconds_once(work, text) for _ in range(3))


def seconds_once(work: Work, text: str) -> float:
    """The time of this process alone, so that whatever else the machine does counts little."""
    started = time.process_time()
    work(text)
    return time.process_time() - started
