"""The conversation of a ticket: answers and notes going in; attachments, HTML and pictures coming out."""

from io import BytesIO

from flask import Response, flash, make_response, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import ServiceUnavailable

from ticketapp.actions import conversation as actions
from ticketapp.errors import Conflict, InvalidInput, NotFound
from ticketapp.models import Attachment
from ticketapp.outside import outside
from ticketapp.queries import conversation as queries
from ticketapp.queries.merged import goes_on_in
from ticketapp.storage import StorageError
from ticketapp.web.forms import NoteForm, ReplyForm, refuse
from ticketapp.web.mail_frames import frame, picture_type
from ticketapp.web.security import me, signed_in
from ticketapp.web.ticket_sheet import ticket_sheet
from ticketapp.web.tickets import blueprint

FILE_POLICY = "default-src 'none'; sandbox"


@blueprint.post("/<int:ticket_id>/replies")
@signed_in
def reply(ticket_id: int) -> ResponseReturnValue:
    """Answer the requester and, where chosen, set the status. A refused answer is shown again with its cause;
    where the ticket was merged meanwhile, on the page of the one in which it goes on."""
    form = ReplyForm()
    if form.validate():
        try:
            actions.reply(
                ticket_id, form.text.data, by=me(), support=outside().support, status=form.status.data or None
            )
        except InvalidInput as error:
            refuse(form, error)
        except Conflict as error:
            return ticket_sheet(_goes_on(ticket_id, form, error), reply=form, refusal="Nothing was sent yet"), 409
        else:
            outside().hint("send_replies")
            flash("The answer is on its way.", "success")
            return _back(ticket_id, "conversation-end")
    return ticket_sheet(ticket_id, reply=form), 422


@blueprint.post("/<int:ticket_id>/notes")
@signed_in
def note(ticket_id: int) -> ResponseReturnValue:
    """Keep a note for staff. A refused note is shown again with its cause, as a refused answer is."""
    form = NoteForm()
    if form.validate():
        try:
            actions.add_note(ticket_id, form.text.data, by=me())
        except InvalidInput as error:
            refuse(form, error)
        except Conflict as error:
            return ticket_sheet(_goes_on(ticket_id, form, error), note=form, refusal="Nothing was kept yet"), 409
        else:
            flash("The note is kept. Only staff can see it.", "success")
            return _back(ticket_id, "conversation-end")
    return ticket_sheet(ticket_id, note=form), 422


@blueprint.post("/<int:ticket_id>/messages/<int:message_id>/delivery")
@signed_in
def send_again(ticket_id: int, message_id: int) -> ResponseReturnValue:
    """Put a reply that could not be sent back in the outbox."""
    actions.send_again(ticket_id, message_id)
    outside().hint("send_replies")
    flash("The answer is sent again.", "success")
    return _back(ticket_id, f"message-{message_id}")


@blueprint.get("/<int:ticket_id>/attachments/<int:attachment_id>")
@signed_in
def attachment(ticket_id: int, attachment_id: int) -> Response:
    """An attachment as a download, whatever it says it is: never drawn, run or sniffed."""
    found = queries.attachment(ticket_id, attachment_id)
    answer = send_file(
        BytesIO(_content(found)),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=found.filename,
        etag=False,
    )
    answer.headers["Content-Security-Policy"] = FILE_POLICY
    return answer


@blueprint.get("/<int:ticket_id>/messages/<int:message_id>/text")
@signed_in
def text(ticket_id: int, message_id: int) -> Response:
    """The whole text of a message, plain: what the conversation shows of a long one is cut."""
    answer = make_response(queries.message_text(ticket_id, message_id))
    answer.content_type = "text/plain; charset=utf-8"
    answer.headers["Content-Security-Policy"] = FILE_POLICY
    return answer


@blueprint.get("/<int:ticket_id>/messages/<int:message_id>/html")
@signed_in
def html(ticket_id: int, message_id: int) -> Response:
    """A message as it was laid out, for a frame; pictures from outside only with ``?images=1``."""
    drawn = frame(
        queries.message_html(ticket_id, message_id),
        are_images_shown=request.args.get("images") == "1",
        picture_url=lambda cid: url_for(
            "tickets.picture", ticket_id=ticket_id, message_id=message_id, content_id=cid
        ),
        images_url=url_for("tickets.html", ticket_id=ticket_id, message_id=message_id, images=1),
    )
    answer = make_response(drawn.document)
    answer.headers["Content-Security-Policy"] = drawn.policy
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


@blueprint.get("/<int:ticket_id>/messages/<int:message_id>/pictures/<path:content_id>")
@signed_in
def picture(ticket_id: int, message_id: int, content_id: str) -> Response:
    """A picture that a message's HTML shows by ``cid:``; only what really is a picture."""
    content = _content(queries.inline_attachment(ticket_id, message_id, content_id))
    kind = picture_type(content)
    if kind is None:
        raise NotFound("This part of the message is no picture that can be shown.")
    answer = make_response(content)
    answer.content_type = kind
    answer.headers["Content-Security-Policy"] = FILE_POLICY
    return answer


def _goes_on(ticket_id: int, form: ReplyForm | NoteForm, error: Conflict) -> int:
    """The ticket on whose page a refused text is shown again, ready to be sent there: where this one goes on."""
    now_at = goes_on_in([ticket_id]).get(ticket_id, ticket_id)
    if now_at == ticket_id:
        refuse(form, InvalidInput("text", str(error)))
        return ticket_id
    flash(
        f"Ticket {ticket_id} was merged into ticket {now_at} meanwhile, which you see here. "
        "What you wrote stands below: read what is new, then send it from here.",
        "error",
    )
    refuse(form, InvalidInput("text", f"Ticket {ticket_id} goes on here, in ticket {now_at}."))
    return now_at


def _content(found: Attachment) -> bytes:
    try:
        return outside().store.get(found.sha256)
    except StorageError as error:
        raise ServiceUnavailable("The store of attachments cannot be read at the moment.") from error


def _back(ticket_id: int, anchor: str) -> ResponseReturnValue:
    return redirect(url_for("tickets.show", ticket_id=ticket_id, _anchor=anchor), 303)
