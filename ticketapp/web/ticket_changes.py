"""Changes to one ticket from its page: status, category, priority, assignee, and asking the machine again."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ticketapp.actions import classification
from ticketapp.actions.tickets import change_ticket
from ticketapp.errors import InvalidInput
from ticketapp.outside import outside
from ticketapp.queries import users
from ticketapp.web.look import words
from ticketapp.web.security import admin_only, me, signed_in
from ticketapp.web.tickets import blueprint


@blueprint.post("/<int:ticket_id>/status")
@signed_in
def status(ticket_id: int) -> ResponseReturnValue:
    """Set the status."""
    return _set_word(ticket_id, "status")


@blueprint.post("/<int:ticket_id>/category")
@signed_in
def category(ticket_id: int) -> ResponseReturnValue:
    """Set or confirm the category: a person's choice from now on."""
    return _set_word(ticket_id, "category")


@blueprint.post("/<int:ticket_id>/priority")
@signed_in
def priority(ticket_id: int) -> ResponseReturnValue:
    """Set or confirm the priority: a person's choice from now on."""
    return _set_word(ticket_id, "priority")


@blueprint.post("/<int:ticket_id>/assignment")
@signed_in
def assignment(ticket_id: int) -> ResponseReturnValue:
    """Give the ticket to a member of staff, or to nobody."""
    wanted = request.form.get("assignee_id", "")
    if wanted and not (wanted.isascii() and wanted.isdigit() and len(wanted) < 16):
        raise InvalidInput("assignee_id", "Assignee must be an active member of staff.")
    change_ticket(ticket_id, {"assignee_id": int(wanted) if wanted else None}, by=me())
    who = users.find(int(wanted)).name if wanted else "nobody"
    flash(f"Ticket {ticket_id} is now assigned to {who}.", "success")
    return _back(ticket_id)


@blueprint.post("/<int:ticket_id>/classification")
@admin_only
def reclassify(ticket_id: int) -> ResponseReturnValue:
    """Ask the machine for a fresh verdict."""
    run = classification.reclassify(ticket_id, by=me())
    if outside().classifier.is_configured:
        outside().hint("classify", run.id)
        flash("The machine is asked again. What a person chose stays as it is.", "success")
    else:
        flash("The machine is asked again as soon as a Gemini API key is set; none is set now.", "success")
    return _back(ticket_id)


def _set_word(ticket_id: int, field: str) -> ResponseReturnValue:
    ticket = change_ticket(ticket_id, {field: request.form.get(field, "")}, by=me())
    flash(f"The {field} of ticket {ticket_id} is now {words(getattr(ticket, field))}.", "success")
    return _back(ticket_id)


def _back(ticket_id: int) -> ResponseReturnValue:
    return redirect(url_for("tickets.show", ticket_id=ticket_id), 303)
