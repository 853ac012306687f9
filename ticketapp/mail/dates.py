"""Date headers to aware datetimes, also those no standard knows."""

import re
from datetime import UTC, datetime, timedelta, timezone

from ticketapp.mail.comments import without_comments

_LONGEST = 200
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan", "feb", "mar mrz mär mrt", "apr avr abr", "may mai mag mei maj", "jun jui giu", "jul lug",
            "aug aoû ago", "sep set", "oct okt out ott", "nov", "dec dez déc dic des",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_ZONES = {
    "ut": 0, "utc": 0, "gmt": 0, "z": 0, "wet": 0, "west": 60, "bst": 60, "ist": 330, "cet": 60, "met": 60, "mez": 60,
    "cest": 120, "mest": 120, "mesz": 120, "eet": 120, "eest": 180, "msk": 180, "msd": 240, "ast": -240, "adt": -180,
    "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
    "akst": -540, "akdt": -480, "hst": -600, "jst": 540, "kst": 540, "hkt": 480, "sgt": 480, "awst": 480,
    "aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780, "sast": 120, "brt": -180, "art": -180,
}  # fmt: skip
_CLOCK = r"(\d{1,2})\s*[:.]\s*(\d{1,2})(?:\s*[:.]\s*(\d{1,2}))?(?:[.,]\d{1,9})?\s*(am|pm)?"
# The sign may be left out before four digits that can be no year.
_SIGN = r"([+-]|(?<=\s)(?=[01]\d{3}\b))"
_ZONE = rf"\s*(?:(?:gmt|utc?)?\s*{_SIGN}\s?(\d{{1,2}})(?::?(\d{{2}})|(?!\d))|([a-z]{{1,5}})\b)?"
_DAY_FIRST = re.compile(
    r"(?:[^\W\d]{2,12}\.?\s*,?\s*)?(\d{1,2})(?:st|nd|rd|th)?[\s.,/-]+([^\W\d]{3,12})[\s.,/-]+(\d{2,4}),?(?:\s+(?:at\s+)?|T)"
    + _CLOCK
    + _ZONE
)
_MONTH_FIRST = re.compile(
    r"(?:[^\W\d]{2,12}\.?\s*,?\s+)?([^\W\d]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4}),?\s+(?:at\s+)?"
    + _CLOCK
    + _ZONE
)
_ASCTIME = re.compile(
    r"(?:[^\W\d]{2,12}\.?\s*,?\s+)?([^\W\d]{3,12})\s+(\d{1,2})\s+"
    + _CLOCK
    + r"\s+(?:([a-z]{1,5})\s+)?(\d{4})"
    + _ZONE
)
_YEAR_FIRST = re.compile(r"(?:[^\W\d]{2,12},?\s*)?(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[t\s,]+" + _CLOCK + _ZONE)
_NUMBERS = re.compile(r"(?:[^\W\d]{2,12}\.?\s*,?\s*)?(\d{1,2})[-.](\d{1,2})[-.](\d{4}),?\s+" + _CLOCK + _ZONE)
_DAYS_ONLY = re.compile(r"(?:[^\W\d]{2,12}\.?\s*,?\s*)?(\d{1,2})[\s-]+([^\W\d]{3,12})[\s-]+(\d{4})\s*$")


def read_date(text: str) -> datetime | None:
    """The aware datetime a Date header names (RFC 5322 section 3.3, read tolerantly); None where it cannot be read.

    A missing or unknown zone counts as UTC.
    """
    plain = without_comments(text[:_LONGEST], " ").strip().strip("\"'").lower()
    for reader in (_day_first, _year_first, _month_first, _asctime, _numbers, _day_only):
        try:
            found = reader(plain)
        except (ValueError, OverflowError):
            continue
        if found is not None:
            return found
    return None


def _day_first(text: str) -> datetime | None:
    found = _DAY_FIRST.match(text)
    if not found:
        return None
    day, month, year, *clock = found.groups()
    return _moment(_year(year), _month(month), int(day), clock)


def _year_first(text: str) -> datetime | None:
    found = _YEAR_FIRST.match(text)
    if not found:
        return None
    year, month, day, *clock = found.groups()
    return _moment(int(year), int(month), int(day), clock)


def _month_first(text: str) -> datetime | None:
    found = _MONTH_FIRST.match(text)
    if not found:
        return None
    month, day, year, *clock = found.groups()
    return _moment(_year(year), _month(month), int(day), clock)


def _asctime(text: str) -> datetime | None:
    found = _ASCTIME.match(text)
    if not found:
        return None
    month, day, hour, minute, second, half, zone_name, year, sign, hours, minutes, late_name = found.groups()
    clock = [hour, minute, second, half, sign, hours, minutes, zone_name or late_name]
    return _moment(int(year), _month(month), int(day), clock)


def _numbers(text: str) -> datetime | None:
    """Day, month and year as numbers, in the order that goes with hyphens and dots."""
    found = _NUMBERS.match(text)
    if not found:
        return None
    day, month, year, *clock = found.groups()
    return _moment(int(year), int(month), int(day), clock)


def _day_only(text: str) -> datetime | None:
    found = _DAYS_ONLY.match(text)
    return datetime(int(found[3]), _month(found[2]), int(found[1]), tzinfo=UTC) if found else None


def _month(name: str) -> int:
    number = _MONTHS.get(name[:3])
    if number is None:
        raise ValueError(name)
    return 7 if name.startswith("juil") else number


def _year(digits: str) -> int:
    """Two and three digits as RFC 5322 section 4.3 counts them."""
    year = int(digits)
    if len(digits) == 2:
        return year + (2000 if year < 50 else 1900)
    return year + 1900 if len(digits) == 3 else year


def _moment(year: int, month: int, day: int, clock: list[str | None]) -> datetime:
    hour, minute, second, half, sign, hours, minutes, name = clock
    hour_number = int(hour or 0)
    if half:
        hour_number = hour_number % 12 + (12 if half == "pm" else 0)
    zone = _zone(sign, hours, minutes, name)
    return datetime(year, month, day, hour_number, int(minute or 0), min(int(second or 0), 59), tzinfo=zone)


def _zone(sign: str | None, hours: str | None, minutes: str | None, name: str | None) -> timezone:
    if sign is not None and hours:
        offset = int(hours) * 60 + int(minutes or 0)
        if offset >= 24 * 60:
            return UTC
        return timezone(timedelta(minutes=-offset if sign == "-" else offset))
    return timezone(timedelta(minutes=_ZONES.get(name or "", 0)))
