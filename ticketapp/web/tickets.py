"""The ticket list and the page of one ticket: what staff read. What staff do to tickets has modules of its own."""

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from ticketapp.queries import tickets as ticket_queries
from ticketapp.queries import users
from ticketapp.queries.tickets import TicketPage
from ticketapp.web.filters import Asked, asked, chips, choices, list_url
from ticketapp.web.live import is_live_request, live_answer, tag_of
from ticketapp.web.security import signed_in
from ticketapp.web.ticket_sheet import ticket_sheet
from ticketapp.web.waiting import Hold, hold_now, hold_on

blueprint = Blueprint("tickets", __name__, url_prefix="/tickets")


@blueprint.get("")
@signed_in
def index() -> AnyResponse:
    """The list, newest first. A parameter that cannot be read is named on the page, which answers 400."""
    wanted = asked(request.args)
    page = ticket_queries.page(wanted.narrowed, after=wanted.after, before=wanted.before)
    if wanted.before and page.newer is None:
        return redirect(list_url(wanted.narrowed))
    hold = hold_now()
    if is_live_request():
        return live_answer((page, hold), lambda: _schedule(wanted, page, hold))
    return _list(wanted, page, hold)


@blueprint.get("/<int:ticket_id>")
@signed_in
def show(ticket_id: int) -> str:
    """One ticket: conversation, facts, classification runs and history."""
    return ticket_sheet(ticket_id)


def _list(wanted: Asked, page: TicketPage, hold: Hold | None) -> Response:
    staff = users.assignable()
    sheet = render_template(
        "tickets/index.html",
        chips=chips(wanted.narrowed, staff),
        choices=choices(staff),
        complaints=wanted.complaints,
        here=_here(wanted),
        tag=tag_of((page, hold)),
        is_first_page=not (wanted.after or wanted.before),
        **_facts(wanted, page, hold),
    )
    response = make_response(sheet, 400 if wanted.complaints else 200)
    response.vary.add("HX-Request")
    return response


def _schedule(wanted: Asked, page: TicketPage, hold: Hold | None) -> str:
    return render_template("tickets/schedule.html", **_facts(wanted, page, hold))


def _here(wanted: Asked) -> str:
    place = {name: at for name, at in (("after", wanted.after), ("before", wanted.before)) if at is not None}
    return list_url(wanted.narrowed, **place)


def _facts(wanted: Asked, page: TicketPage, hold: Hold | None) -> dict[str, object]:
    narrowed = wanted.narrowed
    count = ticket_queries.count(narrowed, page)
    return {
        "narrowed": narrowed,
        "page": page,
        "holds": {row.id: hold_on(row.held_by_id, hold) for row in page.rows},
        "count_text": f"{count} ticket{'' if str(count) == '1' else 's'}",
        "newer_url": list_url(narrowed, before=page.newer) if page.newer else None,
        "older_url": list_url(narrowed, after=page.older) if page.older else None,
    }
