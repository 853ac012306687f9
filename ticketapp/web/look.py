"""How facts are worded for the eye: times, marked words, values, sizes, asset addresses. Pure, no Flask."""

import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup, escape

from ticketapp.web.drawing import bars, plot
from ticketapp.web.drawing_shares import calibration_places, split
from ticketapp.web.unseen import as_typed, only_seen, prose

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_DATE_AFTER = timedelta(days=14)

_ORIGINS = {
    "default": "a default nobody chose",
    "machine": "proposed by the machine",
    "person": "set by a person",
}


def furnish(environment: Environment, static_folder: Path) -> None:
    """Give the template environment what the components use, and ``only_seen`` for all that it writes."""
    environment.finalize = only_seen
    environment.filters.update(
        ago=relative,
        ahead=ahead,
        as_typed=as_typed,
        code=code,
        date=plain_date,
        mark_words=mark_words,
        prose=prose,
        size=file_size,
        utc=exact_utc,
        words=words,
    )
    environment.globals.update(
        asset_version=asset_version(static_folder),
        bars=bars,
        calibration_places=calibration_places,
        nav_state=nav_state,
        origin=origin,
        plot_geometry=plot,
        split=split,
    )


def relative(moment: datetime, now: datetime) -> str:
    """Word the distance from `now` to `moment` ("4 min ago", "in 2 h"); beyond 14 days the plain UTC date."""
    gap = now - moment
    if abs(gap) >= _DATE_AFTER:
        return plain_date(moment)
    amount = _amount(int(abs(gap).total_seconds()))
    if amount is None:
        return "just now"
    return f"{amount} ago" if gap > timedelta(0) else f"in {amount}"


def ahead(moment: datetime, now: datetime) -> str:
    """Word when something is to come ("within a minute", "in 2 h"), or that its time has come and it has its turn."""
    if moment <= now:
        return "when its turn comes"
    return "within a minute" if _amount(int((moment - now).total_seconds())) is None else relative(moment, now)


def exact_utc(moment: datetime) -> str:
    """Write an aware datetime to the second in UTC: "2026-11-20 13:25:04 UTC"."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def plain_date(moment: datetime) -> str:
    """Write the UTC date of an aware datetime the way a title block does: "2026-11-20"."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d")


def mark_words(text: str, search_words: Iterable[str]) -> Markup:
    """Escape what is seen of `text`, each occurrence of the words in <mark>, in any case; the longest word wins."""
    text = str(only_seen(text))
    wanted = sorted({word for word in search_words if word}, key=len, reverse=True)
    if not wanted:
        return escape(text)
    pieces = re.split("(" + "|".join(map(re.escape, wanted)) + ")", text, flags=re.IGNORECASE)
    marked = (Markup("<mark>{}</mark>").format(piece) if at % 2 else escape(piece) for at, piece in enumerate(pieces))
    return Markup("").join(marked)


def code(value: object) -> str:
    """The stored spelling of a value or enumeration member ("in_progress"), for data attributes."""
    return str(getattr(value, "value", value))


def words(value: object) -> str:
    """The readable spelling of a value or enumeration member ("in progress")."""
    return code(value).replace("_", " ")


def origin(by: object) -> str:
    """Say in words how a value came about: by default, by the machine or by a person.

    Raises KeyError for any other spelling.
    """
    return _ORIGINS[code(by)]


def file_size(size_bytes: int) -> str:
    """Write a size in bytes with a decimal unit: "812 B", "12.3 kB", "4.0 MB"."""
    if size_bytes < 1000:
        return f"{size_bytes} B"
    if size_bytes < 999_950:
        return f"{size_bytes / 1000:.1f} kB"
    return f"{size_bytes / 1_000_000:.1f} MB"


def nav_state(endpoint: str, current: str | None) -> str:
    """The aria-current of a navigation link: "page" on its page, "true" on its noun's pages, "" elsewhere.

    A noun's pages are those of its blueprint and of what is named after it: mailboxes belong to mail. Opening a new
    ticket has a link of its own, so it lights no other one.
    """
    if endpoint == current:
        return "page"
    if current is None or "tickets.new" in (endpoint, current):
        return ""
    return "true" if current.startswith(endpoint.partition(".")[0]) else ""


def asset_version(folder: Path) -> str:
    """A short fingerprint of every file under `folder`, so that an address changes when any of them does."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _amount(seconds: int) -> str | None:
    if seconds < _MINUTE:
        return None
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    if seconds < _DAY:
        return f"{seconds // _HOUR} h"
    days = seconds // _DAY
    return f"{days} day{'' if days == 1 else 's'}"
