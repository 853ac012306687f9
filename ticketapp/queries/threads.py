"""Whose ticket is it: where mails belong, in the order of evidence, with the reason in a sentence."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from ticketapp.db import db
from ticketapp.models import ThreadReference, Ticket, TicketParticipant, User
from ticketapp.models.ticket import thread_key

CANDIDATES_READ = 20


@dataclass(frozen=True, slots=True)
class Clues:
    """What a mail says about where it belongs: its sender's lower-cased address, the Message-IDs it answers, and
    the ticket numbers in its subject."""

    sender: str
    answered: Sequence[str]
    numbers: Sequence[int]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a mail belongs: on ``ticket_id``, or on a new ticket where that is None; ``reason`` is a sentence."""

    ticket_id: int | None
    reason: str


def place(mails: Sequence[Clues]) -> list[Placement]:
    """The place of each mail, from four queries for all of them.

    First the Message-IDs it answers, also those of ancestors that we never saw, then a ticket number in its subject;
    each only if the sender takes part in that ticket or is staff. Nobody gets into a stranger's ticket by its number.
    """
    by_reference = _by_reference({thread_key(name) for mail in mails for name in mail.answered})
    existing = _existing({number for mail in mails for number in mail.numbers if 0 < number < 2**63})
    candidates = [
        (_newest(by_reference[thread_key(name)] for name in mail.answered), _newest([existing & {*mail.numbers}]))
        for mail in mails
    ]
    senders = {mail.sender for mail, found in zip(mails, candidates, strict=True) if any(found) and mail.sender}
    staff = _staff(senders)
    taking_part = _taking_part(senders, {one for found in candidates for ids in found for one in ids})
    return [
        _place(mail.sender, found, is_staff=mail.sender in staff, taking_part=taking_part)
        for mail, found in zip(mails, candidates, strict=True)
    ]


def _place(
    sender: str,
    found: tuple[Sequence[int], Sequence[int]],
    *,
    is_staff: bool,
    taking_part: set[tuple[int, str]],
) -> Placement:
    reasons = ("It answers a message of this ticket.", "Its subject names this ticket.")
    for ticket_ids, reason in zip(found, reasons, strict=True):
        for ticket_id in ticket_ids:
            if is_staff or (ticket_id, sender) in taking_part:
                return Placement(ticket_id, reason)
    pointed_to = [*found[0], *found[1]]
    if not pointed_to:
        return Placement(None, "")
    who = sender or "the sender"
    return Placement(None, f"It points to ticket #{pointed_to[0]}, in which {who} does not take part.")


def _newest(sets: Iterable[set[int]]) -> list[int]:
    return sorted(set().union(*sets), reverse=True)[:CANDIDATES_READ]


def _by_reference(keys: set[str]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    if keys:
        statement = select(ThreadReference.reference, ThreadReference.ticket_id)
        for reference, ticket_id in db.session.execute(statement.where(ThreadReference.reference.in_(keys))):
            found[reference].add(ticket_id)
    return found


def _existing(numbers: set[int]) -> set[int]:
    return set(db.session.scalars(select(Ticket.id).where(Ticket.id.in_(numbers)))) if numbers else set()


def _staff(senders: set[str]) -> set[str]:
    if not senders:
        return set()
    return set(db.session.scalars(select(User.email).where(User.email.in_(senders), User.is_active)))


def _taking_part(senders: set[str], ticket_ids: set[int]) -> set[tuple[int, str]]:
    if not senders or not ticket_ids:
        return set()
    statement = select(TicketParticipant.ticket_id, TicketParticipant.email).where(
        TicketParticipant.ticket_id.in_(ticket_ids), TicketParticipant.email.in_(senders)
    )
    return {(ticket_id, email) for ticket_id, email in db.session.execute(statement)}
