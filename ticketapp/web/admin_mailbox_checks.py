"""Tests of a mailbox: asking for one, and watching its steps."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ticketapp.actions import mailbox_checks
from ticketapp.errors import NotFound
from ticketapp.outside import outside
from ticketapp.queries import mailboxes
from ticketapp.web.admin_mailboxes import blueprint
from ticketapp.web.live import is_live_request, live_answer
from ticketapp.web.security import admin_only, me


@blueprint.post("/<int:mailbox_id>/checks")
@admin_only
def check(mailbox_id: int) -> ResponseReturnValue:
    """Ask for a test; the worker does it."""
    asked = mailbox_checks.ask(mailbox_id, by=me())
    outside().hint("check_mailbox", asked.id)
    return redirect(url_for(".show_check", mailbox_id=mailbox_id, check_id=asked.id), 303)


@blueprint.get("/<int:mailbox_id>/checks/<int:check_id>")
@admin_only
def show_check(mailbox_id: int, check_id: int) -> ResponseReturnValue:
    """How far a test has got; the page refreshes itself until it is done."""
    found = mailboxes.check(check_id)
    if found.mailbox_id != mailbox_id:
        raise NotFound(f"There is no test {check_id} of this mailbox.")
    if is_live_request():
        state = (found.finished_at, [(step.outcome, step.note) for step in found.steps])
        return live_answer(state, lambda: render_template("admin_mailboxes/steps.html", check=found))
    return render_template("admin_mailboxes/check.html", check=found)
