"""Opening a ticket: the form, the machine's proposal while it is written, and the ticket itself."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ticketapp.actions.tickets import NewTicket, open_ticket
from ticketapp.ai import Verdict
from ticketapp.errors import InvalidInput
from ticketapp.models import CLASSIFIED, ChosenBy, Source, Ticket
from ticketapp.outside import outside
from ticketapp.queries import classification
from ticketapp.web.forms import TicketForm, refuse
from ticketapp.web.proposals import FIELD, Proposal, ask, expect_a_question, sealed, unsealed
from ticketapp.web.security import me, signed_in
from ticketapp.web.tickets import blueprint


@blueprint.get("/new")
@signed_in
def new() -> str:
    """The empty form."""
    expect_a_question()
    return _sheet(TicketForm(formdata=None), None)


@blueprint.post("/suggestion")
@signed_in
def suggestion() -> str:
    """The machine's proposal for what has been written so far, as a fragment; nothing is saved."""
    proposal = ask(**_words())
    return render_template("tickets/suggestion.html", proposal=proposal, seal=_seal(proposal))


@blueprint.post("")
@signed_in
def create() -> ResponseReturnValue:
    """Open the ticket; or, for the button "propose" with no script, the form again with the proposal in it."""
    form = TicketForm()
    if "propose" in request.form:
        return _proposed(form)
    if form.validate():
        try:
            ticket = _open(form)
        except InvalidInput as error:
            refuse(form, error)
        else:
            flash(f"Ticket {ticket.id} is open.", "success")
            return redirect(url_for("tickets.show", ticket_id=ticket.id), 303)
    carried = _carried()
    return _sheet(form, Proposal(carried) if carried else None), 422


def _open(form: TicketForm) -> Ticket:
    new_ticket = NewTicket(
        title=form.title.data,
        description=form.description.data,
        source=Source.WEB,
        requester_email=form.requester_email.data or "",
        requester_name=form.requester_name.data or "",
        category=form.category.data if _is_chosen(form, "category") else None,
        priority=form.priority.data if _is_chosen(form, "priority") else None,
        proposal=_carried(),
    )
    ticket = open_ticket(new_ticket, by=me())
    run_id = classification.outstanding(ticket.id)
    if run_id is not None:
        outside().hint("classify", run_id)
    return ticket


def _proposed(form: TicketForm) -> str:
    proposal = ask(title=form.title.data or "", description=form.description.data or "")
    is_chosen = {name: _is_chosen(form, name) for name in CLASSIFIED}
    for name in CLASSIFIED:
        if proposal.suggestion and not is_chosen[name]:
            form[name].data = getattr(proposal.suggestion, name)
    return _sheet(form, proposal, is_chosen=is_chosen)


def _sheet(form: TicketForm, proposal: Proposal | None, *, is_chosen: dict[str, bool] | None = None) -> str:
    is_chosen = is_chosen or {name: _is_chosen(form, name) for name in CLASSIFIED}
    by = {name: ChosenBy.MACHINE if form[name].data else ChosenBy.DEFAULT for name in CLASSIFIED}
    return render_template(
        "tickets/new.html", form=form, is_chosen=is_chosen, by=by, proposal=proposal, seal=_seal(proposal)
    )


def _is_chosen(form: TicketForm, name: str) -> bool:
    """Whether a hand set this select: it says so itself, or, with no script, its value is not what was offered."""
    value = form[name].data
    is_touched = request.form.get(f"{name}_chosen") == "1"
    return bool(value) and (is_touched or value != request.form.get(f"{name}_proposed", ""))


def _seal(proposal: Proposal | None) -> str:
    """What the form carries: this proposal, or where there is none the one it carried before."""
    if proposal and proposal.verdict:
        return sealed(proposal.verdict, writer=me(), **_words())
    return request.form.get(FIELD, "") if _carried() else ""


def _carried() -> Verdict | None:
    return unsealed(request.form.get(FIELD, ""), writer=me(), **_words())


def _words() -> dict[str, str]:
    return {name: request.form.get(name, "") for name in ("title", "description")}
