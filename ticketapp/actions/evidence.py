"""What a mail proves about where it belongs, and about a mail of ours that came back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ticketapp.actions import landing
from ticketapp.mail import InboundEmail, ThreadTokens, mentioned_numbers, ticket_numbers
from ticketapp.queries import merged, threads
from ticketapp.queries.returned import Returned, returned

RECIPIENTS_READ = 200


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a mail belongs, and the message of ours that it reports on, if it is a delivery report of one."""

    placement: threads.Placement
    returned: Returned | None


def weigh(emails: Sequence[InboundEmail], tokens: ThreadTokens) -> list[Evidence]:
    """The evidence of each mail, from a few queries for all. A delivery report belongs to what it reports on, and
    what belongs to a merged ticket, to the one in which that goes on."""
    places = threads.place([_clues(email, tokens) for email in emails])
    reported = returned([_reported(email) for email in emails])
    weighed = [
        Evidence(_report_placement(email, found) if found else placement, found)
        for email, placement, found in zip(emails, places, reported, strict=True)
    ]
    placed = {one.placement.ticket_id for one in weighed if one.placement.ticket_id is not None}
    goes_on = merged.goes_on_in(placed)
    return [replace(one, placement=_led_on(one.placement, goes_on)) for one in weighed]


def _led_on(placement: threads.Placement, goes_on: Mapping[int, int]) -> threads.Placement:
    number = placement.ticket_id
    if number is None or number not in goes_on:
        return placement
    reason = f"{placement.reason} That is ticket #{number}, which was merged into this one."
    return replace(placement, ticket_id=goes_on[number], reason=reason)


def _report_placement(email: InboundEmail, found: Returned) -> threads.Placement:
    is_delay = email.report is not None and email.report.is_delay
    what = "is late" if is_delay else "came back"
    return threads.Placement(found.ticket_id, f"It reports that a mail we sent for this ticket {what}.")


def _reported(email: InboundEmail) -> tuple[str, ...]:
    """The Message-IDs that a delivery report may be about, the likeliest first."""
    if email.report is None:
        return ()
    return (*email.report.returned_ids, *landing.answered(email))


def _clues(email: InboundEmail, tokens: ThreadTokens) -> threads.Clues:
    return threads.Clues(
        landing.keepable(email.sender.email),
        landing.answered(email),
        ticket_numbers(email.subject),
        mentioned_numbers(email.subject),
        _signed(email, tokens),
        is_forged=email.is_forged,
    )


def _signed(email: InboundEmail, tokens: ThreadTokens) -> tuple[threads.Signed, ...]:
    """The proofs of ours that a mail carries: reply addresses first, then Message-IDs, the one answered first."""
    recipients = (*email.to, *email.cc, *email.delivered_to)[:RECIPIENTS_READ]
    by_address = ((tokens.ticket_of_address(person.email), None) for person in recipients)
    by_message = ((tokens.ticket_of_message_id(name), name) for name in landing.answered(email))
    return tuple(threads.Signed(number, name) for number, name in (*by_address, *by_message) if number is not None)
