"""The dashboard: the state of support in figures."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from ticketapp.clock import utc_now
from ticketapp.queries.dashboard import Overview, overview
from ticketapp.queries.ticket_filter import Merged, TicketFilter
from ticketapp.web.filters import list_url
from ticketapp.web.live import is_live_request, live_answer
from ticketapp.web.look import words
from ticketapp.web.security import signed_in

blueprint = Blueprint("dashboard", __name__)


@blueprint.get("/")
@signed_in
def show() -> ResponseReturnValue:
    """All figures, from one statement; the page refreshes itself."""
    figures = overview(utc_now())
    facts = {"figures": figures, "breakdowns": _breakdowns(figures)}
    if is_live_request():
        return live_answer(figures, lambda: render_template("dashboard/figures.html", **facts))
    return render_template("dashboard/show.html", **facts)


def _breakdowns(figures: Overview) -> dict[str, list[tuple[str, int, str]]]:
    parts = {
        "priority": figures.priority_breakdown,
        "category": figures.category_breakdown,
        "status": figures.status_breakdown,
    }
    return {
        name: [
            (words(value), number, list_url(TicketFilter.from_args({name: value, "merged": Merged.NO})))
            for value, number in numbers.items()
        ]
        for name, numbers in parts.items()
    }
