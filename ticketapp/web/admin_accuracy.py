"""How right the machine is, for admins: the figures of a period, and the tickets and calls behind each of them."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from ticketapp.clock import utc_now
from ticketapp.outside import outside
from ticketapp.queries import accuracy_lists
from ticketapp.queries.accuracy import ENOUGH, accuracy
from ticketapp.queries.accuracy_filter import NO_PROMPT, AccuracyFilter, Among, JudgedField
from ticketapp.queries.call_figures import Calls, call_figures
from ticketapp.queries.judged import NEWEST
from ticketapp.queries.paging import Cursor
from ticketapp.web import accuracy_words
from ticketapp.web.look import words
from ticketapp.web.security import admin_only

blueprint = Blueprint("admin_accuracy", __name__, url_prefix="/admin/accuracy")


@blueprint.get("")
@admin_only
def index() -> ResponseReturnValue:
    """Every figure of the period, from two statements."""
    narrowed = AccuracyFilter.from_args(request.args).whole
    now = utc_now()
    figures = call_figures(narrowed, now)
    return render_template(
        "admin_accuracy/index.html",
        narrowed=narrowed,
        found=accuracy(narrowed, now),
        asking=figures,
        cost=_cost,
        fields=list(JudgedField),
        no_prompt=NO_PROMPT,
        enough=ENOUGH,
        newest=NEWEST,
        failures=[
            (words(kind), number, accuracy_words.calls_url(narrowed, failure=kind))
            for kind, number in figures.failures
        ],
        chips=accuracy_words.chips(narrowed, "index"),
        **_words(),
    )


@blueprint.get("/verdicts")
@admin_only
def verdicts() -> ResponseReturnValue:
    """The tickets whose verdict a figure counts, newest first."""
    narrowed, after = AccuracyFilter.from_args(request.args), _after()
    found = accuracy_lists.verdicts(narrowed, utc_now(), after=after)
    return render_template(
        "admin_accuracy/verdicts.html",
        rows=found.rows,
        fields=list(JudgedField),
        judges_raised=narrowed.among == Among.RAISED,
        **_place(narrowed, "verdicts", after, found.older),
    )


@blueprint.get("/calls")
@admin_only
def calls() -> ResponseReturnValue:
    """The calls of the model that a figure counts, newest first."""
    narrowed, after = AccuracyFilter.from_args(request.args), _after()
    found = accuracy_lists.calls(narrowed, utc_now(), after=after)
    return render_template(
        "admin_accuracy/calls.html",
        rows=found.rows,
        sentence=accuracy_words.failure_sentence,
        made_for=accuracy_words.PURPOSES,
        **_place(narrowed, "calls", after, found.older),
    )


def _cost(calls: Calls) -> str | None:
    config = outside().config
    return accuracy_words.cost(calls, price_in=config.gemini_price_in, price_out=config.gemini_price_out)


def _after() -> Cursor | None:
    text = request.args.get("after", "")
    return Cursor.parse(text) if text else None


def _place(narrowed: AccuracyFilter, kind: str, after: Cursor | None, older: Cursor | None) -> dict[str, Any]:
    """What both lists are told of where they are."""
    url = accuracy_words.verdicts_url if kind == "verdicts" else accuracy_words.calls_url
    return {
        "period": accuracy_words.PERIODS[narrowed.period],
        "chips": accuracy_words.chips(narrowed, kind),
        "clear_url": url(narrowed.whole),
        "back_url": accuracy_words.page_url(narrowed),
        "newest_url": url(narrowed) if after else None,
        "older_url": url(narrowed, older) if older else None,
    }


def _words() -> dict[str, Any]:
    """How the page's templates name and link things."""
    return {
        "periods": accuracy_words.PERIODS,
        "page_url": accuracy_words.page_url,
        "verdicts_url": accuracy_words.verdicts_url,
        "calls_url": accuracy_words.calls_url,
        "share": accuracy_words.share,
        "made_for": accuracy_words.PURPOSES,
    }
