"""Tickets for programs: listed, opened, read and changed."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urljoin

from flask import request, url_for

from ticketapp.actions import tickets as actions
from ticketapp.api.access import caller
from ticketapp.api.blueprint import READING, WRITING, blueprint, header, operation
from ticketapp.api.inputs import TicketChange, TicketCreation, TicketQuery
from ticketapp.api.outputs import TicketOut
from ticketapp.errors import InvalidInput, NotFound
from ticketapp.models import Ticket
from ticketapp.outside import outside
from ticketapp.queries import classification, standing, users
from ticketapp.queries import tickets as queries
from ticketapp.queries.paging import Cursor

LIST_OF_TICKETS: Any = list[TicketOut]  # APIFlask takes this, its type does not say so
NOT_STAFF = "Assignee must be an active member of staff."


@blueprint.get("/tickets/", strict_slashes=False)
@operation(
    "listTickets",
    tag="Tickets",
    problems=READING,
    success={"200": {"headers": {"Link": header('The next page, as `<…>; rel="next"`, where there is one.')}}},
)
@blueprint.input(TicketQuery, location="query", arg_name="asked")
@blueprint.output(LIST_OF_TICKETS, description="The tickets.")
def list_tickets(asked: TicketQuery) -> tuple[list[TicketOut], dict[str, str]]:
    """List tickets, newest first

    An array of tickets. Where there are more, the `Link` header holds the address of the next page; pages neither
    repeat nor skip a ticket when new ones come in between.
    """
    for name, given in request.args.lists():
        if len(given) > 1:
            raise InvalidInput(name, f"{name} must be given once.")
    found = queries.tickets(asked.narrowed(), after=asked.cursor(), limit=asked.limit + 1)
    shown = _shown(found[: asked.limit])
    return shown, _link_to_next(asked, shown) if len(found) > asked.limit else {}


@blueprint.post("/tickets/", strict_slashes=False)
@operation(
    "createTicket",
    tag="Tickets",
    problems=WRITING,
    success={"201": {"headers": {"Location": header("The address of the ticket.")}}},
)
@blueprint.input(TicketCreation, arg_name="wanted")
@blueprint.output(TicketOut, status_code=201, description="The ticket, as it was opened.")
def create_ticket(wanted: TicketCreation) -> tuple[TicketOut, int, dict[str, str]]:
    """Open a ticket

    A category or priority that you give is a person's choice and stays. One that you leave out is general or medium
    at first and is classified in the background. Fields that a ticket only shows, like `id`, are ignored; any other
    unknown field is refused, because it may be a misspelt one.
    """
    ticket = actions.open_ticket(wanted.as_new_ticket(), by=caller().user)
    _hint_classification(ticket)
    location = _absolute(url_for("api.show_ticket", ticket_id=ticket.id))
    return TicketOut.of(ticket, ticket.classification_state), 201, {"Location": location}


@blueprint.get("/tickets/<int:ticket_id>/", strict_slashes=False)
@operation("getTicket", tag="Tickets", problems=(401, 404, 429))
@blueprint.output(TicketOut, description="The ticket.")
def show_ticket(ticket_id: int) -> TicketOut:
    """Read a ticket"""
    return _shown([queries.find(ticket_id)])[0]


@blueprint.patch("/tickets/<int:ticket_id>/", strict_slashes=False)
@operation("changeTicket", tag="Tickets", problems=(*WRITING, 404, 409))
@blueprint.input(TicketChange, arg_name="wanted")
@blueprint.output(TicketOut, description="The ticket, as it is now.")
def change_ticket(ticket_id: int, wanted: TicketChange) -> TicketOut:
    """Change a ticket

    Only the fields you send change. A category or priority that you send is a person's choice from then on, which no
    classification overwrites. A whole ticket as it was read may be sent back: with `category_by` or `priority_by` the
    value that the ticket has is no choice of yours and stays as it is. A value that is another than the ticket's is
    refused with 409 where its `category_by` or `priority_by`, or `updated_at`, is not as you sent it: somebody or the
    machine was there meanwhile. Nothing is changed then; read the ticket again. What else it only shows is ignored.
    """
    try:
        actions.change_ticket(ticket_id, _changes(wanted), by=caller().user, seen=wanted.as_seen())
    except InvalidInput as error:
        raise InvalidInput(error.field.removesuffix("_id"), error.sentence) from error
    return _shown([queries.find(ticket_id)])[0]


def _shown(tickets: Sequence[Ticket]) -> list[TicketOut]:
    states = standing.states([ticket.id for ticket in tickets])
    return [TicketOut.of(ticket, states[ticket.id]) for ticket in tickets]


def _link_to_next(asked: TicketQuery, shown: list[TicketOut]) -> dict[str, str]:
    cursor = Cursor(shown[-1].created_at, shown[-1].id)
    args: dict[str, Any] = asked.narrowed().as_args() | {"limit": str(asked.limit), "after": str(cursor)}
    return {"Link": f'<{_absolute(url_for("api.list_tickets", **args))}>; rel="next"'}


def _absolute(path: str) -> str:
    return urljoin(outside().config.public_url or request.url_root, path)


def _hint_classification(ticket: Ticket) -> None:
    run_id = None if ticket.is_decided_by_people else classification.outstanding(ticket.id)
    if run_id is not None:
        outside().hint("classify", run_id)


def _changes(wanted: TicketChange) -> dict[str, Any]:
    changes = wanted.as_changes()
    if "assignee" in changes:
        changes["assignee_id"] = _staff_id(changes.pop("assignee"))
    return changes


def _staff_id(assignee: int | str | None) -> int | None:
    if assignee is None:
        return None
    try:
        user = users.by_email(assignee) if isinstance(assignee, str) else users.find(assignee)
    except NotFound:
        user = None
    if user is None:
        raise InvalidInput("assignee", NOT_STAFF)
    return user.id
