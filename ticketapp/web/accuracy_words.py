"""Addresses and words of the accuracy page: what each figure opens, and what is active."""

import math
from typing import Any

from flask import url_for

from ticketapp.ai import FailureKind
from ticketapp.models import Purpose
from ticketapp.queries.accuracy_filter import AccuracyFilter, Period
from ticketapp.queries.call_figures import Calls
from ticketapp.queries.paging import Cursor

PERIODS = {
    Period.MONTH: "30 days",
    Period.QUARTER: "90 days",
    Period.YEAR: "365 days",
    Period.ALL: "All",
}
OF_WHAT_IS_JUDGED = ("outcome", "machine", "person")
PURPOSES = {
    Purpose.TICKET: "tickets",
    Purpose.FORM: "proposals, in the form or by the API",
    Purpose.TRIAL: "samples of bulk jobs",
    Purpose.TEST: "tests of the settings",
    Purpose.EVALUATION: "evaluations",
}
PRICED_TOKENS = 1_000_000
FEW_CENTS, LEAST_COST = 0.1, 0.0001


def page_url(narrowed: AccuracyFilter, **changes: Any) -> str:
    """The address of the page with this filter, fields of it changed."""
    return _url("index", narrowed.whole.as_args(**changes))


def verdicts_url(narrowed: AccuracyFilter, after: Cursor | None = None, **part: Any) -> str:
    """The address of the tickets behind a figure; ``part`` are fields of the filter."""
    return _url("verdicts", narrowed.as_args(**part) | ({"after": str(after)} if after else {}))


def calls_url(narrowed: AccuracyFilter, after: Cursor | None = None, **part: Any) -> str:
    """The address of the calls behind a figure; ``part`` are fields of the filter."""
    return _url("calls", narrowed.as_args(**part) | ({"after": str(after)} if after else {}))


def chips(narrowed: AccuracyFilter, endpoint: str) -> list[tuple[str, str]]:
    """(label, address without it) for each active part of the filter but the period."""
    args = narrowed.as_args()
    found = []
    for name, value in args.items():
        if name == "period":
            continue
        gone = (name, *OF_WHAT_IS_JUDGED) if name in ("field", "among") else (name,)
        rest = {key: args[key] for key in args if key not in gone}
        found.append((_label(name, value), _url(endpoint, rest)))
    return found


def share(part: int, whole: int) -> str:
    """A part of a whole that is not nothing, in percent without decimals: "83 %"."""
    return f"{100 * part / whole:.0f} %"


def cost(calls: Calls, *, price_in: float, price_out: float) -> str | None:
    """What the tokens cost at these prices for a million, below 0.10 to two figures; None where no price is set."""
    if not price_in and not price_out:
        return None
    amount = (calls.tokens_in * price_in + calls.tokens_out * price_out) / PRICED_TOKENS
    if not 0 < amount < FEW_CENTS:
        return f"{amount:,.2f}"
    return "under 0.0001" if amount < LEAST_COST else f"{amount:.{1 - math.floor(math.log10(amount))}f}"


def failure_sentence(kind: str) -> str:
    """What went wrong, in a sentence; the kind itself where another release wrote it."""
    return FailureKind(kind).sentence if kind in set(FailureKind) else kind


def _label(name: str, value: str) -> str:
    if name == "confidence":
        return f"confidence: {int(value) / 10:.1f} to {(int(value) + 1) / 10:.1f}"
    if name == "slower_ms":
        return f"at least {int(value):,} ms"
    return f"{'week of' if name == 'week' else name}: {value.replace('_', ' ')}"


def _url(endpoint: str, args: dict[str, str]) -> str:
    values: dict[str, Any] = dict(args)
    return url_for(f"admin_accuracy.{endpoint}", **values)
