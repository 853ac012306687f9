"""What people make of the machine's values: confirming them, and answering what it proposes against a person's."""

from collections.abc import Sequence
from urllib.parse import parse_qsl, urlsplit

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ticketapp.actions import confirming
from ticketapp.errors import InvalidInput
from ticketapp.models import CLASSIFIED
from ticketapp.queries import tickets as ticket_queries
from ticketapp.web.filters import asked
from ticketapp.web.live import is_live_request
from ticketapp.web.look import words
from ticketapp.web.return_path import local_path
from ticketapp.web.security import me, signed_in
from ticketapp.web.tickets import blueprint
from ticketapp.web.waiting import hold_now, hold_on

ANSWERS = {"accept": confirming.accept, "keep": confirming.decline}


@blueprint.post("/<int:ticket_id>/confirmation")
@signed_in
def confirmation(ticket_id: int) -> ResponseReturnValue:
    """Confirm the machine's category and priority, or the one that ``field`` names; then back to where one was, or
    where an open list asks, its line anew."""
    fields = request.form.getlist("field") or CLASSIFIED
    confirmed = confirming.confirm(ticket_id, fields, by=me(), seen=_seen())
    sentence = (
        f"You confirmed the {' and the '.join(confirmed)} of ticket {ticket_id}."
        if confirmed
        else f"On ticket {ticket_id} nothing of the machine's is left to confirm."
    )
    if is_live_request():
        return _line(ticket_id, (_note(confirmed), sentence))
    flash(sentence, "success")
    back = local_path(request.form.get("back"), otherwise=url_for("tickets.show", ticket_id=ticket_id))
    return redirect(back if "back" not in request.form else f"{back}#ticket-{ticket_id}-link", 303)


@blueprint.post("/<int:ticket_id>/proposals/<int:run_id>")
@signed_in
def proposal_answer(ticket_id: int, run_id: int) -> ResponseReturnValue:
    """Accept what a run proposes for one field, or keep the value there is."""
    answer = ANSWERS.get(request.form.get("answer", ""))
    if answer is None:
        raise InvalidInput("answer", "Answer must be accept or keep.")
    field = request.form.get("field", "")
    ticket = answer(ticket_id, run_id, [field], by=me(), seen=_seen())
    flash(f"The {field} of ticket {ticket_id} is {words(getattr(ticket, field))}, as you decided.", "success")
    return redirect(url_for("tickets.show", ticket_id=ticket_id), 303)


def _line(ticket_id: int, decided: tuple[str, str]) -> str:
    """The line of the list that is open at ``back``."""
    back = local_path(request.form.get("back"), otherwise="/")
    narrowed = asked(dict(parse_qsl(urlsplit(back).query))).narrowed
    row = ticket_queries.line(ticket_id, narrowed)
    hold = hold_on(row.held_by_id, hold_now())
    return render_template("tickets/line.html", row=row, narrowed=narrowed, hold=hold, decided=decided)


def _note(confirmed: Sequence[str]) -> str:
    """What a line says in the place of its button; which of the two was confirmed, where the other was not."""
    if not confirmed:
        return "Decided already"
    return "Confirmed" if len(confirmed) == len(CLASSIFIED) else f"Confirmed: {confirmed[0]}"


def _seen() -> dict[str, str]:
    """Category, priority, and who had chosen each, as the page showed them and sends them along, in this order."""
    return dict(zip(confirming.SEEN, request.form.get("seen", "").split(), strict=False))
