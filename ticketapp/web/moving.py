"""Moving a message of a ticket to another one, or into one of its own; merging whole tickets."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ticketapp.actions import merging, moving
from ticketapp.errors import InvalidInput
from ticketapp.outside import outside
from ticketapp.web.look import words
from ticketapp.web.security import me, signed_in
from ticketapp.web.tickets import blueprint


@blueprint.post("/<int:ticket_id>/messages/<int:message_id>/place")
@signed_in
def move(ticket_id: int, message_id: int) -> ResponseReturnValue:
    """Move a message to the ticket whose number was given, and show it there."""
    to = _number("to", "Give the number of the ticket to move the message to, like 42.")
    moving.move_message(ticket_id, message_id, to=to, by=me(), is_ours=outside().rules.is_ours)
    flash(f"The message was moved here from ticket {ticket_id}.", "success")
    return _at(to, message_id)


@blueprint.post("/<int:ticket_id>/messages/<int:message_id>/own-ticket")
@signed_in
def split(ticket_id: int, message_id: int) -> ResponseReturnValue:
    """Open a ticket of its own for a mail, and show it there."""
    new_id, run_id = moving.split_message(ticket_id, message_id, by=me(), is_ours=outside().rules.is_ours)
    outside().hint("classify", run_id)
    flash(f"The message is a ticket of its own now. It was on ticket {ticket_id}.", "success")
    return _at(new_id, message_id)


@blueprint.post("/<int:ticket_id>/merger")
@signed_in
def merge(ticket_id: int) -> ResponseReturnValue:
    """Let a ticket go on in the one whose number was given, and show that."""
    into = _number("into", "Give the number of the ticket in which this one goes on, like 42.")
    merging.merge_ticket(ticket_id, into=into, by=me())
    flash(f"Ticket {ticket_id} goes on here now. Its page says how to separate it again.", "success")
    return redirect(url_for("tickets.show", ticket_id=into), 303)


@blueprint.post("/<int:ticket_id>/separation")
@signed_in
def separate(ticket_id: int) -> ResponseReturnValue:
    """Take a merged ticket out of the other one again, and show it."""
    ticket = merging.separate_ticket(ticket_id, by=me())
    now_is = f"This ticket is one of its own again, and {words(ticket.status)}."
    flash(f"{now_is} What arrived meanwhile stays where it arrived.", "success")
    return redirect(url_for("tickets.show", ticket_id=ticket_id), 303)


def _number(field: str, wanted: str) -> int:
    given = request.form.get(field, "").strip().removeprefix("#")
    if not (given.isascii() and given.isdecimal() and len(given) < 19 and int(given)):
        raise InvalidInput(field, wanted)
    return int(given)


def _at(ticket_id: int, message_id: int) -> ResponseReturnValue:
    return redirect(url_for("tickets.show", ticket_id=ticket_id, _anchor=f"message-{message_id}"), 303)
