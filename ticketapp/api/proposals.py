"""Proposals for programs: what the model says of a text, without making a ticket of it."""

from ticketapp.actions.classification import propose
from ticketapp.api.access import count_classification
from ticketapp.api.blueprint import WRITING, blueprint, operation
from ticketapp.api.inputs import TicketText
from ticketapp.api.outputs import ProposalOut
from ticketapp.outside import outside


@blueprint.post("/tickets/classify/", strict_slashes=False)
@operation("classifyText", tag="Classification", problems=WRITING)
@blueprint.input(TicketText, arg_name="asked")
@blueprint.output(ProposalOut, description="The proposal, or the defaults and why there is none.")
def classify_text(asked: TicketText) -> ProposalOut:
    """Propose a category and a priority

    No ticket is made, and the answer is good for the same words for an hour. Where the model cannot be asked in time,
    the answer is still 200, with `classified` false, the defaults and the reason.
    """
    count_classification()
    verdict = propose(
        asked.title or "",
        asked.description,
        outside().programs_adviser,
        deadline_seconds=outside().config.propose_timeout_seconds,
    )
    return ProposalOut.of(verdict)
