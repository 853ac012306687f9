"""When people write: more on working days and at office hours, a little more from year to year."""

from bisect import bisect
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import accumulate
from random import Random

WEEKEND = 0.3
GROWTH_A_YEAR = 0.4
LUCK = (0.5, 1.5)
# Of a day's mail, the part that comes in each hour (UTC): little at night, most in the morning.
HOURS = (1, 1, 1, 1, 1, 2, 4, 9, 16, 20, 19, 16, 12, 14, 16, 15, 12, 8, 5, 4, 3, 3, 2, 1)
HOURS_ADDED = tuple(accumulate(HOURS))
OPENS_AT, CLOSES_AT = 7, 17


def moments(number: int, *, days: int, now: datetime, die: Random) -> Iterator[datetime]:
    """``number`` moments in order on the last ``days`` UTC days, today being the last, none after ``now``."""
    today = now.astimezone(UTC).date()
    dates = [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
    weights = [_weight(day.weekday(), n) * die.uniform(*LUCK) for n, day in enumerate(dates)]
    weights[-1] *= _seconds_into(now) / 86_400
    total, before = sum(weights), 0
    for day, added in zip(dates, accumulate(weights), strict=True):
        so_far = number if day == today else round(number * added / total)
        midnight = datetime.combine(day, time(), UTC)
        seconds = [_second_of_day(die) for _ in range(so_far - before)]
        if day == today:  # the day is not over: its moments are pressed into what there was of it
            seconds = [second * _seconds_into(now) / 86_400 for second in seconds]
        yield from (midnight + timedelta(seconds=second) for second in sorted(seconds))
        before = so_far


def at_work(moment: datetime, die: Random) -> datetime:
    """``moment`` if the office is open then, else some minutes after it opens next."""
    if moment.hour >= CLOSES_AT:
        moment = _opening(moment + timedelta(days=1), die)
    elif moment.hour < OPENS_AT:
        moment = _opening(moment, die)
    while moment.weekday() > 4:
        moment += timedelta(days=1)
    return moment


def _opening(moment: datetime, die: Random) -> datetime:
    return moment.replace(hour=OPENS_AT, minute=die.randrange(5, 60))


def _weight(weekday: int, days_gone: int) -> float:
    return (WEEKEND if weekday > 4 else 1.0) * (1 + GROWTH_A_YEAR * days_gone / 365)


def _second_of_day(die: Random) -> float:
    return 3600 * (bisect(HOURS_ADDED, die.random() * HOURS_ADDED[-1]) + die.random())


def _seconds_into(now: datetime) -> float:
    return (now.astimezone(UTC) - datetime.combine(now.astimezone(UTC).date(), time(), UTC)).total_seconds()
