"""Mailboxes, for admins: how they fare, adding and changing those of the portal, pausing, removing."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from ticketapp.actions import ledger as ledger_actions
from ticketapp.actions import mailboxes as actions
from ticketapp.clock import utc_now
from ticketapp.errors import Conflict, InvalidInput
from ticketapp.models import Mailbox, MailboxAccount
from ticketapp.outside import outside
from ticketapp.queries import ledger, mailboxes
from ticketapp.web.banners import patience, unread_hint
from ticketapp.web.host_addresses import addresses_of
from ticketapp.web.mailbox_forms import (
    AFTERWARDS,
    SECURITIES,
    SIGN_INS,
    MailboxForm,
    blank_form,
    form_of,
    settings_of,
    show_refusal,
)
from ticketapp.web.security import admin_only

blueprint = Blueprint("admin_mailboxes", __name__, url_prefix="/admin/mailboxes")


@blueprint.get("")
@admin_only
def index() -> ResponseReturnValue:
    """Every mailbox in service and how it fares."""
    found = ledger.mailboxes()
    return render_template(
        "admin_mailboxes/index.html",
        mailboxes=[(mailbox, ledger.waiting_since(mailbox.id)) for mailbox in found],
        patience=patience(),
        unread_hint=unread_hint(found, utc_now()),
        is_closed=outside().vault.is_closed,
    )


@blueprint.get("/new")
@admin_only
def new() -> ResponseReturnValue:
    """The form for a mailbox; without a key, how to make one."""
    if outside().vault.is_closed:
        return render_template("admin_mailboxes/no_key.html")
    return render_template("admin_mailboxes/new.html", form=blank_form())


@blueprint.post("")
@admin_only
def create() -> ResponseReturnValue:
    """Add a mailbox and lead to it, where it can be tested."""
    world, form = outside(), MailboxForm()
    if world.vault.is_closed:
        return render_template("admin_mailboxes/no_key.html"), 409
    if form.validate():
        try:
            mailbox = actions.add(
                settings_of(form),
                vault=world.vault,
                environment=world.config.mailbox_name,
                addresses_of=addresses_of,
            )
        except InvalidInput as error:
            show_refusal(form, error.field, error.sentence)
        else:
            world.hint("poll_mailbox", mailbox.id)
            return _shown(mailbox.id, "The mailbox is added and read from now on. Test it to see each step.")
    return render_template("admin_mailboxes/new.html", form=form), 422


@blueprint.get("/<int:mailbox_id>")
@admin_only
def show(mailbox_id: int) -> ResponseReturnValue:
    """One mailbox: how it fares, how it is reached, what of it ends soon, its last test."""
    mailbox = mailboxes.find(mailbox_id)
    config = outside().config
    return render_template(
        "admin_mailboxes/show.html",
        mailbox=mailbox,
        account=mailbox.account,
        patience=patience(),
        unread_hint=unread_hint(ledger.mailboxes(), utc_now()),
        waiting_since=ledger.waiting_since(mailbox_id),
        is_testable=mailbox.account is not None or (config.imap_host is not None),
        is_former=mailbox.account is None and mailbox.name != config.mailbox_name,
        expiries=[one for one in mailboxes.expiries() if one.mailbox_id == mailbox_id],
        check=mailboxes.latest_check(mailbox_id),
        labels={"security": SECURITIES, "after": AFTERWARDS, "sign_in": SIGN_INS},
    )


@blueprint.get("/<int:mailbox_id>/edit")
@admin_only
def edit(mailbox_id: int) -> ResponseReturnValue:
    """The form with what the mailbox is set to; secrets stay out of it."""
    mailbox = mailboxes.find(mailbox_id)
    if outside().vault.is_closed:
        return render_template("admin_mailboxes/no_key.html")
    return _form_page(mailbox, form_of(mailbox, _account(mailbox)))


@blueprint.post("/<int:mailbox_id>")
@admin_only
def update(mailbox_id: int) -> ResponseReturnValue:
    """Change how the mailbox is reached; a secret that is left empty stays."""
    world, form = outside(), MailboxForm()
    mailbox = mailboxes.find(mailbox_id)
    _account(mailbox)
    if world.vault.is_closed:
        return render_template("admin_mailboxes/no_key.html"), 409
    if form.validate():
        settings, environment = settings_of(form), world.config.mailbox_name
        try:
            actions.change(
                mailbox_id, settings, vault=world.vault, environment=environment, addresses_of=addresses_of
            )
        except InvalidInput as error:
            show_refusal(form, error.field, error.sentence)
        else:
            world.hint("poll_mailbox", mailbox_id)
            return _shown(mailbox_id, "The mailbox is changed. Test it to see each step.")
    return _form_page(mailbox, form), 422


@blueprint.post("/<int:mailbox_id>/retirement")
@admin_only
def retire(mailbox_id: int) -> ResponseReturnValue:
    """Take the mailbox out of service; its mails and tickets stay."""
    mailbox = actions.retire(mailbox_id)
    flash(f"{mailbox.name} is read no more and its secrets are erased. Its mails and tickets stay.", "success")
    return redirect(url_for(".index"), 303)


@blueprint.post("/<int:mailbox_id>/pause")
@admin_only
def pause(mailbox_id: int) -> ResponseReturnValue:
    """Leave the mailbox alone until it is resumed; new mail waits on the server."""
    ledger_actions.pause(mailbox_id)
    flash("The mailbox is paused. New mail waits on the server until it is resumed.", "success")
    return redirect(url_for(".index"), 303)


@blueprint.post("/<int:mailbox_id>/resumption")
@admin_only
def resume(mailbox_id: int) -> ResponseReturnValue:
    """Let the mailbox be read again, without waiting for what failed before."""
    ledger_actions.resume(mailbox_id)
    outside().hint("poll_mailbox", mailbox_id)
    flash("The mailbox is read again, within half a minute.", "success")
    return redirect(url_for(".index"), 303)


def _account(mailbox: Mailbox) -> MailboxAccount:
    if mailbox.account is None:
        raise Conflict("The environment sets this mailbox; it is changed there.")
    return mailbox.account


def _form_page(mailbox: Mailbox, form: MailboxForm) -> str:
    return render_template("admin_mailboxes/edit.html", mailbox=mailbox, form=form)


def _shown(mailbox_id: int, sentence: str) -> Response:
    flash(sentence, "success")
    return redirect(url_for(".show", mailbox_id=mailbox_id), 303)
