"""What is done with several mails of the ledger at once: those ticked on a page of it."""

from collections.abc import Sequence

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from ticketapp.actions import attempts, intake
from ticketapp.errors import InvalidInput
from ticketapp.models import MailState
from ticketapp.outside import outside
from ticketapp.queries.mails import PAGE_SIZE
from ticketapp.storage import StorageError
from ticketapp.web.admin_mail import blueprint
from ticketapp.web.return_path import local_path
from ticketapp.web.row_id import row_id
from ticketapp.web.security import admin_only, me

NOTHING_TICKED = "No mail was ticked."


@blueprint.post("/retries")
@admin_only
def retry_ticked() -> ResponseReturnValue:
    """Put the ticked mails back in line, to be read as if they had just come, or have their bytes asked for again."""
    ticked = _ticked()
    again, asked = attempts.retry_many(ticked), attempts.ask_many(ticked)
    for mail_id in again:
        outside().hint("process_mail", mail_id)
    done = [f"{_mails(again)} in line again and will be read within seconds."] if again else []
    if asked:
        done.append(f"{_mails(asked)} asked for again with the next polls, within MAIL_MAX_BYTES.")
    why = "on a ticket or in line already, or without bytes in a mailbox that nobody polls"
    return _back(ticked, " ".join(done), _left_alone(ticked, [*again, *asked], why))


@blueprint.post("/tickets")
@admin_only
def make_tickets() -> ResponseReturnValue:
    """Make tickets, or messages on the tickets they answer, out of the ticked mails, whatever they are."""
    ticked, world = _ticked(), outside()
    try:
        landed = intake.process_many(ticked, store=world.store, rules=world.rules, forced_by=me())
    except StorageError as error:
        return _back(ticked, "", str(error))
    made = [one for one in landed if one.state == MailState.PROCESSED]
    for one in made:
        if one.run_id is not None:
            world.hint("classify", one.run_id)
    failed = len(landed) - len(made)
    done = f"{_mails(made)} on {'a ticket' if len(made) == 1 else 'tickets'} now." if made else ""
    trouble = f"Of {failed} no ticket could be made; the cause stands beside each." if failed else ""
    return _back(ticked, done, " ".join((trouble, _left_alone(ticked, landed, "on a ticket already"))).strip())


@blueprint.post("/discards")
@admin_only
def discard_ticked() -> ResponseReturnValue:
    """Set the ticked mails aside for good; their rows and bytes stay."""
    ticked = _ticked()
    gone = attempts.discard_many(ticked, by=me())
    done = f"{_mails(gone)} set aside now; all bytes are kept." if gone else ""
    return _back(ticked, done, _left_alone(ticked, gone, "not in quarantine"))


def _ticked() -> list[int]:
    """The numbers of the ticked rows. Raises ``InvalidInput`` for more than a page holds."""
    ticked = [number for text in request.form.getlist("mail") if (number := row_id(text)) is not None]
    if len(ticked) > PAGE_SIZE:
        raise InvalidInput("mail", f"At most {PAGE_SIZE} mails can be acted on at once.")
    return list(dict.fromkeys(ticked))


def _mails(some: Sequence[object]) -> str:
    return "1 mail is" if len(some) == 1 else f"{len(some)} mails are"


def _left_alone(ticked: Sequence[int], touched: Sequence[object], why: str) -> str:
    left = len(ticked) - len(touched)
    if not left:
        return ""
    return f"{left} {'was' if left == 1 else 'were'} left alone, being {why}."


def _back(ticked: Sequence[int], done: str, trouble: str) -> Response:
    if not ticked:
        flash(NOTHING_TICKED, "error")
    if done:
        flash(done, "success")
    if trouble:
        flash(trouble, "error")
    return redirect(local_path(request.form.get("next"), otherwise=url_for(".index")), 303)
