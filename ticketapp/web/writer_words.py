"""Who wrote a message, in words, told apart by what the database knows of the ticket and of the address."""

from collections.abc import Set as AbstractSet

from ticketapp.models import Direction, Message, Ticket


def written_by(message: Message, ticket: Ticket, participants: AbstractSet[str]) -> str:
    """A note, an answer, or from whom a mail came; ``participants`` are the addresses that take part in the ticket.

    A sender's address proves nothing, so only what it is known as is said: staff is whom intake took it for.
    """
    if message.direction == Direction.NOTE:
        return "Internal note"
    if message.direction == Direction.OUTBOUND:
        return "Reply by the system" if message.is_automatic else "Reply"
    if message.is_automatic:
        return "From a machine"
    if message.author_id is not None:
        return "From staff, by mail"
    return _by_address(message.author_email.strip().lower(), ticket, participants)


def opened_by(ticket: Ticket) -> str:
    """From whom the description of a ticket comes that was not opened by a mail."""
    if ticket.requester is not None:
        return "From the requester"
    return "From staff" if ticket.opened_by is not None else "From somebody unknown"


def _by_address(address: str, ticket: Ticket, participants: AbstractSet[str]) -> str:
    if ticket.requester is not None and ticket.requester.email == address:
        return "From the requester"
    return "From a participant" if address in participants else "From somebody unknown"
