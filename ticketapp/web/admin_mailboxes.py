"""What admins do with a mailbox: pause it and let it be read again. How it fares stands in the mail section."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from ticketapp.actions import ledger
from ticketapp.outside import outside
from ticketapp.web.security import admin_only

blueprint = Blueprint("admin_mailboxes", __name__, url_prefix="/admin/mailboxes")


@blueprint.post("/<int:mailbox_id>/pause")
@admin_only
def pause(mailbox_id: int) -> ResponseReturnValue:
    """Leave the mailbox alone until it is resumed; new mail waits on the server."""
    ledger.pause(mailbox_id)
    flash("The mailbox is paused. New mail waits on the server until it is resumed.", "success")
    return redirect(url_for("admin_mail.index"), 303)


@blueprint.post("/<int:mailbox_id>/resumption")
@admin_only
def resume(mailbox_id: int) -> ResponseReturnValue:
    """Let the mailbox be read again, without waiting for what failed before."""
    ledger.resume(mailbox_id)
    outside().hint("poll_mailbox")
    flash("The mailbox is read again, within half a minute.", "success")
    return redirect(url_for("admin_mail.index"), 303)
