"""Moving a message of a ticket to another one, or into one of its own."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ticketapp.actions import moving
from ticketapp.errors import InvalidInput
from ticketapp.outside import outside
from ticketapp.web.security import me, signed_in
from ticketapp.web.tickets import blueprint


@blueprint.post("/<int:ticket_id>/messages/<int:message_id>/place")
@signed_in
def move(ticket_id: int, message_id: int) -> ResponseReturnValue:
    """Move a message to the ticket whose number was given, and show it there."""
    given = request.form.get("to", "").strip().removeprefix("#")
    if not (given.isascii() and given.isdecimal() and len(given) < 19 and int(given)):
        raise InvalidInput("to", "Give the number of the ticket to move the message to, like 42.")
    moving.move_message(ticket_id, message_id, to=int(given), by=me())
    flash(f"The message was moved here from ticket {ticket_id}.", "success")
    return _at(int(given), message_id)


@blueprint.post("/<int:ticket_id>/messages/<int:message_id>/own-ticket")
@signed_in
def split(ticket_id: int, message_id: int) -> ResponseReturnValue:
    """Open a ticket of its own for a mail, and show it there."""
    new_id, run_id = moving.split_message(ticket_id, message_id, by=me())
    outside().hint("classify", run_id)
    flash(f"The message is a ticket of its own now. It was on ticket {ticket_id}.", "success")
    return _at(new_id, message_id)


def _at(ticket_id: int, message_id: int) -> ResponseReturnValue:
    return redirect(url_for("tickets.show", ticket_id=ticket_id, _anchor=f"message-{message_id}"), 303)
