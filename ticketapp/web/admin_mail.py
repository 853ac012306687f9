"""The mail ledger, for admins: what came in, what became of it and why, and what can be done about each mail."""

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as AnyResponse

from ticketapp.actions import attempts, intake
from ticketapp.clock import utc_now
from ticketapp.errors import Conflict, NotFound
from ticketapp.models import Mailbox, MailState
from ticketapp.outside import outside
from ticketapp.queries import ledger, mails
from ticketapp.queries.mails import MailFilter, MailPage
from ticketapp.storage import StorageError
from ticketapp.web import mail_filters
from ticketapp.web.banners import patience, unread_hint
from ticketapp.web.mail_sheet import mail_sheet
from ticketapp.web.row_id import row_id
from ticketapp.web.security import admin_only, me

STATES = (MailState.QUARANTINED, MailState.RECEIVED, MailState.SET_ASIDE, MailState.PROCESSED)
ASKED_FOR = "Its bytes are asked for with the next polls, if they are on the server still and within MAIL_MAX_BYTES."
RAW_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"

blueprint = Blueprint("admin_mail", __name__, url_prefix="/admin/mail")


@blueprint.get("")
@admin_only
def index() -> ResponseReturnValue:
    """The mails of the ledger that the filter leaves, newest first, and how the mailboxes are doing."""
    narrowed = MailFilter.from_args(request.args)
    below = row_id(request.args.get("below"))
    page = mails.page(narrowed, below=below)
    is_ticked = request.args.get("ticked") == "all"
    mailboxes = ledger.mailboxes()
    return render_template(
        "admin_mail/index.html",
        narrowed=narrowed,
        page=page,
        is_ticked=is_ticked,
        counts=[(each, ledger.count(each)) for each in STATES],
        ceiling=ledger.COUNT_CEILING,
        mailboxes=[(mailbox, ledger.waiting_since(mailbox.id)) for mailbox in mailboxes],
        mailboxes_text=_mailboxes_text(mailboxes, utc_now()),
        patience=patience(),
        unread_hint=unread_hint(mailboxes, utc_now()),
        **mail_filters.strip(narrowed),
        count_text=_count_text(narrowed, page, below=below),
        here_url=mail_filters.ledger_url(narrowed, below=below),
        ticked_url=mail_filters.ledger_url(narrowed, below=below, ticked="" if is_ticked else "all"),
        newest_url=mail_filters.ledger_url(narrowed) if below else None,
        older_url=mail_filters.ledger_url(narrowed, below=page.older_than) if page.older_than else None,
    )


@blueprint.get("/<int:mail_id>")
@admin_only
def show(mail_id: int) -> ResponseReturnValue:
    """One mail: its cause, its header, its text, its attachments."""
    mail = ledger.mail(mail_id)
    return render_template("admin_mail/show.html", mail=mail, sheet=mail_sheet(mail))


@blueprint.get("/<int:mail_id>/raw")
@admin_only
def raw(mail_id: int) -> Response:
    """The mail's bytes as they came, to be saved and never to be shown."""
    mail = ledger.mail(mail_id)
    if mail.raw is None:
        raise NotFound("The bytes of this mail were left on the server; only its header was fetched.")
    response = make_response(mail.raw)
    response.headers["Content-Type"] = "message/rfc822"
    response.headers["Content-Disposition"] = f'attachment; filename="mail-{mail.id}.eml"'
    response.headers["Content-Security-Policy"] = RAW_POLICY
    return response


@blueprint.post("/<int:mail_id>/retry")
@admin_only
def retry(mail_id: int) -> ResponseReturnValue:
    """Put a mail back in line, to be read as if it had just come."""
    try:
        is_in_line = attempts.retry(mail_id)
    except Conflict as error:
        return _back(mail_id, str(error), "error")
    if not is_in_line:
        return _back(mail_id, ASKED_FOR)
    outside().hint("process_mail", mail_id)
    return _back(mail_id, "The mail is in line again; it will be read within seconds.")


@blueprint.post("/<int:mail_id>/ticket")
@admin_only
def make_ticket(mail_id: int) -> ResponseReturnValue:
    """Make a ticket, or a message on the ticket it answers, out of a mail that would otherwise not become one."""
    ledger.mail(mail_id)
    world = outside()
    try:
        landed = intake.process(mail_id, store=world.store, rules=world.rules, forced_by=me())
    except StorageError as error:
        return _back(mail_id, str(error), "error")
    if landed is None:
        return _back(mail_id, "This mail is on a ticket already.", "error")
    if landed.ticket_id is None:
        return _back(mail_id, "No ticket could be made; the cause is below.", "error")
    if landed.run_id is not None:
        world.hint("classify", landed.run_id)
    flash("The mail is on this ticket now.", "success")
    return redirect(url_for("tickets.show", ticket_id=landed.ticket_id), 303)


@blueprint.post("/<int:mail_id>/discard")
@admin_only
def discard(mail_id: int) -> ResponseReturnValue:
    """Set a mail aside for good; the row and the bytes stay."""
    try:
        attempts.discard(mail_id, by=me())
    except Conflict as error:
        return _back(mail_id, str(error), "error")
    return _back(mail_id, "The mail is set aside. Its bytes are kept.")


def _mailboxes_text(mailboxes: Sequence[Mailbox], now: datetime) -> str:
    """How many mailboxes there are and how many of them are not simply read, in one line."""
    count = len(mailboxes)
    not_read = [one.paused_at or one.failing_since or one.unread_since(now, patience=patience()) for one in mailboxes]
    troubled = sum(map(bool, not_read))
    state = f"{troubled} not in order" if troubled else "in order" if count == 1 else "all in order"
    return f"{count} mailbox{'' if count == 1 else 'es'}, {state}"


def _count_text(narrowed: MailFilter, page: MailPage, *, below: int | None) -> str:
    """How many mails match, in words; where the page is the whole answer it is counted and nothing is asked."""
    is_whole = below is None and page.older_than is None
    count = str(len(page.rows) if is_whole else mails.count(narrowed))
    return f"{count} mail{'' if count == '1' else 's'}"


def _back(mail_id: int, sentence: str, kind: str = "success") -> AnyResponse:
    flash(sentence, kind)
    return redirect(url_for(".show", mail_id=mail_id), 303)
